"""The Partner API client."""
