"""What the router answers to browsers and carriers: documents, the tracking page, carriers' messages."""

from __future__ import annotations

from pathlib import Path

from ...http.pages import Pages

PAGES = Pages(Path(__file__).parent.parent / "templates")
