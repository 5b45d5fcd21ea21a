"""What the returns desk decides: pure functions over frozen dataclasses."""
