"""Backups: the list of copies and what bringing one back would do."""
