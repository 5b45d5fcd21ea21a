"""What storefronts show of goods on their way."""

from __future__ import annotations

from ...platform.settings import Setting, boolean

SETTINGS = (
    Setting(
        "show_expected_back",
        True,
        "Show when sold-out goods are back",
        "The day on which a sold-out variant is expected, as its public metadata `expected_back` and in the "
        "API. Switched off, it is removed.",
        kind="BOOLEAN",
        parse=boolean,
    ),
)
