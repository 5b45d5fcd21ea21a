"""What to reorder, when and how much: pure decisions over dataclasses and numpy arrays."""
