"""A person is told everything and erased everywhere; totals, units and money stay, and the audit agrees."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from saleor_plugins.delivery.models import Event
from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, PermissionDenied, Required
from saleor_plugins.platform.port import Asker, AskerKind, Order
from saleor_plugins.returns.domain.plan import PartKind
from saleor_plugins.returns.models import (
    AccessCode,
    Draft,
    Flag,
    OrderLedger,
    Photo,
    Refund,
    RefundAllocation,
    Return,
    ReturnableLine,
    ReturnLabel,
    ReturnLine,
    ReturnMessage,
    SentMail,
    WithdrawalStatement,
)
from saleor_plugins.returns.usecases.audit import audit_all
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.dismiss_flag import dismiss_flag
from saleor_plugins.returns.usecases.erase_person import erase_person
from saleor_plugins.returns.usecases.expire_personal import expire_personal
from saleor_plugins.returns.usecases.export_person import export_person
from saleor_plugins.returns.usecases.message_return import message_return
from saleor_plugins.returns.usecases.receive_parcel import receive_parcel
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.reopen_return import reopen_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.track_return import track_return

from .rooms import MANAGER, STAFF, Room

PERSON = "canary-jane@example.com"
CANARY = "Canary"
OFFICER = Asker(AskerKind.STAFF, "VXNlcjoz", frozenset({"MANAGE_USERS"}))


@pytest.fixture
def room(committed_room: Room) -> Room:
    return committed_room


def lived(room: Room, email: str = PERSON, user_id: str | None = None, words: str = CANARY) -> Return:
    """A return with something personal in every place that can hold it, closed and paid."""
    order = room.make_shipped(3, email=email, user_id=user_id, city=f"{words}ville", postal_code="10115")
    shopper = Asker(AskerKind.CUSTOMER, user_id, orders=frozenset({order.id}))
    draft = Draft.objects.create(
        order_id=order.id, answers={"note": words}, created=clock.now(), expires=clock.now()
    )
    item = Item(3, order.lines[0].id, reason=f"{words} says it is small", reason_code="TOO_SMALL")
    rma = request_return(shopper, order.id, [item])
    room_approve(rma)
    add_things(rma, order, draft, words)
    message_return(shopper, rma.pk, f"{words} asks")
    message_return(STAFF, rma.pk, f"{words} is difficult", internal=True)
    track_return(shopper, rma.pk, f"{words} Express", f"{words}-TRACK")
    receive_parcel(STAFF, rma.pk, room.house.id, [(room.keys(rma)[0], 3)], tracking_number=f"{words}-PARCEL")
    room.inspect(rma, 3)
    refund_return(MANAGER, rma.pk, 2900, reason=f"{words} broke it")
    drain()
    close_return(STAFF, rma.pk)
    reopen_return(MANAGER, rma.pk, f"{words} sent more")
    close_return(STAFF, rma.pk)
    flag = Flag.objects.create(rma=rma, kind="WARDROBING", reason="Worn.", created=clock.now())
    dismiss_flag(STAFF, flag.pk, f"{words} is my cousin")
    drain()
    return rma


def room_approve(rma: Return) -> None:
    from saleor_plugins.returns.usecases.approve_return import approve_return

    approve_return(STAFF, rma.pk)


def add_things(rma: Return, order: Order, draft: Draft, words: str) -> None:
    """What other rooms keep of a person."""
    now = clock.now()
    line = ReturnLine.objects.get(rma=rma)
    photo = {
        "order_line_id": line.line_id, "content": words.encode(), "preview": words.encode(), "width": 1, "height": 1,
        "created": now, "expires": now + timedelta(days=365),
    }  # fmt: skip
    Photo.objects.create(return_line=line, digest="1", **photo)
    Photo.objects.create(draft=draft, digest="2", **photo)
    ReturnLabel.objects.create(
        rma=rma, sequence=1, state="BOUGHT", tracking_number=f"{words}-LABEL", content=words.encode(), format="PDF",
        identifier=f"{words}-SHIPMENT",
        cost=490, currency="USD", created=now, message=words,
    )  # fmt: skip
    SentMail.objects.create(
        rma=rma,
        order_id=order.id,
        kind="access_code",
        language="en",
        cause=f"c{rma.number}",
        digest="d",
        created=now,
    )
    AccessCode.objects.create(
        order_number=order.number, email=order.email, order_id=order.id, created=now, expires=now
    )
    AccessCode.objects.create(order_number="404", email=order.email.upper(), created=now, expires=now)
    WithdrawalStatement.objects.create(
        order_number=order.number, name=words, email=order.email, goods=f"{words}'s shoes", received=now,
        settled=now, order_id=order.id, outcome=f"{words} was told",
    )  # fmt: skip


def held() -> str:
    """Every row of our tables as the database prints it, bytes and ciphers in clear."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'ops\\_%'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [row for (row,) in cursor.fetchall()]
    for label in ("ops_returns", "ops_delivery"):
        for model in apps.get_app_config(label).get_models():
            for row in model.objects.all():
                values = [getattr(row, field.attname) for field in row._meta.concrete_fields]
                found += [
                    bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v)
                    for v in values
                ]
    return "\n".join(found).lower()


def totals() -> dict[str, Any]:
    """What must stay."""
    return {
        "lines": list(
            ReturnLine.objects.order_by("pk").values("requested", "accepted", "credited", "settled")
        ),
        "accounts": list(
            ReturnableLine.objects.order_by("pk").values("returned", "credited_net", "credited_tax")
        ),
        "rows": RefundAllocation.objects.aggregate(n=Sum("net"), t=Sum("tax")),
        "refunds": list(Refund.objects.order_by("pk").values("net", "tax", "state")),
        "states": list(Return.objects.order_by("pk").values("number", "state", "order_id", "created")),
        "reasons": list(ReturnLine.objects.order_by("pk").values("reason_code")),
    }


def test_after_erasing_nothing_tells_of_the_person(room: Room) -> None:
    rma = lived(room)
    other = lived(room, email="bob@example.com", words="Robert")
    before, seen = totals(), held()
    for word in ("canary", "canary-jane", "canary-label", "canary-parcel", "canary-track", "canary's shoes"):
        assert word in seen
    found = erase_person(OFFICER, PERSON, dry_run=False)
    assert found.done
    seen = held()
    assert "canary" not in seen
    assert seen.count("robert") > 10
    assert totals() == before
    assert list(audit_all()) == []
    rma.refresh_from_db()
    assert rma.erased
    ledger = OrderLedger.objects.get(pk=rma.order_id)
    assert (ledger.user_id, ledger.customer_key, ledger.address_key) == ("", "", "")
    assert OrderLedger.objects.get(pk=other.order_id).customer_key
    assert list(rma.entries.order_by("-pk").values_list("verb", "asker_id", "data")[:1]) == [
        ("erase", OFFICER.id, {})
    ]
    assert found.counts == {
        "messages": 2, "photos": 2, "drafts": 1, "codes": 2, "returns": 1, "reasons": 1, "labels": 1, "parcels": 1,
        "refunds": 1, "mails": found.counts["mails"], "orders": 1, "statements": 1,
        "history": found.counts["history"], "events": found.counts["events"],
    }  # fmt: skip
    assert found.counts["events"] > 5
    assert found.counts["mails"] >= 1


def test_a_dry_run_says_the_same_and_changes_nothing(room: Room) -> None:
    lived(room)
    before = held()
    dry = erase_person(OFFICER, f" {PERSON.upper()} ")
    assert held() == before
    real = erase_person(OFFICER, PERSON, dry_run=False)
    assert dry.counts == real.counts
    assert (dry.done, real.done) == (False, True)
    again = erase_person(OFFICER, PERSON, dry_run=False)
    assert not any(again.counts.values()), again.counts


def test_by_account(room: Room) -> None:
    # The first few ids are those of the staff in these tests.
    asker = [room.data.make_asker(AskerKind.CUSTOMER)[0] for _ in range(5)][-1]
    lived(room, user_id=asker.id)
    found = erase_person(OFFICER, user_id=asker.id or "", dry_run=False)
    assert found.users == (asker.id,)
    seen = held()
    assert asker.id and asker.id.lower() not in seen
    # What came by the portal's door with an address alone belongs to that address.
    assert seen.count("canary") == seen.count(PERSON)
    erase_person(OFFICER, PERSON, dry_run=False)
    assert "canary" not in held()


def test_what_is_not_finished_is_finished_first(room: Room) -> None:
    def code() -> str:
        with pytest.raises(Conflict) as error:
            erase_person(OFFICER, PERSON, dry_run=False)
        assert rma.number in error.value.message
        return error.value.code

    rma = room.request(room.make_shipped(2, email=PERSON), 2)
    assert code() == "OPEN_RETURN"
    room_approve(rma)
    room.receive(rma, 2)
    room.inspect(rma, 2)
    with room.data.answering("refuses"):
        refund_return(STAFF, rma.pk)
        drain()
    Return.objects.filter(pk=rma.pk).update(state="CLOSED", closed=clock.now())
    assert code() == "UNSETTLED_REFUND"
    before = held()
    assert PERSON not in before or "canary" in before
    assert not Return.objects.get(pk=rma.pk).erased


def test_a_withdrawal_that_waits_for_staff_is_finished_first(room: Room) -> None:
    WithdrawalStatement.objects.create(order_number="77", name="J", email=PERSON, received=clock.now())
    with pytest.raises(Conflict, match="77") as error:
        erase_person(OFFICER, PERSON)
    assert error.value.code == "OPEN_WITHDRAWAL"


def test_who_may_and_whom(room: Room) -> None:
    for run in (erase_person, export_person):
        with pytest.raises(PermissionDenied):
            run(STAFF, PERSON)
        with pytest.raises(Required):
            run(OFFICER, "  ")


def test_the_export_has_everything(room: Room, tmp_path: Path) -> None:
    lived(room)
    lived(room, email="bob@example.com", words="Robert")
    told = json.dumps(export_person(OFFICER, PERSON), default=str, ensure_ascii=False)
    for words in (
        "Canary says it is small", "Canary asks", "Canary is difficult", "Canary-TRACK", "Canary-PARCEL", "Canary-LABEL",
        "Canary's shoes", "Canary broke it", "Canary is my cousin", "Canary sent more", PERSON,
    ):  # fmt: skip
        assert words in told, words
    assert "Robert" not in told
    target = tmp_path / "jane.zip"
    call_command("returns_person", email=PERSON, export=target, stderr=StringIO())
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        assert [name.split("/")[0] for name in names] == ["data.json", "photos", "photos", "labels"]
        assert archive.read(names[1]) == archive.read(names[3]) == b"Canary"
        assert json.loads(archive.read("data.json"))["messages"][0]["body"] == "Canary asks"


def test_the_command_erases_only_when_it_is_told_to(room: Room) -> None:
    lived(room)
    out = StringIO()
    call_command("returns_person", email=PERSON, erase=True, stdout=out, stderr=StringIO())
    assert "messages: 2" in out.getvalue()
    assert ReturnMessage.objects.count() == 2
    call_command("returns_person", email=PERSON, erase=True, yes=True, stdout=StringIO(), stderr=StringIO())
    assert ReturnMessage.objects.count() == 0
    with pytest.raises(SystemExit) as nobody:
        call_command("returns_person", email=PERSON, erase=True, stdout=StringIO(), stderr=StringIO())
    assert nobody.value.code == 1


def test_graphql(room: Room, client: Any) -> None:
    lived(room)
    _, token = room.data.make_asker(AskerKind.STAFF, "MANAGE_USERS")
    _, clerk = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
    erase = """mutation($dry: Boolean) { returnsPersonErase(email: "canary-jane@example.com", dryRun: $dry) {
        erased rows { kind count } errors { field code } } }"""
    export = '{ returnsPersonExport(email: "canary-jane@example.com") }'

    def ask(query: str, bearer: str, **variables: Any) -> Any:
        body = json.dumps({"query": query, "variables": variables})
        url = "/plugins/saleor_plugins.returns/graphql/"
        headers = {"HTTP_AUTHORIZATION": f"Bearer {bearer}"}
        return json.loads(client.post(url, body, content_type="application/json", **headers).content)

    assert ask(export, clerk)["errors"][0]["extensions"]["exception"]["code"] == "PERMISSION_DENIED"
    refused = ask(erase, clerk, dry=False)["data"]["returnsPersonErase"]
    assert refused["errors"] == [{"field": None, "code": "PERMISSION_DENIED"}]
    assert "Canary asks" in ask(export, token)["data"]["returnsPersonExport"]
    counted = ask(erase, token)["data"]["returnsPersonErase"]
    assert counted["erased"] is False
    assert {"kind": "messages", "count": 2} in counted["rows"]
    done = ask(erase, token, dry=False)["data"]["returnsPersonErase"]
    assert (done["erased"], done["rows"]) == (True, counted["rows"])
    assert json.loads(ask(export, token)["data"]["returnsPersonExport"])["orders"] == []


# Codes, ids and numbers of the shop's, machines' words, and what merchants write about their rules.
HARMLESS = {
    "OrderLedger": "order_id number currency country channel review",
    "ReturnableLine": "order_line_id variant_id product_id category_id sku name",
    "Delivery": "fulfillment_id order_id",
    "Rulebook": "document note author_kind author_id",
    "TermsRun": "fingerprint after",
    "Return": "number requested_by state policy terms method language destination_id",
    "ReturnLine": "fulfillment_line_id reason_code resolution exchange_variant_id",
    "LedgerEntry": "verb asker_kind",
    "ReturnLabel": "state carrier service format currency",
    "MailTemplate": "kind language subject text",
    "SentMail": "order_id kind language cause",
    "PaymentLedger": "payment_id",
    "Refund": "state",
    "RefundAllocation": "order_line_id component",
    "RefundPart": "kind target_id state reference",
    "Receipt": "warehouse_id",
    "ReceiptLine": "fulfillment_line_id shop_fulfillment_id",
    "Inspection": "disposition grade variant_id warehouse_id why",
    "Followup": "disposition warehouse_id why",
    "StrayParcel": "warehouse_id dismissed",
    "WithdrawalStatement": "order_number lines language order_id",
    "Flag": "kind reason data dismissed_by",
}
# Emptied, or gone with their rows; `test_after_erasing_nothing_tells_of_the_person` sees to it.
PERSONAL = {
    "OrderLedger": "user_id customer_key address_key payment_key",
    "Return": "user_id decline_reason carrier tracking_number",
    "ReturnLine": "reason",
    "ReturnMessage": "author_kind author_id body",
    "LedgerEntry": "asker_id data",
    "ReturnLabel": "tracking_number identifier content message",
    "SentMail": "digest",
    "Refund": "reason",
    "RefundPart": "message",
    "Receipt": "tracking_number",
    "StrayParcel": "tracking_number note",
    "AccessCode": "order_number email language order_id code_hash",
    "Draft": "order_id language answers",
    "Photo": "order_line_id content preview digest",
    "WithdrawalStatement": "name email goods outcome",
    "Flag": "note",
}


def test_whoever_adds_a_column_for_words_says_whether_it_is_personal() -> None:
    words = ("CharField", "TextField", "JSONField", "BinaryField")
    found = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("ops_returns").get_models()
        for field in model._meta.concrete_fields
        if field.get_internal_type() in words
    }
    known = [
        f"{name}.{column}"
        for kind in (HARMLESS, PERSONAL)
        for name, row in kind.items()
        for column in row.split()
    ]
    assert len(known) == len(set(known))
    assert found == set(known)


REFUSED = [
    "UPDATE ops_returns_ledgerentry SET data = '{}'",
    "UPDATE ops_returns_ledgerentry SET asker_id = 'x'",
    'UPDATE ops_returns_ledgerentry SET data = data || \'{"reason": "another"}\'',
    "UPDATE ops_returns_receipt SET tracking_number = 'x'",
    "UPDATE ops_returns_receipt SET at = now()",
    "DELETE FROM ops_returns_receipt",
    "DELETE FROM ops_returns_ledgerentry",
    "UPDATE ops_returns_refund SET reason = 'another'",
    "UPDATE ops_returns_refund SET net = net + 1",
]


def test_history_is_emptied_of_the_erased_alone(room: Room) -> None:
    rma = lived(room)
    emptied = [
        "UPDATE ops_returns_ledgerentry SET asker_id = ''",
        "UPDATE ops_returns_ledgerentry SET data = data - '{reason,trackingNumber,tracking_number,carrier}'::text[]",
        "UPDATE ops_returns_receipt SET tracking_number = ''",
    ]

    def refused(sql: str) -> bool:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
        except IntegrityError:
            return True
        return False

    assert all(refused(sql) for sql in [*REFUSED, *emptied])
    Return.objects.filter(pk=rma.pk).update(erased=clock.now())
    assert all(refused(sql) for sql in REFUSED)
    assert refused("UPDATE ops_returns_return SET erased = NULL")
    assert not any(refused(sql) for sql in emptied)


def test_what_is_old_goes_in_batches(room: Room) -> None:
    room.configure(photo_days="10", label_days="20", statement_days="30")
    rma = lived(room)
    assert not any(expire_personal(batch=1).values()) or Draft.objects.count() == 0
    old = clock.now() - timedelta(days=31)
    for model, column in (
        (Photo, "created"), (ReturnLabel, "created"), (WithdrawalStatement, "received"), (AccessCode, "expires"),
    ):  # fmt: skip
        model.objects.update(**{column: old})
    found = expire_personal(batch=1)
    assert (found["photos"], found["labels"], found["codes"], found["withdrawals"]) == (1, 1, 2, 1)
    assert Photo.objects.count() == AccessCode.objects.count() == Draft.objects.count() == 0
    label = ReturnLabel.objects.get(rma=rma)
    assert (bytes(label.content), label.cost, label.tracking_number) == (b"", 490, "Canary-LABEL")
    assert WithdrawalStatement.objects.get().name == ""
    assert not any(expire_personal(batch=1).values())
    assert list(audit_all()) == []


def test_young_things_stay(room: Room) -> None:
    lived(room)
    Draft.objects.update(expires=clock.now() + timedelta(hours=1))
    WithdrawalStatement.objects.update(settled=None, received=clock.now() - timedelta(days=9999))
    assert not any(expire_personal().values())
    assert Photo.objects.count() == 2


def test_store_credit_and_exchange_survive_erasing(room: Room) -> None:
    rma = room.accepted(room.make_shipped(2, email=PERSON), 2)
    refund_return(STAFF, rma.pk, to=PartKind.STORE_CREDIT)
    drain()
    close_return(STAFF, rma.pk)
    erase_person(OFFICER, PERSON, dry_run=False)
    assert list(audit_all()) == []
    assert not Event.objects.filter(topic__startswith="return.", data__number=rma.number).exists()
