"""Text that people typed: the words are those of `http.texts`."""

from __future__ import annotations

from saleor_plugins.http.texts import clean

__all__ = ["clean"]
