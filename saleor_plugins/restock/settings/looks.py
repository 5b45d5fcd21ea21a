"""How the shop looks to its customers."""

from __future__ import annotations

from ...http import brand

PREFIX = "shop"
SETTINGS = brand.settings(PREFIX, "Looks")
