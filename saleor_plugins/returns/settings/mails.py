"""What is written to shoppers."""

from __future__ import annotations

from typing import Any

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.platform.settings import Setting, integer, text

from ..mails.kinds import KINDS

ALL, NONE = "all", "none"
OPTIONAL = tuple(kind.name for kind in KINDS.values() if kind.optional)


def _kinds(value: Any) -> frozenset[str]:
    """The kinds that are named, one of the words for all or none of them."""
    given = text(value).lower()
    if given in ("", ALL):
        return frozenset(OPTIONAL)
    named = {name.strip() for name in given.split(",") if name.strip()} - {NONE}
    if unknown := sorted(named - set(OPTIONAL)):
        raise Invalid(f"No such mail: {', '.join(unknown)[:100]}. There are: {', '.join(OPTIONAL)}.")
    return frozenset(named)


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "mails",
        ALL,
        "Mails sent",
        f"{ALL}, {NONE}, or some of: {', '.join(OPTIONAL)}. Codes, and what the law demands, are always "
        "sent.",
        parse=_kinds,
    ),
    Setting(
        "mail_reminder_days",
        "3",
        "Reminder (days before)",
        "How many days before an approval expires the shopper is reminded. 0: never.",
        parse=integer(0, 60),
    ),
)
