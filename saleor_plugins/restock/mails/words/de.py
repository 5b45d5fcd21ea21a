"""Mails in German."""

# ruff: noqa: E501  # a paragraph is a line

from __future__ import annotations

from ....mails.words import Words

WORDS = Words(
    templates={
        "alert_confirm": (
            "Bitte bestätigen: {{ product }}",
            """Guten Tag,

jemand, vermutlich Sie, hat {{ shop }} gebeten, an diese Adresse zu schreiben, sobald dies wieder verfügbar ist:

- {{ product }}

Ja, bitte benachrichtigen: {{ confirm }}

Der Link gilt {{ hours }} Stunden. Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ohne Ihr Ja schreiben wir nicht noch einmal und vergessen diese Adresse.""",
        ),
        "back_in_stock": (
            "Wieder verfügbar: {{ product }}",
            """Guten Tag,

Sie wollten Bescheid wissen, und hier ist es wieder:

- {{ product }}

{% if page %}Im Shop ansehen: {{ page }}{% endif %}

Reservieren können wir es nicht: Auch andere, die gewartet haben, erfahren davon. Dies ist die einzige Nachricht dazu; sollte es wieder vergriffen sein, tragen Sie sich einfach noch einmal ein.""",
        ),
    },
    units={"one": "{n} Artikel", "other": "{n} Artikel"},
    days={"one": "{n} Tag", "other": "{n} Tage"},
    sender="Gesendet von {shop}, weil diese Adresse für eine Nachricht bei Verfügbarkeit eingetragen wurde.",
    imprint="Impressum",
    terms="AGB",
    stop="Keine solchen E-Mails mehr",
)
