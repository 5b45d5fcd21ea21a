"""What shoppers read: plurals, amounts, dates, and templates that cannot hurt."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.kernel import wording as money
from saleor_plugins.kernel.errors import Invalids
from saleor_plugins.mails import template
from saleor_plugins.mails.kinds import Form
from saleor_plugins.mails.render import Written, write
from saleor_plugins.returns.mails.kinds import KINDS
from saleor_plugins.returns.mails.words import words

BRAND = {
    "name": "Example Shop",
    "support": "help@shop.example",
    "logo": "",
    "colour": "#1f4f8f",
    "header_colour": "#1f2933",
    "imprint": "https://shop.example/imprint",
    "terms": "https://shop.example/terms",
}


def ours(kind, language):
    """Our own subject and text."""
    return words(language).templates[kind.name]


EACH = [(kind, language) for kind in KINDS for language in LANGUAGES]


def written(kind: str, language: str = "en", source=None, country: str = "", **given) -> Written:
    """The mail with sample values but for those `given`."""
    chosen = KINDS[kind]
    samples = {each.name: each.sample for each in chosen.variables if each.name not in ("shop", "support")}
    brand = {**BRAND, "language": language}
    return write(
        chosen,
        source or ours(chosen, language),
        samples | given,
        brand,
        words(language),
        zone="Europe/Berlin",
        country=country,
    )


class Parsed(HTMLParser):
    """Text, links and open elements of a document."""

    def __init__(self, html: str):
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.said = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.said += data


# -- every mail ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_our_own_words_pass_the_merchants_check(kind, language):
    template.check(KINDS[kind], *ours(KINDS[kind], language))


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_every_mail_is_whole(kind, language):
    mail = written(kind, language)
    page = Parsed(mail.html)
    assert page.open == []
    assert f'lang="{language}"' in mail.html
    for text in (mail.subject, mail.text, page.said):
        assert "{" not in text and "<" not in text and "None" not in text
    assert "\n\n\n" not in mail.text and not re.search(r"[ \t]$", mail.text.replace("-- \n", ""), re.M)
    assert len(mail.subject) <= 78 + 40
    for block in mail.text.partition("\n-- ")[0].split("\n"):
        assert (
            block.removeprefix("- ").removeprefix("> ").split(": https")[0].strip() in page.said
            or " | " in block
        )


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_mail_says_nothing_where_nothing_is_known(kind, language):
    chosen = KINDS[kind]
    known = {each.name: each.sample for each in chosen.variables if each.required}
    brand = {**BRAND, "support": "", "imprint": "", "terms": "", "language": language}
    mail = write(chosen, ours(chosen, language), known, brand, words(language), zone="UTC")
    assert "None" not in mail.text and "https://" not in mail.text.replace(str(known.get("label", "-")), "")
    assert ": \n" not in mail.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_everything(language):
    said = words(language)
    locale = money.locale_of(language)
    assert set(said.templates) == set(KINDS)
    for forms in (said.units, said.days, said.minutes):
        assert {locale.plural_form(n) for n in range(200)} <= set(forms)
    assert set(said.rows) == set(words("en").rows)


@pytest.mark.parametrize("kind", KINDS)
def test_all_languages_use_the_same_variables(kind):
    used = {
        language: set(re.findall(r"{[{%] *(?:if |for \w+ in )?(\w+)", "".join(ours(KINDS[kind], language))))
        for language in LANGUAGES
    }
    assert used["de"] == used["en"] == used["pl"]


# -- numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", {0: "0 items", 1: "1 item", 2: "2 items", 5: "5 items", 21: "21 items", 1000: "1,000 items"}),
        ("de", {0: "0 Artikel", 1: "1 Artikel", 2: "2 Artikel", 1000: "1.000 Artikel"}),
        (
            "pl",
            {
                0: "0 produktów",
                1: "1 produkt",
                2: "2 produkty",
                4: "4 produkty",
                5: "5 produktów",
                11: "11 produktów",
                12: "12 produktów",
                14: "14 produktów",
                21: "21 produktów",
                22: "22 produkty",
                25: "25 produktów",
                101: "101 produktów",
                102: "102 produkty",
                112: "112 produktów",
            },
        ),
    ],
)
def test_plurals(language, expected):
    locale, forms = money.locale_of(language), words(language).units
    assert {n: money.plural(n, forms, locale) for n in expected} == expected


def test_polish_time_is_in_the_accusative():
    said, locale = words("pl"), money.locale_of("pl")
    found = [money.plural(n, said.minutes, locale) for n in (1, 3, 15, 22)]
    assert found == ["1 minutę", "3 minuty", "15 minut", "22 minuty"]
    assert [money.plural(n, said.days, locale) for n in (1, 3, 5)] == ["1 dzień", "3 dni", "5 dni"]


@pytest.mark.parametrize(
    ("language", "country", "minor", "currency", "expected"),
    [
        ("en", "US", 123450, "USD", "$1,234.50"),
        ("en", "GB", 123450, "GBP", "£1,234.50"),
        ("en", "DE", 123450, "EUR", "€1,234.50"),
        ("en", "", 1234, "KWD", "KWD\u00a01.234"),
        ("en", "US", 1500, "JPY", "¥1,500"),
        ("en", "GB", -490, "PLN", "-PLN\u00a04.90"),
        ("de", "DE", 123450, "EUR", "1.234,50\u00a0€"),
        ("de", "AT", 123450, "EUR", "€\u00a01.234,50"),
        ("de", "PL", -490, "EUR", "-4,90\u00a0€"),
        ("de", "CH", 123450, "CHF", "CHF\u00a01’234.50"),
        ("de", "DE", 1500, "JPY", "1.500\u00a0¥"),
        ("de", "DE", 1234, "KWD", "1,234\u00a0KWD"),
        ("pl", "PL", 123450, "PLN", "1\u00a0234,50\u00a0zł"),
        ("pl", "DE", 123450, "EUR", "1\u00a0234,50\u00a0€"),
        ("pl", "PL", 1500, "JPY", "1\u00a0500\u00a0JPY"),
        ("pl", "PL", 1234, "KWD", "1,234\u00a0KWD"),
        # CLDR would show none of these decimals, and round money away.
        ("de", "DE", 1050, "RSD", "10,50\u00a0RSD"),
        ("en", "US", 1050, "IQD", "IQD\u00a01.050"),
        ("en", "US", 10**15 + 1, "USD", "$10,000,000,000,000.01"),
    ],
)
def test_amounts(language, country, minor, currency, expected):
    assert money.amount(minor, currency, money.locale_of(language, country)) == expected


def test_days():
    third = date(2026, 3, 3)
    assert money.day(third, money.locale_of("en", "US")) == "March\u00a03, 2026"
    assert money.day(third, money.locale_of("en", "GB")) == "3\u00a0March 2026"
    assert money.day(third, money.locale_of("de")) == "3.\u00a0März 2026"
    assert money.day(third, money.locale_of("pl")) == "3\u00a0marca 2026"


def test_moments_are_those_of_the_shop():
    late = datetime(2026, 3, 28, 23, 30, 5, tzinfo=UTC)
    assert (
        money.moment(late, "Europe/Berlin", money.locale_of("de"))
        == "29.\u00a0März 2026, 00:30:05 (UTC+01:00)"
    )
    summer = datetime(2026, 3, 29, 1, 0, 0, tzinfo=UTC)
    assert (
        money.moment(summer, "Europe/Warsaw", money.locale_of("pl"))
        == "29\u00a0marca 2026, 03:00:00 (UTC+02:00)"
    )
    found = money.moment(late, "America/New_York", money.locale_of("en", "GB"))
    assert found == "28\u00a0March 2026, 19:30:05 (UTC-04:00)"


# -- what somebody else wrote -------------------------------------------------------------------------------

EVIL = "<script>alert(1)</script>\r\nBcc: all@example.com\u202e\x00 https://evil.example/x www.evil.example"


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_value_stays_in_its_line(kind):
    chosen = KINDS[kind]
    hostile = {}
    for each in chosen.variables:
        if (
            each.form in (Form.TEXT, Form.TYPED, Form.QUOTE, Form.GOODS, Form.BLOCK)
            and each.name not in BRAND
        ):
            hostile[each.name] = EVIL
        if each.form is Form.LINES:
            hostile[each.name] = [(EVIL, 1)]
    hostile.pop("shop", None), hostile.pop("support", None)
    mail = written(kind, **hostile)
    page = Parsed(mail.html)
    assert "script" not in page.tags
    assert not [link for link in page.links if "evil" in link]
    assert len(mail.subject.splitlines()) == 1 and len(mail.subject) <= 200
    for text in (mail.subject, mail.text):
        assert not set("\u202e\x00\r") & set(text)
    assert not re.search(r"^Bcc:", mail.text, re.M) or "address" in hostile


def test_what_a_stranger_types_is_no_link_in_any_mail_program():
    mail = written("withdrawal_acknowledged", name=EVIL, goods=EVIL, order=EVIL, email="a@evil.example")
    for text in (mail.subject, mail.text, mail.html):
        assert "evil.example" not in text and "://evil" not in text
    assert "evil.\u200bexample" in mail.text


def test_only_addresses_of_ours_and_of_the_template_are_links():
    source = (
        "S",
        "Read https://shop.example/help. Not http://shop.example/plain\n\n{{ message }}\n\n{{ portal }}",
    )
    mail = written(
        "message", source=source, message="https://other.example/", portal="https://shop.example/p/"
    )
    links = set(Parsed(mail.html).links) - {f"mailto:{BRAND['support']}", BRAND["imprint"], BRAND["terms"]}
    assert links == {"https://shop.example/help", "https://shop.example/p/"}


def test_a_value_is_never_a_template():
    mail = written("message", message="{{ portal }} {% include 'x' %} {{ message.__class__ }}")
    assert "{{ portal }} {% include 'x' %} {{ message.__class__ }}" in mail.text


def test_names_of_all_scripts_survive():
    name = "قميص \u2066كتان\u2069 חולצה \U0001f469\u200d\U0001f527 Größe|L | M"
    mail = written("received", lines=[(name, 1)])
    assert "قميص كتان חולצה \U0001f469\u200d\U0001f527 Größe|L |\u00a0M" in mail.text
    assert 'dir="auto"' in mail.html
    assert "<table" not in mail.html.partition("<ul")[2].partition("</ul")[0]


def test_a_thousand_lines_are_cut():
    mail = written("received", lines=[(f"Item {n}", 1) for n in range(1000)])
    assert "Item 49" in mail.text and "Item 50" not in mail.text and "- + 950 × …" in mail.text


def test_all_goods_in_words_when_none_are_named():
    for language, said in (("en", "All goods"), ("de", "Alle Waren"), ("pl", "Wszystkie produkty")):
        assert f"> {said}" in written("withdrawal_acknowledged", language, goods="").text
    assert "Our reason" not in written("declined", reason="").text


# -- templates ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{% include 'x' %}",
        "{% extends 'x' %}",
        "{% load static %}",
        "{% debug %}",
        "{% csrf_token %}",
        "{% url 'x' %}",
        "{% now 'Y' %}",
        "{% lorem 100000 %}",
        "{% autoescape off %}{% endautoescape %}",
        "{% with a=order %}{% endwith %}",
        "{% regroup lines by name as x %}",
        "{% comment %}{% endcomment %}",
        "{% block x %}{% endblock %}",
        "{{ order|safe }}",
        "{{ order|center:'99999999' }}",
        "{{ order.__class__ }}",
        "{{ order.upper }}",
        "{{ lines }}",
        "{{ lines.0 }}",
        "{{ lines.0.name }}",
        "{{ line.name }}",
        "{{ settings }}",
        "{{ request }}",
        "{{ forloop.counter }}",
        "{% if secret %}{% endif %}",
        "{% if order == secret %}{% endif %}",
        "{% if order and not secret.x %}{% endif %}",
        "{% if %}{% endif %}",
        "{% if order %}",
        "{% for line in lines %}",
        "{% for line in order %}{% endfor %}",
        "{% for line in 'abc' %}{% endfor %}",
        "{% for a, b in lines %}{% endfor %}",
        "{% for a in lines %}{% for b in lines %}x{% endfor %}{% endfor %}",
        "{% for a in lines %}{{ a.items }}{% endfor %}",
        "{% for a in lines %}{{ a }}{% endfor %}",
        "{% for a in lines %}{{ forloop.parentloop.x }}{% endfor %}",
        "{% for a in lines|slice:':1' %}{% endfor %}",
        "{% if order %}{#{% endif %}#}" * 240 + "{% endif %}" * 240,
        "{% if order %}" * 300 + "{% endif %}" * 300,
        "{% if " + "not " * 2000 + "order %}{% endif %}",
        "{% if " + "order or " * 1000 + "order %}{% endif %}",
        "{% if (" * 2 + "order %}{% endif %}",
        "{% endif %}" * 3 + "{% if order %}" * 3,
        "{{ }}",
        "{{ a b }}",
        "",
        " \n ",
        "x" * 10_001,
    ],
)
def test_a_template_that_could_hurt_is_refused(text):
    with pytest.raises(Invalids) as caught:
        template.check(KINDS["received"], "Fine", text)
    assert [error.field for error in caught.value.errors] == ["text"]
    assert len(caught.value.errors[0].message) < 600


@pytest.mark.parametrize("subject", ["", "a\nb", "{{ secret }}", "{% include 'x' %}", "x" * 201])
def test_a_subject_is_checked_too(subject):
    with pytest.raises(Invalids) as caught:
        template.check(KINDS["received"], subject, "Fine")
    assert [error.field for error in caught.value.errors] == ["subject"]


def test_what_is_nested_as_far_as_may_be_can_be_written():
    text = "{% if order %}" * 5 + "{{ order }}" + "{% endif %}" * 5
    text += "{% if " + "order or " * 20 + "order %}!{% endif %}"
    template.check(KINDS["received"], "Fine", text)
    assert written("received", source=("Fine", text)).text.startswith("1042!")


def test_both_fields_are_named_at_once():
    with pytest.raises(Invalids) as caught:
        template.check(KINDS["received"], "{{ x }}", "{{ y }}")
    assert [error.field for error in caught.value.errors] == ["subject", "text"]
    assert "x" in caught.value.errors[0].message and "portal" in caught.value.errors[0].message


def test_what_is_allowed():
    text = (
        "{% if lines and order != '7' %}{% for line in lines %}{% if not forloop.last %}{{ line.units }}"
        "{% endif %}{{ forloop.counter }}{{ line.name }}{% empty %}{{ number }}{% endfor %}{% elif portal %}"
        "{{ portal }}{% else %}{# a remark #}{% endif %}"
    )
    template.check(KINDS["received"], "{{ number }} {% if order %}{{ order }}{% endif %}", text)
    mail = written("received", source=("{{ number }}", text))
    assert "21Linen shirt (M)2Wool scarf" in mail.text


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("access_code", "Hello"),
        ("access_code", "{% if order %}{{ code }}{% endif %}"),
        ("withdrawal_acknowledged", "{{ order }} {{ name }} {{ goods }}"),
        (
            "withdrawal_acknowledged",
            "{{ order }} {{ name }} {{ received }}{% if goods %}{{ goods }}{% endif %}",
        ),
        ("message", "{{ portal }}"),
        ("refunded", "{% for row in rows %}{{ row.amount }}{% endfor %}"),
    ],
)
def test_what_must_be_said_cannot_be_left_out(kind, text):
    with pytest.raises(Invalids) as caught:
        template.check(KINDS[kind], "Fine", text)
    (error,) = caught.value.errors
    assert (error.field, error.code) == ("text", "REQUIRED")


def test_values_that_a_kind_has_not_are_a_mistake_of_ours():
    with pytest.raises(ValueError, match="secret"):
        written("received", secret="x")
    with pytest.raises(KeyError):
        write(
            KINDS["access_code"],
            ours(KINDS["access_code"], "en"),
            {},
            {**BRAND, "language": "en"},
            words("en"),
            zone="UTC",
        )


def test_the_guide_names_every_mail_and_what_it_knows():
    guide = (Path(__file__).parents[3] / "docs" / "returns-mails.md").read_text()
    every = {each.name for each in KINDS["received"].variables}
    for kind in KINDS.values():
        row = next(line for line in guide.splitlines() if line.startswith(f"| `{kind.name}` |"))
        own = {each.name: each.required for each in kind.variables}
        own = {name: must for name, must in own.items() if not every <= set(own) or name not in every}
        assert set(re.findall(r"`(\w+)`", row)) == {kind.name, *own}
        assert set(re.findall(r"\*\*`(\w+)`\*\*", row)) == {name for name, must in own.items() if must}
    assert all(f"`{name}`" in guide for name in every)
