"""The mirror's mathematics: pure functions over frozen dataclasses."""
