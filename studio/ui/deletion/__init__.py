"""The gate before a deletion."""
