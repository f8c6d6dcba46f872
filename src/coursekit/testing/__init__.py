"""Pages under pytest: each block an item, its time and its lines counted."""
