"""The merchant's rules: versions, what they would have changed, which of them counts, what products show."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import graphene

from ...http.api import Mutation, connection, connection_field, page, require
from ...kernel import clock
from ...kernel.errors import Invalid, Required
from ...kernel.ids import own_key, to_global
from ..domain.rules.book import Book
from ..models import Rulebook as Row
from ..store import rulebooks, terms_runs
from ..usecases.activate_rulebook import activate_rulebook
from ..usecases.product_terms import product_terms
from ..usecases.save_rulebook import save_rulebook
from ..usecases.simulate_rulebook import simulate
from .money import Money, count, many, money
from .rules_types import Simulation
from .terms import LAW, ReturnPayer

PERMISSION = "MANAGE_PLUGINS"
NEEDED = f"Requires the permission {PERMISSION}."
# What one answer may take; the command returns_simulate judges all of them.
MOST_JUDGED = 5000
DAYS = 90


class Rulebook(graphene.ObjectType):
    """A version of the rules, which nobody changes any more."""

    id = graphene.ID(required=True)
    version = graphene.Int(required=True)
    document = graphene.JSONString(required=True)
    note = graphene.String(required=True)
    author_kind = graphene.String(required=True, description="STAFF or APP.")
    author_id = graphene.ID()
    active = graphene.Boolean(required=True, description="Whether it counts now.")
    created = graphene.DateTime(required=True)
    activated = graphene.DateTime(description="When it began to count last.")

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("Rulebook", row.pk)

    def resolve_author_id(row: Any, info: Any) -> str | None:
        return row.author_id or None


RulebookConnection = connection(Rulebook)


class TermsPublication(graphene.ObjectType):
    """The walk over the products that writes what the rules say of them, the last or the one under way."""

    total = count("Products to look at.")
    done = count("Products looked at.")
    changed = count("Products that were written.")
    running = graphene.Boolean(required=True)
    only_changed = graphene.Boolean(required=True, description="Whether only new and edited products are.")
    started = graphene.DateTime(required=True)
    finished = graphene.DateTime()

    def resolve_running(row: Any, info: Any) -> bool:
        return bool(row.open)

    def resolve_only_changed(row: Any, info: Any) -> bool:
        return row.since is not None


class ProductReturnTerms(graphene.ObjectType):
    """What holds before the sale, for anybody."""

    window_days = graphene.Int(required=True, description="The merchant's, from delivery.")
    final_sale = graphene.Boolean(required=True)
    payer = graphene.Field(ReturnPayer, required=True, description="Who pays the way back.")
    label_fees = many(Money, "What is kept of the refund for the label, per currency of the shop.")
    law = graphene.String(required=True, description=LAW)
    withdrawal_days = graphene.Int(required=True, description="The law's, 0 for none.")
    withdrawal_exception = graphene.String(
        required=True, description="Why the law gives none, or only while sealed; empty for no exception."
    )

    def resolve_label_fees(shown: Any, info: Any) -> list[Money]:
        return [money(amount, code) for code, amount in sorted(shown.fees.items())]

    def resolve_withdrawal_exception(shown: Any, info: Any) -> str:
        return str(shown.exception)


class RulesQueries(graphene.ObjectType):
    """Rules, and what they show."""

    return_rulebooks = connection_field(RulebookConnection, f"Versions of the rules, newest first. {NEEDED}")
    return_rulebook_simulation = graphene.Field(
        Simulation,
        required=True,
        description=f"Past requests judged by other rules, at most {MOST_JUDGED}. Writes nothing. {NEEDED}",
        id=graphene.ID(description="A version, or:"),
        document=graphene.String(description="Rules as JSON that are not kept yet."),
        since=graphene.DateTime(description=f"From when; {DAYS} days before `until` without."),
        until=graphene.DateTime(description="Until when, not included; now without."),
    )
    return_terms_publication = graphene.Field(
        TermsPublication, description=f"How far products show what the rules say. {NEEDED}"
    )
    product_return_terms = graphene.Field(
        ProductReturnTerms,
        required=True,
        description=f"What a product's terms of return are. Anybody may ask; to set them takes {PERMISSION}.",
        product_id=graphene.ID(required=True),
        country=graphene.String(description="Where it is sent to (ISO 3166)."),
        channel=graphene.String(description="Where it is bought."),
    )

    def resolve_return_rulebooks(root, info: Any, first: int, after: str | None = None) -> Any:
        require(info, PERMISSION)
        return page(RulebookConnection, Row.objects.all(), first, after)

    def resolve_return_rulebook_simulation(root, info: Any, **data: Any) -> Any:
        require(info, PERMISSION)
        return simulate(_book(data), *_span(data), limit=MOST_JUDGED).told()

    def resolve_return_terms_publication(root, info: Any) -> Any:
        require(info, PERMISSION)
        return terms_runs.latest()

    def resolve_product_return_terms(root, info: Any, product_id: str, **where: Any) -> Any:
        return product_terms(product_id, where.get("country") or "", where.get("channel") or "")


class ReturnRulebookSave(Mutation):
    """Keeps rules as the next version. They count once they are activated."""

    class Arguments:
        document = graphene.String(required=True, description="The rules as JSON.")
        note = graphene.String(description="Up to 500 characters.")

    permission = PERMISSION
    rulebook = graphene.Field(Rulebook)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        row = save_rulebook(info.context.asker, _json(data["document"]), data.get("note") or "")
        return {"id": str(row.pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(rulebook=Row.objects.get(pk=result["id"]))


class ReturnRulebookActivate(Mutation):
    """Lets a version count from now on, or the plugin's settings alone without one.

    Returns that were asked for keep their terms. With `simulate` the answer tells what the version would have
    changed of the requests of the last days.
    """

    class Arguments:
        id = graphene.ID()
        simulate = graphene.Boolean()

    permission = PERMISSION
    rulebook = graphene.Field(Rulebook)
    simulation = graphene.Field(Simulation)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data["id"], "Rulebook") if data.get("id") else None
        found = None
        if data.get("simulate"):
            # Before it counts: afterwards there is nothing to compare it with.
            book = Book.read(rulebooks.find(key).document if key else {})
            found = simulate(book, *_span({}), limit=MOST_JUDGED).told()
        row = activate_rulebook(info.context.asker, key)
        return {"id": str(row.pk) if row else None, "simulation": found}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        row = Row.objects.get(pk=result["id"]) if result["id"] else None
        return cls(rulebook=row, simulation=result["simulation"])


class RulesMutations(graphene.ObjectType):
    """Writing rules and letting them count."""

    return_rulebook_save = ReturnRulebookSave.Field()
    return_rulebook_activate = ReturnRulebookActivate.Field()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid("Must be JSON.", field="document") from None


def _book(data: dict[str, Any]) -> Book:
    """Raises Required and Invalid (``document``), NotFound (``id``)."""
    if bool(data.get("id")) == bool(data.get("document")):
        raise Required("Give either id or document.", field="document")
    if data.get("id"):
        return Book.read(rulebooks.find(own_key(data["id"], "Rulebook")).document)
    return Book.read(_json(data["document"]))


def _span(data: dict[str, Any]) -> tuple[datetime, datetime]:
    until = data.get("until") or clock.now()
    since = data.get("since") or until - timedelta(days=DAYS)
    for name, at in (("since", since), ("until", until)):
        if at.tzinfo is None:
            raise Invalid("Name the offset from UTC.", field=name)
    return since, until
