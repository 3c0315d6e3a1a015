"""Process-level Qt: loop, single instance, local server, shutdown."""
