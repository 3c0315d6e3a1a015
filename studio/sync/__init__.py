"""The engine between this computer and the server."""
