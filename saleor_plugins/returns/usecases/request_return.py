"""Ask to return units of an order, by the merchant's rules and the law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, NotFound
from saleor_plugins.platform.port import Asker

from .. import access, accounts, payloads, store
from ..domain.machines import ReturnState
from ..domain.quantities import Buckets
from ..domain.rules.terms import Terms
from ..models import Draft, Return, ReturnLine
from ..store import Desk
from .approve_return import approve
from .case import Case, Request, Rules, Wanted, rules_now
from .check_terms import check_terms
from .photos import attach_photos, count_photos
from .request_lines import Item, Wishes, withdrawn

__all__ = ["How", "Item", "open_request", "request_return"]


@dataclass(frozen=True)
class How:
    """How it is asked, beside the lines: how the goods travel, in which language, by the law's right, and
    the day on which that was declared (today without)."""

    method: str = ""
    language: str = ""
    withdrawal: bool = False
    declared: date | None = None


def request_return(
    asker: Asker,
    order_id: str,
    items: Sequence[Item],
    *,
    withdrawal: bool = False,
    declared: date | None = None,
    method: str = "",
    language: str = "",
    draft: UUID | None = None,
) -> Return:
    """Reserve the units and open a return with what the rules made of it; approved at once if they say so.

    A `draft` that has become a return answers that one again. A `withdrawal` is the law's right: no rule may
    refuse it, and the day on which it was `declared` counts. Staff are refused nothing; what the rules refuse
    waits for a person. Raises NotFound (``orderId``, ``draftId``, ``lines.N...``), Required and Invalid
    naming the field: quantities, duplicate lines, units not shipped or already returned (UNRETURNABLE),
    ``method``, ``language``, and for shoppers what `check_terms` says.
    """
    access.order_for(asker, order_id)
    how = How(method, _language(language), withdrawal, declared)
    with transaction.atomic():
        desk = store.open_order(order_id)
        sent = _lock_draft(draft, order_id) if draft else None
        if sent and sent.rma:
            return sent.rma
        rules = rules_now()
        lines = Wishes(desk).lines(withdrawn(items) if withdrawal else items)
        terms = _judge(desk, rules, lines, asker, how)
        check_terms(terms, lines, method, count_photos(draft) if draft else {}, staff=access.is_staff(asker))
        open_request(desk, rules, lines, asker, terms=terms, how=how)
        if sent:
            sent.rma = desk.request
            sent.save(update_fields=["rma"])
            attach_photos(sent.pk, desk)
        _announce(desk, asker, lines)
        if terms.approve:
            approve(desk, access.SYSTEM)
    return desk.request


def _announce(desk: Desk, asker: Asker, lines: list[ReturnLine]) -> None:
    data = {"lines": payloads.of_wishes(lines)}
    store.log(desk.request, "request", asker, data)
    withdrawal = desk.request.withdrawal
    emit(
        "return.requested",
        payloads.of_return(desk, requestedBy=asker.kind.value, withdrawal=withdrawal, **data),
    )


def _judge(desk: Desk, rules: Rules, lines: list[ReturnLine], asker: Asker, how: How) -> Terms:
    account = None if desk.ledger.review else accounts.account_of(desk.ledger, desk.accounts.values())
    wanted = [Wanted(row.line_id, row.requested, row.reason_code, row.resolution) for row in lines]
    request = Request(how.withdrawal, by_staff=access.is_staff(asker), method=how.method, on=how.declared)
    return Case(desk.order, desk.parcels, account, rules).judge(wanted, request)


def _language(language: str) -> str:
    if language and language not in LANGUAGES:
        raise Invalid(f"Must be one of: {', '.join(LANGUAGES)}.", field="language")
    return language


def _lock_draft(draft: UUID, order_id: str) -> Draft:
    found = Draft.objects.select_for_update(of=("self",)).select_related("rma").filter(pk=draft).first()
    if found is None or found.order_id != order_id:
        raise NotFound("No such draft.", field="draftId")
    return found


def open_request(
    desk: Desk,
    rules: Rules,
    lines: list[ReturnLine],
    asker: Asker,
    *,
    terms: Terms | None = None,
    how: How = How(),
) -> None:
    """Store a return that asks for `lines`, inside the caller's transaction."""
    desk.ledger.returns += 1
    desk.ledger.save(update_fields=["returns"])
    desk.rma = Return.objects.create(
        number=f"{desk.ledger.number}-R{desk.ledger.returns}",
        order=desk.ledger,
        user_id=desk.ledger.user_id,
        requested_by=asker.kind.value,
        state=ReturnState.REQUESTED.value,
        policy=rules.policy.snapshot(),
        rulebook=rules.row,
        terms=terms.to_json() if terms else {},
        withdrawal=how.withdrawal,
        method=how.method,
        language=how.language,
        created=clock.now(),
    )
    for position, line in enumerate(lines):
        line.rma, line.position = desk.rma, position
        line.save(force_insert=True)
        line.line.reserved += Buckets(line.requested).held
        line.line.save(update_fields=["reserved"])
    desk.lines = lines
