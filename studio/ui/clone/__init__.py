"""The dialog that makes a variant."""
