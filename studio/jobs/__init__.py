"""Renders and uploads that survive restarts."""
