"""Mails in Polish."""

# ruff: noqa: E501  # a paragraph is a line

from __future__ import annotations

from saleor_plugins.mails.words import Words, expanded

_PARTS = {
    "lines": "{% for line in lines %}\n- {{ line.units }} × {{ line.name }}{% endfor %}",
    "rows": "{% for row in rows %}\n- {{ row.name }} | {{ row.amount }}{% endfor %}",
    "page": "{% if portal %}Zobacz swój zwrot: {{ portal }}{% endif %}",
    "slip": "{% if slip %}Formularz zwrotu do wydrukowania i włożenia do paczki: {{ slip }}{% endif %}",
    "drop_off": "{% if drop_off %}Kod do okazania przy nadaniu paczki: {{ drop_off }}{% endif %}",
    "label": "{% if label %}Twoja etykieta zwrotna: {{ label }}{% endif %}",
}

_TEMPLATES = {
    "access_code": (
        "Twój kod do zamówienia {{ order }}",
        """Dzień dobry,

oto kod, który otwiera Twoje zamówienie {{ order }} w sklepie {{ shop }}:

    {{ code }}

Kod działa jednorazowo, przez {{ minutes }}. Jeśli to nie Ty prosisz o kod, zignoruj tę wiadomość. Nie podawaj go nikomu: nigdy o niego nie zapytamy.""",
    ),
    "withdrawal_acknowledged": (
        "Otrzymaliśmy Twoje oświadczenie o odstąpieniu od umowy: zamówienie {{ order }}",
        """Dzień dobry,

potwierdzamy otrzymanie Twojego oświadczenia o odstąpieniu od umowy. Prosimy zachować tę wiadomość.

Otrzymano: {{ received }}
Zamówienie: {{ order }}
Imię i nazwisko: {{ name }}
{% if email %}E-mail: {{ email }}{% endif %}

Odstąpienie dotyczy:

{{ goods }}

Napiszemy, co dalej. Nie trzeba składać oświadczenia jeszcze raz.""",
    ),
    "return_requested": (
        "Otrzymaliśmy Twoje zgłoszenie zwrotu {{ number }}",
        """Dzień dobry,

chcesz zwrócić {{ items }} z zamówienia {{ order }}:<lines>

Sprawdzimy zgłoszenie i odpiszemy. Prosimy na razie niczego nie wysyłać.

<page>""",
    ),
    "approved": (
        "Twój zwrot {{ number }} został zaakceptowany",
        """Dzień dobry,

możesz zwrócić {{ items }} z zamówienia {{ order }}:<lines>

{% if until %}Wyślij wszystko najpóźniej {{ until }}.{% endif %}

<label>

{% if label_follows %}Etykietę zwrotną wyślemy w osobnej wiadomości.{% endif %}

<slip>

<drop_off>

{% if address %}Wyślij paczkę na adres:

{{ address }}{% endif %}

{% if declined %}Nie możemy przyjąć zwrotu:{% for line in declined %}
- {{ line.units }} × {{ line.name }}{% endfor %}{% endif %}

Napiszemy, gdy tylko paczka do nas dotrze.

<page>""",
    ),
    "declined": (
        "W sprawie Twojego zwrotu {{ number }}",
        """Dzień dobry,

niestety nie możemy przyjąć Twojego zwrotu z zamówienia {{ order }}:<lines>

{% if reason %}Powód:

{{ reason }}{% endif %}

{% if support %}Jeśli to pomyłka, napisz do nas: {{ support }}.{% endif %}

<page>""",
    ),
    "canceled": (
        "Twój zwrot {{ number }} został anulowany",
        """Dzień dobry,

Twój zwrot z zamówienia {{ order }} został anulowany. Prosimy nie odsyłać tych produktów:<lines>

<page>""",
    ),
    "received": (
        "Twoja paczka dotarła: zwrot {{ number }}",
        """Dzień dobry,

otrzymaliśmy {{ items }} z zamówienia {{ order }}:<lines>

Sprawdzimy wszystko i napiszemy.

<page>""",
    ),
    "kept": (
        "Nie musisz nic odsyłać: zwrot {{ number }}",
        """Dzień dobry,

możesz zatrzymać {{ items }} z zamówienia {{ order }}; prosimy niczego nie odsyłać:<lines>

Zwrotem pieniędzy zajmiemy się mimo to.

<page>""",
    ),
    "refunded": (
        "Zwrot pieniędzy: {{ total }}",
        """Dzień dobry,

zwróciliśmy {{ total }} za zamówienie {{ order }}:<rows>
- Razem | {{ total }}

Sposób zwrotu:{% for part in parts %}
- {{ part.name }} | {{ part.amount }}{% endfor %}

W zależności od banku pieniądze mogą pojawić się po kilku dniach.

<page>""",
    ),
    "store_credit": (
        "Twoja karta podarunkowa: {{ total }}",
        """Dzień dobry,

za zwrot z zamówienia {{ order }} otrzymujesz kartę podarunkową o wartości {{ total }}:<rows>
- Razem | {{ total }}

Kod karty wyślemy w osobnej wiadomości.

<page>""",
    ),
    "exchanged": (
        "Twoja wymiana: nowe zamówienie {{ new_order }}",
        """Dzień dobry,

w zamian za {{ items }} z zamówienia {{ order }} mamy dla Ciebie zamówienie {{ new_order }}. Kosztuje ono {{ price }}; wartość zwróconych produktów została zaliczona.

{% if to_pay %}Do zapłaty: {{ to_pay }}{% endif %}

{% if back %}Zwracamy Ci {{ back }}.{% endif %}

<page>""",
    ),
    "message": (
        "Wiadomość w sprawie Twojego zwrotu {{ number }}",
        """Dzień dobry,

{{ shop }} pisze w sprawie Twojego zwrotu z zamówienia {{ order }}:

{{ message }}

{% if portal %}Przeczytaj i odpowiedz: {{ portal }}{% endif %}""",
    ),
    "reminder": (
        "Wyślij swój zwrot {{ number }} najpóźniej {{ until }}",
        """Dzień dobry,

z tego, co wiemy, Twój zwrot z zamówienia {{ order }} nie jest jeszcze w drodze:<lines>

Wyślij go najpóźniej {{ until }}. Po tym dniu zwrot wygaśnie. Jeśli paczka jest już w drodze, zignoruj tę wiadomość.

<label>

<slip>

<page>""",
    ),
    "expired": (
        "Twój zwrot {{ number }} wygasł",
        """Dzień dobry,

nie otrzymaliśmy paczki ze zwrotem z zamówienia {{ order }}, dlatego zwrot wygasł:<lines>

{% if support %}Jeśli paczka jest w drodze, napisz do nas: {{ support }}.{% endif %}

<page>""",
    ),
    "label_ready": (
        "Twoja etykieta do zwrotu {{ number }}",
        """Dzień dobry,

oto etykieta, z którą odeślesz {{ items }} z zamówienia {{ order }}:

Twoja etykieta zwrotna: {{ label }}

<drop_off>

{% if until %}Wyślij paczkę najpóźniej {{ until }}.{% endif %}

<page>""",
    ),
}

WORDS = Words(
    templates=expanded(_TEMPLATES, _PARTS),
    rows={
        "ITEM": "{units} × {name}",
        "FEE": "Opłata manipulacyjna, {name}",
        "LABEL": "Etykieta zwrotna",
        "SHIPPING": "Koszt dostawy",
        "ADJUSTMENT": "Korekta",
        "PAYMENT": "Na użytą metodę płatności",
        "STORE_CREDIT": "Jako karta podarunkowa",
        "EXCHANGE": "Na nowe zamówienie",
    },
    units={
        "one": "{n} produkt",
        "few": "{n} produkty",
        "many": "{n} produktów",
        "other": "{n} produktu",
    },
    days={"one": "{n} dzień", "few": "{n} dni", "many": "{n} dni", "other": "{n} dnia"},
    minutes={"one": "{n} minutę", "few": "{n} minuty", "many": "{n} minut", "other": "{n} minuty"},
    everything="Wszystkie produkty z zamówienia",
    sender="Tę wiadomość wysłał sklep {shop} w sprawie Twojego zamówienia.",
    imprint="Dane sprzedawcy",
    terms="Regulamin",
)
