"""Plumbing that knows no persona and no Qt."""
