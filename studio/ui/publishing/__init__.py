"""Publish the unsent edits of several influencers at once."""
