"""Mails in Polish."""

# ruff: noqa: E501  # a paragraph is a line

from __future__ import annotations

from ....mails.words import Words

WORDS = Words(
    templates={
        "alert_confirm": (
            "Prosimy o potwierdzenie: {{ product }}",
            """Dzień dobry,

ktoś, zapewne Ty, poprosił sklep {{ shop }} o wiadomość na ten adres, gdy ten produkt będzie znów dostępny:

- {{ product }}

Tak, powiadomcie mnie: {{ confirm }}

Link działa {{ hours }} godzin. Jeśli to nie Ty, nie musisz nic robić: bez Twojej zgody nie napiszemy ponownie i zapomnimy ten adres.""",
        ),
        "back_in_stock": (
            "Znów dostępne: {{ product }}",
            """Dzień dobry,

zgodnie z Twoją prośbą dajemy znać, że ten produkt jest znów dostępny:

- {{ product }}

{% if page %}Zobacz w sklepie: {{ page }}{% endif %}

Nie możemy go zarezerwować: inni, którzy czekali, też otrzymują wiadomość. To jedyna wiadomość w tej sprawie; jeśli produktu znów zabraknie, wystarczy zapisać się jeszcze raz.""",
        ),
    },
    units={"one": "{n} sztuka", "few": "{n} sztuki", "many": "{n} sztuk", "other": "{n} sztuki"},
    days={"one": "{n} dzień", "few": "{n} dni", "many": "{n} dni", "other": "{n} dnia"},
    sender="Wysłane przez {shop}, ponieważ ten adres podano, aby otrzymać wiadomość o dostępności.",
    imprint="Nota prawna",
    terms="Regulamin",
    stop="Nie chcę takich wiadomości",
)
