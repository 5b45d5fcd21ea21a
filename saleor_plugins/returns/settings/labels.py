"""How goods come back: labels, photos, the slip."""

from __future__ import annotations

from saleor_plugins.platform.settings import Setting

SETTINGS: tuple[Setting, ...] = ()
