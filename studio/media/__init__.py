"""Images without Qt."""
