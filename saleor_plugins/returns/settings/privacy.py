"""How long what is personal is kept."""

from __future__ import annotations

from saleor_plugins.platform.settings import Setting, integer

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "photo_days",
        "180",
        "Privacy: photos (days)",
        "How long photos of returned items are kept.",
        parse=integer(1, 365),
    ),
    Setting(
        "label_days",
        "90",
        "Privacy: labels (days)",
        "How long the pictures of labels are kept; their numbers and costs stay.",
        parse=integer(1, 3650),
    ),
    Setting(
        "statement_days",
        "1095",
        "Privacy: withdrawals (days)",
        "How long name, address and words of a settled withdrawal are kept, as proof.",
        parse=integer(30, 7300),
    ),
)
