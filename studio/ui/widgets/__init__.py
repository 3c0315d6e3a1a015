"""Building blocks of the window. Colors come from the application's style sheet and palette."""
