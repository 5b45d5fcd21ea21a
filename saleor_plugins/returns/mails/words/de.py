"""Mails in German."""

# ruff: noqa: E501  # a paragraph is a line

from __future__ import annotations

from saleor_plugins.mails.words import Words, expanded

_PARTS = {
    "lines": "{% for line in lines %}\n- {{ line.units }} × {{ line.name }}{% endfor %}",
    "rows": "{% for row in rows %}\n- {{ row.name }} | {{ row.amount }}{% endfor %}",
    "page": "{% if portal %}Ihre Rücksendung ansehen: {{ portal }}{% endif %}",
    "slip": "{% if slip %}Rücksendeschein zum Ausdrucken und Beilegen: {{ slip }}{% endif %}",
    "drop_off": "{% if drop_off %}Diesen Code bei der Abgabe vorzeigen: {{ drop_off }}{% endif %}",
    "label": "{% if label %}Ihr Rücksendeetikett: {{ label }}{% endif %}",
}

_TEMPLATES = {
    "access_code": (
        "Ihr Code für Bestellung {{ order }}",
        """Guten Tag,

mit diesem Code öffnen Sie Ihre Bestellung {{ order }} bei {{ shop }}:

    {{ code }}

Er gilt einmal und nur {{ minutes }} lang. Falls Sie ihn nicht angefordert haben, können Sie diese E-Mail ignorieren. Bitte geben Sie den Code nicht weiter: Wir werden Sie nie danach fragen.""",
    ),
    "withdrawal_acknowledged": (
        "Wir haben Ihren Widerruf erhalten: Bestellung {{ order }}",
        """Guten Tag,

hiermit bestätigen wir, dass wir Ihren Widerruf des Vertrags erhalten haben. Bitte bewahren Sie diese E-Mail auf.

Eingegangen: {{ received }}
Bestellung: {{ order }}
Name: {{ name }}
{% if email %}E-Mail: {{ email }}{% endif %}

Sie haben den Vertrag widerrufen für:

{{ goods }}

Wie es weitergeht, schreiben wir Ihnen. Sie müssen den Widerruf nicht noch einmal erklären.""",
    ),
    "return_requested": (
        "Wir haben Ihre Anfrage zur Rücksendung {{ number }} erhalten",
        """Guten Tag,

Sie möchten {{ items }} aus Bestellung {{ order }} zurücksenden:<lines>

Wir prüfen Ihre Anfrage und schreiben Ihnen. Bitte senden Sie noch nichts zurück.

<page>""",
    ),
    "approved": (
        "Ihre Rücksendung {{ number }} ist genehmigt",
        """Guten Tag,

Sie können {{ items }} aus Bestellung {{ order }} zurücksenden:<lines>

{% if until %}Bitte schicken Sie alles spätestens am {{ until }} ab.{% endif %}

<label>

{% if label_follows %}Ihr Rücksendeetikett erhalten Sie in einer eigenen E-Mail.{% endif %}

<slip>

<drop_off>

{% if address %}Senden Sie das Paket an:

{{ address }}{% endif %}

{% if declined %}Nicht zurücknehmen können wir:{% for line in declined %}
- {{ line.units }} × {{ line.name }}{% endfor %}{% endif %}

Sobald das Paket bei uns angekommen ist, schreiben wir Ihnen.

<page>""",
    ),
    "declined": (
        "Zu Ihrer Rücksendung {{ number }}",
        """Guten Tag,

leider können wir Ihre Rücksendung aus Bestellung {{ order }} nicht annehmen:<lines>

{% if reason %}Unsere Begründung:

{{ reason }}{% endif %}

{% if support %}Wenn Sie das für einen Irrtum halten, schreiben Sie bitte an {{ support }}.{% endif %}

<page>""",
    ),
    "canceled": (
        "Ihre Rücksendung {{ number }} wurde storniert",
        """Guten Tag,

Ihre Rücksendung aus Bestellung {{ order }} wurde storniert. Bitte senden Sie diese Artikel nicht zurück:<lines>

<page>""",
    ),
    "received": (
        "Ihr Paket ist angekommen: Rücksendung {{ number }}",
        """Guten Tag,

wir haben {{ items }} aus Bestellung {{ order }} erhalten:<lines>

Wir prüfen alles und schreiben Ihnen.

<page>""",
    ),
    "kept": (
        "Sie können die Ware behalten: Rücksendung {{ number }}",
        """Guten Tag,

Sie dürfen {{ items }} aus Bestellung {{ order }} behalten und müssen dafür nichts zurücksenden:<lines>

Um Ihre Erstattung kümmern wir uns trotzdem.

<page>""",
    ),
    "refunded": (
        "Ihre Erstattung: {{ total }}",
        """Guten Tag,

wir haben Ihnen zu Bestellung {{ order }} {{ total }} erstattet:<rows>
- Summe | {{ total }}

So erhalten Sie das Geld:{% for part in parts %}
- {{ part.name }} | {{ part.amount }}{% endfor %}

Je nach Bank kann es einige Tage dauern, bis Sie die Gutschrift sehen.

<page>""",
    ),
    "store_credit": (
        "Ihre Geschenkkarte: {{ total }}",
        """Guten Tag,

für Ihre Rücksendung aus Bestellung {{ order }} erhalten Sie eine Geschenkkarte im Wert von {{ total }}:<rows>
- Summe | {{ total }}

Den Code der Karte erhalten Sie in einer eigenen E-Mail.

<page>""",
    ),
    "exchanged": (
        "Ihr Umtausch: neue Bestellung {{ new_order }}",
        """Guten Tag,

im Tausch gegen {{ items }} aus Bestellung {{ order }} haben wir die Bestellung {{ new_order }} angelegt. Sie kostet {{ price }}; Ihre zurückgegebene Ware ist angerechnet.

{% if to_pay %}Noch zu zahlen: {{ to_pay }}{% endif %}

{% if back %}Sie erhalten {{ back }} zurück.{% endif %}

<page>""",
    ),
    "message": (
        "Eine Nachricht zu Ihrer Rücksendung {{ number }}",
        """Guten Tag,

{{ shop }} schreibt Ihnen zu Ihrer Rücksendung aus Bestellung {{ order }}:

{{ message }}

{% if portal %}Lesen und antworten: {{ portal }}{% endif %}""",
    ),
    "reminder": (
        "Bitte senden Sie Ihre Rücksendung {{ number }} bis zum {{ until }} ab",
        """Guten Tag,

soweit wir wissen, ist Ihre Rücksendung aus Bestellung {{ order }} noch nicht unterwegs:<lines>

Bitte schicken Sie sie spätestens am {{ until }} ab. Danach verfällt die Rücksendung. Falls Sie sie schon abgeschickt haben, können Sie diese E-Mail ignorieren.

<label>

<slip>

<page>""",
    ),
    "expired": (
        "Ihre Rücksendung {{ number }} ist verfallen",
        """Guten Tag,

zu Ihrer Rücksendung aus Bestellung {{ order }} ist kein Paket bei uns eingegangen. Sie ist deshalb verfallen:<lines>

{% if support %}Falls Ihr Paket schon unterwegs ist, schreiben Sie bitte an {{ support }}.{% endif %}

<page>""",
    ),
    "label_ready": (
        "Ihr Etikett für Rücksendung {{ number }}",
        """Guten Tag,

hier ist das Etikett, mit dem Sie {{ items }} aus Bestellung {{ order }} zurücksenden:

Ihr Rücksendeetikett: {{ label }}

<drop_off>

{% if until %}Bitte schicken Sie das Paket spätestens am {{ until }} ab.{% endif %}

<page>""",
    ),
}

WORDS = Words(
    templates=expanded(_TEMPLATES, _PARTS),
    rows={
        "ITEM": "{units} × {name}",
        "FEE": "Bearbeitungsgebühr, {name}",
        "LABEL": "Rücksendeetikett",
        "SHIPPING": "Versandkosten",
        "ADJUSTMENT": "Korrektur",
        "PAYMENT": "Auf Ihre Zahlungsart",
        "STORE_CREDIT": "Als Geschenkkarte",
        "EXCHANGE": "Für Ihre neue Bestellung",
    },
    units={"one": "{n} Artikel", "other": "{n} Artikel"},
    days={"one": "{n} Tag", "other": "{n} Tage"},
    minutes={"one": "{n} Minute", "other": "{n} Minuten"},
    everything="Alle Waren der Bestellung",
    sender="Diese E-Mail erhalten Sie von {shop} zu einer Ihrer Bestellungen.",
    imprint="Impressum",
    terms="AGB",
)
