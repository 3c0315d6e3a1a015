"""What waits to be sent: the list, the chosen row, and its requests."""
