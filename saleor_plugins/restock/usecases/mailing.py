"""How the room writes to shoppers: its kinds and words, the shop's looks."""

from __future__ import annotations

from typing import Any

from ...http.brand import brand
from ...mails.office import Office
from ...platform.settings import setting_values
from ..mails.kinds import KINDS
from ..mails.words import words
from ..models import MailTemplate, SentMail
from ..settings import PLUGIN_ID, looks


def branding(language: str = "") -> dict[str, Any]:
    """The shop's looks, as `http.brand.brand`, in two queries."""
    return brand(setting_values(PLUGIN_ID, looks.SETTINGS), looks.PREFIX, language)


OFFICE = Office(KINDS, words, SentMail, MailTemplate, branding, "saleor_plugins.restock.mails")
