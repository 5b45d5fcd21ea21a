"""The EU's withdrawal function (Directive 2011/83/EU, Article 11a): declare, confirm, receipt.

Open to everybody and behind nothing. Between its two steps the declaration lies in the page, signed: no
cookie, no row before it is confirmed, and confirmed twice it is one.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from saleor_plugins.http.throttle import throttle
from saleor_plugins.kernel.errors import Invalid, Invalids, NotFound
from saleor_plugins.kernel.ids import new_id
from saleor_plugins.platform import shop

from ...models import WithdrawalStatement
from ...usecases.acknowledge_withdrawal import ALL_GOODS, goods_of
from ...usecases.branding import branding
from ...usecases.declare_withdrawal import Declaration, checked, declare_withdrawal
from . import session
from .access_pages import faults, fields, notice, redirect
from .access_words import access_words
from .render import FormError, language, page
from .withdrawal_items import Choices, chosen

# A minute, from one address of the net, and to one mail address.
DECLARATIONS = 10
ACKNOWLEDGEMENTS = 3
_SAID = "saleor_plugins.returns.withdrawal"
_RECEIPT = "saleor_plugins.returns.receipt"
# Seconds: how long the second step and the receipt stay open. The mail stays.
_DAY = 86400
_FIELDS = ("name", "orderNumber", "email")


def view(request: HttpRequest, rest: str) -> HttpResponse:
    """``portal/withdraw/...``"""
    if not branding()["withdraw"]:
        raise NotFound("The function is switched off.")
    if request.method != "POST":
        return _receipt(request, rest.removesuffix("/")) if rest else _form(request, _first(request))
    session.check_origin(request)
    if rest == "confirm/":
        return _confirm(request)
    if rest == "change/":
        return _form(request, _opened(request)[0])
    return _check(request)


def _first(request: HttpRequest) -> Declaration:
    """What is known before anything is asked: the order of who is signed in."""
    order_id = session.order_id(request) or ""
    number = shop().order(order_id).number if order_id else ""
    return Declaration("", number, "", language=language(request), order_id=order_id)


def _form(request: HttpRequest, said: Declaration, errors: list[FormError] | None = None) -> HttpResponse:
    words = access_words(language(request))
    given = {"name": said.name, "orderNumber": said.number, "email": said.email}
    values = {
        "title": words["withdraw"],
        "words": words,
        "fields": fields(request, _FIELDS, given, errors or (), prefix="withdraw_"),
        "items": Choices(said).items(),
        "which": request.POST.get("which") or ("some" if said.goods or said.lines else "all"),
        "goods": said.goods,
    }
    return page(request, "withdrawal_form.html", values, errors=errors or ())


def _check(request: HttpRequest) -> HttpResponse:
    """The second step: all that was said, and one button."""
    said, some = _typed(request), request.POST.get("which") == "some"
    errors: list[Invalid] = []
    if some and not said.goods.strip():
        errors.append(Invalid("Which?", field="goods", code="REQUIRED"))
    try:
        said = checked(said)
    except Invalids as error:
        errors = [*error.errors, *errors]
    if errors:
        return _form(request, said, faults(request, Invalids(errors)))
    values = _shown(request, said.name, said.number, said.email, said.goods or ALL_GOODS[language(request)])
    # The statement's key is drawn here: whoever confirms twice sends the same one.
    values["said"] = signing.dumps([str(new_id()), asdict(said)], salt=_SAID, compress=True)
    values["title"] = access_words(language(request))["check_title"]
    return page(request, "withdrawal_check.html", values)


def _typed(request: HttpRequest) -> Declaration:
    name, number, email = (request.POST.get(field, "") for field in _FIELDS)
    known = _first(request)
    # Who is signed in for one order may withdraw from another: then its goods are words.
    order_id = known.order_id if number.strip().lstrip("#") == known.number else ""
    said = Declaration(name, number, email, language=language(request), order_id=order_id)
    return chosen(request, said) if request.POST.get("which") == "some" else said


def _opened(request: HttpRequest) -> tuple[Declaration, UUID]:
    """What the page of the second step carried. Raises NotFound for what it never did, or days ago."""
    try:
        key, said = signing.loads(request.POST.get("said", ""), salt=_SAID, max_age=_DAY)
    except signing.BadSignature:
        raise NotFound("No such declaration.") from None
    return Declaration(**said), UUID(key)


def _confirm(request: HttpRequest) -> HttpResponse:
    said, key = _opened(request)
    # What was taken in already is answered again, however often it is sent.
    if not WithdrawalStatement.objects.filter(pk=key).exists():
        limit(request, said.email)
    statement = declare_withdrawal(said, key)
    return redirect(request, f"withdraw/{signing.dumps(str(statement.pk), salt=_RECEIPT)}/")


def limit(request: HttpRequest, email: str) -> None:
    """Raises TooMany: nobody may fill the table, nor somebody else's mailbox with acknowledgements."""
    throttle(request, "returns.withdrawal", DECLARATIONS)
    throttle(request, "returns.withdrawal_to", ACKNOWLEDGEMENTS, about=email.strip().casefold())


def _receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What was received, and when; until a day later."""
    if token in ("confirm", "change"):
        return HttpResponseRedirect(f"{session.base(request)}withdraw/")
    try:
        key = signing.loads(token, salt=_RECEIPT, max_age=_DAY)
    except signing.SignatureExpired:
        return notice(request, "expired", 410)
    except signing.BadSignature:
        raise NotFound("No such receipt.") from None
    row = WithdrawalStatement.objects.filter(pk=key).first()
    if row is None:  # erased since
        raise NotFound("No such receipt.")
    values = _shown(request, row.name, row.order_number, row.email, goods_of(row))
    words = values["words"]
    local = row.received.astimezone(ZoneInfo(shop().time_zone()))
    day = format_date(local, "long", locale=language(request))
    values |= {
        "title": words["receipt_title"],
        "received": f"{day}, {local:%H:%M:%S %Z}",
        "iso": row.received.isoformat(timespec="seconds"),
        "mailed": words["receipt_mail"].format(email=row.email),
    }
    return page(request, "withdrawal_receipt.html", values)


def _shown(request: HttpRequest, name: str, number: str, email: str, goods: str) -> dict[str, Any]:
    words = access_words(language(request))
    return {"words": words, "name": name, "number": number, "email": email, "goods": goods}
