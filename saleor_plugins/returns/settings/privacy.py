"""How long what is personal is kept."""

from __future__ import annotations

from saleor_plugins.platform.settings import Setting

SETTINGS: tuple[Setting, ...] = ()
