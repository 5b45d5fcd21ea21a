"""Mails in English."""

# ruff: noqa: E501  # a paragraph is a line

from __future__ import annotations

from saleor_plugins.mails.words import Words, expanded

_PARTS = {
    "lines": "{% for line in lines %}\n- {{ line.units }} × {{ line.name }}{% endfor %}",
    "rows": "{% for row in rows %}\n- {{ row.name }} | {{ row.amount }}{% endfor %}",
    "page": "{% if portal %}See your return: {{ portal }}{% endif %}",
    "slip": "{% if slip %}Print the return slip and put it into the parcel: {{ slip }}{% endif %}",
    "drop_off": "{% if drop_off %}Show this code when you hand in the parcel: {{ drop_off }}{% endif %}",
    "label": "{% if label %}Your return label: {{ label }}{% endif %}",
}

_TEMPLATES = {
    "access_code": (
        "Your code for order {{ order }}",
        """Hello,

Here is the code that opens your order {{ order }} at {{ shop }}:

    {{ code }}

It works once, within {{ minutes }}. If you did not ask for it, you can ignore this mail. Please do not share the code: we will never ask you for it.""",
    ),
    "withdrawal_acknowledged": (
        "We have received your withdrawal: order {{ order }}",
        """Hello,

We confirm that we have received your withdrawal from the contract. Please keep this mail.

Received: {{ received }}
Order: {{ order }}
Name: {{ name }}
{% if email %}E-mail: {{ email }}{% endif %}

You withdrew from the contract for:

{{ goods }}

We will write to you about what happens next. You do not need to declare your withdrawal again.""",
    ),
    "return_requested": (
        "We have received your return request {{ number }}",
        """Hello,

You would like to return {{ items }} from order {{ order }}:<lines>

We will check your request and write to you. Please do not send anything yet.

<page>""",
    ),
    "approved": (
        "Your return {{ number }} is approved",
        """Hello,

You may return {{ items }} from order {{ order }}:<lines>

{% if until %}Please send everything by {{ until }}.{% endif %}

<label>

{% if label_follows %}Your return label will follow in a separate mail.{% endif %}

<slip>

<drop_off>

{% if address %}Send the parcel to:

{{ address }}{% endif %}

{% if declined %}We cannot take back:{% for line in declined %}
- {{ line.units }} × {{ line.name }}{% endfor %}{% endif %}

We will write to you as soon as the parcel has arrived.

<page>""",
    ),
    "declined": (
        "About your return {{ number }}",
        """Hello,

We are sorry, but we cannot accept your return from order {{ order }}:<lines>

{% if reason %}Our reason:

{{ reason }}{% endif %}

{% if support %}If you think that this is a mistake, please write to {{ support }}.{% endif %}

<page>""",
    ),
    "canceled": (
        "Your return {{ number }} was cancelled",
        """Hello,

Your return from order {{ order }} was cancelled. Please do not send these items:<lines>

<page>""",
    ),
    "received": (
        "Your parcel has arrived: return {{ number }}",
        """Hello,

We have received {{ items }} from order {{ order }}:<lines>

We will check everything and write to you.

<page>""",
    ),
    "kept": (
        "You can keep it: return {{ number }}",
        """Hello,

You can keep {{ items }} from order {{ order }}; please do not send anything back:<lines>

We will take care of your refund all the same.

<page>""",
    ),
    "refunded": (
        "Your refund: {{ total }}",
        """Hello,

We have refunded {{ total }} for order {{ order }}:<rows>
- Total | {{ total }}

How you get it:{% for part in parts %}
- {{ part.name }} | {{ part.amount }}{% endfor %}

Depending on your bank it can take a few days until you see the money.

<page>""",
    ),
    "store_credit": (
        "Your gift card: {{ total }}",
        """Hello,

For your return from order {{ order }} you get a gift card worth {{ total }}:<rows>
- Total | {{ total }}

Its code comes in a separate mail.

<page>""",
    ),
    "exchanged": (
        "Your exchange: new order {{ new_order }}",
        """Hello,

We have made order {{ new_order }} in exchange for {{ items }} from order {{ order }}. It costs {{ price }}; what you returned has been credited.

{% if to_pay %}Left to pay: {{ to_pay }}{% endif %}

{% if back %}You get {{ back }} back.{% endif %}

<page>""",
    ),
    "message": (
        "A message about your return {{ number }}",
        """Hello,

{{ shop }} writes to you about your return from order {{ order }}:

{{ message }}

{% if portal %}Read and answer: {{ portal }}{% endif %}""",
    ),
    "reminder": (
        "Please send your return {{ number }} by {{ until }}",
        """Hello,

As far as we know, your return from order {{ order }} is not on its way yet:<lines>

Please send it by {{ until }}. After that day the return expires. If you have sent it already, you can ignore this mail.

<label>

<slip>

<page>""",
    ),
    "expired": (
        "Your return {{ number }} has expired",
        """Hello,

We have not received a parcel for your return from order {{ order }}, so the return has expired:<lines>

{% if support %}If your parcel is on its way, please write to {{ support }}.{% endif %}

<page>""",
    ),
    "label_ready": (
        "Your label for return {{ number }}",
        """Hello,

Here is the label for your return of {{ items }} from order {{ order }}:

Your return label: {{ label }}

<drop_off>

{% if until %}Please send the parcel by {{ until }}.{% endif %}

<page>""",
    ),
}

WORDS = Words(
    templates=expanded(_TEMPLATES, _PARTS),
    rows={
        "ITEM": "{units} × {name}",
        "FEE": "Restocking fee, {name}",
        "LABEL": "Return label",
        "SHIPPING": "Delivery",
        "ADJUSTMENT": "Adjustment",
        "PAYMENT": "To your method of payment",
        "STORE_CREDIT": "As a gift card",
        "EXCHANGE": "For your new order",
    },
    units={"one": "{n} item", "other": "{n} items"},
    days={"one": "{n} day", "other": "{n} days"},
    minutes={"one": "{n} minute", "other": "{n} minutes"},
    everything="All goods of the order",
    sender="Sent by {shop} about an order of yours.",
    imprint="Legal notice",
    terms="Terms",
)
