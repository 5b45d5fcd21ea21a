"""The merchant's own words: set, refused, tried, put back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery.relay import drain
from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.mails.kinds import KINDS
from saleor_plugins.returns.models import MailTemplate
from saleor_plugins.returns.tasks import mails as tasks_mails  # noqa: F401  # its subscribers
from saleor_plugins.returns.usecases.decline_return import decline_return
from tests.integration.returns.rooms import STAFF
from tests.integration.returns.test_api import ERRORS, Caller

LIST = """query($kind: ReturnMailKind, $language: String) {
    it: returnMailTemplates(kind: $kind, language: $language)
    { kind language subject text custom changed sent about variables { name about form required } } }"""
SET = f"""mutation($kind: ReturnMailKind!, $language: String!, $subject: String!, $text: String!) {{
    it: returnMailTemplateSet(kind: $kind, language: $language, subject: $subject, text: $text)
    {{ {ERRORS} template {{ subject text custom changed }} }} }}"""
RESET = f"""mutation($kind: ReturnMailKind!, $language: String!) {{
    it: returnMailTemplateReset(kind: $kind, language: $language) {{ {ERRORS} template {{ subject custom }} }} }}"""
PREVIEW = f"""query($kind: ReturnMailKind!, $language: String!, $subject: String, $text: String, $id: ID) {{
    it: returnMailPreview(kind: $kind, language: $language, subject: $subject, text: $text, returnId: $id)
    {{ {ERRORS} subject text html }} }}"""


class Editor(Caller):
    """Whoever writes the shop's mails."""

    def do(self, query, **variables):
        answer = self.ask(query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]["it"]


@pytest.fixture
def editor(room):
    return Editor(room.data.make_asker(AskerKind.STAFF, "MANAGE_PLUGINS")[1])


def test_all_kinds_in_all_languages_with_their_variables(room, editor):
    room.configure(mails="approved")
    found = editor.do(LIST)
    assert len(found) == len(KINDS) * len(LANGUAGES) == 45
    code = next(each for each in found if (each["kind"], each["language"]) == ("ACCESS_CODE", "pl"))
    assert code["subject"] == "Twój kod do zamówienia {{ order }}" and "{{ code }}" in code["text"]
    assert (code["custom"], code["changed"], code["sent"]) == (False, None, True)
    assert {each["name"]: each["required"] for each in code["variables"]}["code"] is True
    sent = {each["kind"] for each in found if each["sent"]}
    assert sent == {"ACCESS_CODE", "WITHDRAWAL_ACKNOWLEDGED", "APPROVED"}
    assert [each["language"] for each in editor.do(LIST, kind="DECLINED")] == list(LANGUAGES)
    assert len(editor.do(LIST, language="de")) == len(KINDS)


def test_the_list_costs_the_same_with_templates(editor):
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            editor.do(LIST)
        costs.append(len(queries))
        for language in LANGUAGES:
            editor.do(SET, kind="DECLINED", language=language, subject="S", text=f"T {language}")
    assert costs[0] == costs[1]


def test_words_of_the_merchant_are_sent_until_they_are_put_back(room, editor):
    done = editor.do(
        SET,
        kind="DECLINED",
        language="de",
        subject="Nein zu {{ number }}",
        text="Leider.\r\n\r\n{{ reason }}",
    )
    assert done["errors"] == []
    assert done["template"]["text"] == "Leider.\n\n{{ reason }}" and done["template"]["custom"] is True
    rma = room.request(room.make_shipped(1, language="de"), 1)
    decline_return(STAFF, rma.pk, "Zu spät.")
    drain()
    _, subject, text, html, _ = room.data.mails()[-1]
    assert subject == f"Nein zu {rma.number}" and text.startswith("Leider.\n\n> Zu spät.\n")
    assert "Leider." in html
    assert editor.do(RESET, kind="DECLINED", language="de")["template"] == {
        "subject": "Zu Ihrer Rücksendung {{ number }}",
        "custom": False,
    }
    assert not MailTemplate.objects.exists()


def test_the_same_words_again_change_nothing(editor):
    words = {"kind": "DECLINED", "language": "de", "subject": "S", "text": "T"}
    first = editor.do(SET, **words)["template"]["changed"]
    assert editor.do(SET, **words)["template"]["changed"] == first
    assert editor.do(SET, **{**words, "text": "U"})["template"]["changed"] != first
    assert MailTemplate.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "language", "subject", "text", "errors"),
    [
        ("DECLINED", "fr", "S", "T", [("language", "INVALID")]),
        ("DECLINED", "de", "", "T", [("subject", "REQUIRED")]),
        ("DECLINED", "de", "S", "\x00 ", [("text", "REQUIRED")]),
        (
            "DECLINED",
            "de",
            "{{ x }}",
            "{% load i18n %}",
            [("subject", "UNKNOWN_VARIABLE"), ("text", "SYNTAX")],
        ),
        ("DECLINED", "de", "S\nBcc: a@example.com", "T", [("subject", "INVALID")]),
        ("DECLINED", "de", "S" * 201, "T" * 10001, [("subject", "INVALID"), ("text", "INVALID")]),
        ("ACCESS_CODE", "en", "S", "Hello", [("text", "REQUIRED")]),
    ],
)
def test_what_is_wrong_is_told_by_field_and_not_stored(editor, kind, language, subject, text, errors):
    words = {"kind": kind, "language": language, "subject": subject, "text": text}
    answers = [editor.do(SET, **words)["errors"], editor.do(PREVIEW, **words)["errors"] if subject else None]
    for answer in filter(None, answers):
        assert [(error["field"], error["code"]) for error in answer] == errors
        assert all(error["message"] for error in answer)
    assert not MailTemplate.objects.exists()


def test_a_preview_of_every_kind_has_sample_values(editor):
    for kind in KINDS:
        found = editor.do(PREVIEW, kind=kind.upper(), language="pl")
        assert found["errors"] == [] and found["subject"] and found["text"]
        assert found["html"].startswith("<!doctype html>") and "{{" not in found["html"]
    found = editor.do(PREVIEW, kind="RECEIVED", language="en", subject="{{ items }}", text="Thanks")
    assert (found["subject"], found["text"].split("\n")[0]) == ("3 items", "Thanks")


def test_a_preview_with_a_return_needs_the_permission_to_see_it(room, editor):
    order = room.make_shipped(2, email="canary@example.com", country="DE", currency="EUR")
    rma = room.refunded(order, 2)
    drain()
    before = len(room.data.mails())
    wanted = {"kind": "REFUNDED", "language": "de", "id": to_global("Return", rma.pk)}
    answer = editor.ask(PREVIEW, **wanted)
    assert answer["errors"][0]["extensions"]["exception"]["code"] == "PERMISSION_DENIED"
    assert rma.number not in str(answer)
    both = Editor(room.data.make_asker(AskerKind.STAFF, "MANAGE_PLUGINS", "MANAGE_ORDERS")[1])
    found = both.do(PREVIEW, **wanted)
    assert found["errors"] == [] and found["subject"] == "Ihre Erstattung: 20,00 €"
    assert f"- 2 × {order.lines[0].name} | 20,00\u00a0€" in found["text"] and order.number in found["text"]
    assert both.do(PREVIEW, **{**wanted, "kind": "MESSAGE"})["errors"] == []
    (error,) = both.do(PREVIEW, **{**wanted, "id": to_global("Return", "0" * 32)})["errors"]
    assert error["code"] == "NOT_FOUND"
    assert len(room.data.mails()) == before
    assert "canary" not in str(found)


def test_nobody_else_may(room):
    words = {"kind": "DECLINED", "language": "de", "subject": "S", "text": "T"}
    for kind, *permissions in (
        (AskerKind.CUSTOMER,),
        (AskerKind.STAFF, "MANAGE_ORDERS"),
        (AskerKind.APP, "MANAGE_ORDERS"),
    ):
        caller = Caller(room.data.make_asker(kind, *permissions)[1])
        for query in (LIST, PREVIEW):
            answer = caller.ask(query, kind="DECLINED", language="de")
            assert answer["errors"][0]["extensions"]["exception"]["code"] == "PERMISSION_DENIED"
        assert caller.ask(SET, **words)["data"]["it"]["errors"][0]["code"] == "PERMISSION_DENIED"
    assert not MailTemplate.objects.exists()
