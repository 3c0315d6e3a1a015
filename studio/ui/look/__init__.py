"""Reference images: the drop zone, the tiles, the appearance fields."""
