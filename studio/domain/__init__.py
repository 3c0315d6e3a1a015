"""Pure values and rules of the field: no input, no output."""
