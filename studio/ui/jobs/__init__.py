"""Render jobs: cards of the side bar and the list of all."""
