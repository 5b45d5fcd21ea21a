"""Decisions of the router: pure functions over frozen dataclasses, no framework."""
