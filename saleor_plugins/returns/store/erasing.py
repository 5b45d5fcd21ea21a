"""Taking a person out of the desk's tables. Units, money and their ledgers stay."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Func, JSONField, Q, Value
from django.db.models.fields import TextField

from saleor_plugins.delivery import forget
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global

from ..models import (
    AccessCode,
    Draft,
    Flag,
    LedgerEntry,
    OrderLedger,
    Photo,
    Receipt,
    Refund,
    RefundPart,
    Return,
    ReturnLabel,
    ReturnLine,
    ReturnMessage,
    SentMail,
    StrayParcel,
    WithdrawalStatement,
)
from .person import Person

# A label that was bought has a number, and a refund of another amount a reason: the database insists.
GONE = "ERASED"
# What people typed into the history; the guard in migrations/0002_guards.py knows the same names.
TYPED = ("reason", "trackingNumber", "tracking_number", "carrier")
_NO_LABEL: Any = {"tracking_number": GONE, "identifier": "", "content": b"", "message": ""}
TOPICS = ("return.", "refund.", "returns.", "withdrawal.")

Counts = dict[str, int]


def erase(person: Person) -> Counts:
    """Empty or delete everything that tells of the person, inside the caller's transaction; answers how much.

    Twice is once: what is gone already is not counted.
    """
    deleted = {
        "messages": ReturnMessage.objects.filter(rma__in=person.returns),
        "photos": Photo.objects.filter(Q(return_line__rma__in=person.returns) | Q(draft__in=person.drafts)),
        "drafts": Draft.objects.filter(pk__in=person.drafts),
        "codes": AccessCode.objects.filter(pk__in=person.codes),
    }
    counts = {name: _delete(rows) for name, rows in deleted.items()}
    # First: only then do the guards let what is append-only be emptied.
    returns = Return.objects.filter(pk__in=person.returns)
    counts["returns"] = returns.filter(erased=None).update(erased=clock.now())
    returns.update(user_id="", decline_reason="", carrier="", tracking_number="")
    counts |= _empty_rows(person)
    counts["history"] = _empty_history(person)
    told = [to_global("Return", key) for key in person.returns]
    counts["events"] = forget(TOPICS, "returnId", told) + forget(TOPICS, "orderId", person.orders)
    return counts


def _delete(rows: Any) -> int:
    return int(rows.delete()[1].get(rows.model._meta.label, 0))


def _empty_rows(person: Person) -> Counts:
    mine = Q(rma__in=person.returns)
    parts = RefundPart.objects.filter(refund__rma__in=person.returns)
    parts.exclude(message="").update(message="")
    Flag.objects.filter(mine).exclude(note="").update(note="")
    labels = ReturnLabel.objects.filter(mine).exclude(**_NO_LABEL)
    mails = SentMail.objects.filter(mine | Q(order_id__in=person.orders)).exclude(digest="")
    orders = OrderLedger.objects.filter(pk__in=person.orders)
    statements = WithdrawalStatement.objects.filter(pk__in=person.statements)
    known = ~Q(user_id="") | ~Q(customer_key="") | ~Q(address_key="") | ~Q(payment_key="")
    return {
        "reasons": ReturnLine.objects.filter(mine).exclude(reason="").update(reason=""),
        "labels": labels.update(tracking_number=GONE, identifier="", format="", content=b"", message=""),
        "parcels": Receipt.objects.filter(mine).exclude(tracking_number="").update(tracking_number="")
        + StrayParcel.objects.filter(mine)
        .exclude(tracking_number="", note="")
        .update(tracking_number="", note=""),
        "refunds": Refund.objects.filter(mine).exclude(reason__in=["", GONE]).update(reason=GONE),
        "mails": mails.update(digest=""),
        "orders": orders.filter(known).update(user_id="", customer_key="", address_key="", payment_key=""),
        "statements": statements.update(name="", email="", goods="", outcome=""),
    }


def _empty_history(person: Person) -> int:
    rows = LedgerEntry.objects.filter(rma__in=person.returns)
    theirs = rows.filter(Q(asker_kind="CUSTOMER") | Q(asker_id__in=person.users)).exclude(asker_id="")
    typed = rows.filter(data__has_any_keys=list(TYPED))
    names: Any = Value("{" + ",".join(TYPED) + "}", output_field=TextField())
    emptied = Func(
        F("data"), names, template="%(expressions)s::text[]", arg_joiner=" - ", output_field=JSONField()
    )
    return int(theirs.update(asker_id="") + typed.update(data=emptied))
