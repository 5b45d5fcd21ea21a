"""The portal: how it looks, what it says, how shoppers come in."""

from __future__ import annotations

from saleor_plugins.platform.settings import Setting

SETTINGS: tuple[Setting, ...] = ()
