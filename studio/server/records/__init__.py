"""Rows of the database and how the contract shows them."""
