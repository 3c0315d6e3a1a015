"""Widgets only: no await, no input, no output."""
