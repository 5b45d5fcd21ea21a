"""Mails in English."""

# ruff: noqa: E501  # a paragraph is a line

from __future__ import annotations

from ....mails.words import Words

WORDS = Words(
    templates={
        "alert_confirm": (
            "Please confirm: {{ product }}",
            """Hello,

Somebody, probably you, asked {{ shop }} to write to this address when this is available again:

- {{ product }}

Yes, tell me: {{ confirm }}

The link works for {{ hours }} hours. If it was not you, do nothing: without your yes we do not write again, and forget this address.""",
        ),
        "back_in_stock": (
            "Available again: {{ product }}",
            """Hello,

You asked us to tell you, and here it is again:

- {{ product }}

{% if page %}See it in the shop: {{ page }}{% endif %}

We cannot keep it for you: others who waited are told, too. This is the only mail about it; should it be gone again, just ask once more.""",
        ),
    },
    units={"one": "{n} item", "other": "{n} items"},
    days={"one": "{n} day", "other": "{n} days"},
    sender="Sent by {shop} because this address was entered to be told when something is available again.",
    imprint="Legal notice",
    terms="Terms",
    stop="No more such mails",
)
