"""Gateways and payment apps that answer as a test wants, in the Saleor that is installed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from unittest import mock

SALEORS = "saleor.payment.gateways.dummy"


def dummy_module() -> Any:
    """The module of Saleor's dummy gateway; of one that stands in for it where Saleor has dropped it."""
    from django.conf import settings

    if find_spec(SALEORS):
        return import_module(f"{SALEORS}.plugin")
    ours = "tests.dummygateway.StandInDummyGatewayPlugin"
    if ours not in settings.PLUGINS:
        settings.PLUGINS.append(ours)
    return import_module("tests.dummygateway")


@contextlib.contextmanager
def dummy(answer: str) -> Iterator[None]:
    """Saleor's dummy gateway, answering refunds with a no, an exception, or nonsense."""
    from saleor.payment import TransactionKind
    from saleor.payment.interface import GatewayResponse

    def refuses(data: Any, config: Any) -> Any:
        return GatewayResponse(
            is_success=False, action_required=False, kind=TransactionKind.REFUND, amount=data.amount,
            currency=data.currency, transaction_id="", error="Card closed.",
        )  # fmt: skip

    def times_out(data: Any, config: Any) -> Any:
        raise TimeoutError("a secret of the gateway")

    def nonsense(data: Any, config: Any) -> Any:
        return "<html>502</html>"

    answers: dict[str, Callable[..., Any]] = {
        "refuses": refuses,
        "times out": times_out,
        "answers nonsense": nonsense,
    }
    with mock.patch.object(dummy_module(), "refund", answers[answer]):
        yield


@contextlib.contextmanager
def payment_app(answer: str) -> Iterator[list[Any]]:
    """A plugin of 3.x that takes refund requests of transactions; yields the requests it got."""
    from saleor.plugins.manager import PluginsManager

    asked: list[Any] = []

    def requested(self: Any, data: Any, channel_slug: str) -> None:
        asked.append(data)
        if answer == "times out":
            raise TimeoutError("a secret of the payment app")
        if answer != "silent":
            _report(data, "refund_success" if answer == "agrees" else "refund_failure")

    def active(self: Any, event: str, channel_slug: str | None = None) -> bool:
        return True

    with (
        mock.patch.object(PluginsManager, "transaction_refund_requested", requested),
        mock.patch.object(PluginsManager, "is_event_active_for_any_plugin", active),
    ):
        yield asked


@contextlib.contextmanager
def notifications() -> Iterator[list[str]]:
    """What Saleor 3 asks its notification plugins to send."""
    from saleor.plugins.manager import PluginsManager

    sent: list[str] = []

    def notify(self: Any, event: str, *args: Any, **kwargs: Any) -> None:
        sent.append(str(event))

    with mock.patch.object(PluginsManager, "notify", notify):
        yield sent


def _report(data: Any, kind: str) -> None:
    """What transactionEventReport stores."""
    from saleor.payment.transaction_item_calculations import recalculate_transaction_amounts

    item = data.transaction
    item.events.create(
        type=kind, amount_value=data.action_value, currency=item.currency, psp_reference="psp-1",
        include_in_calculations=True, related_granted_refund=data.granted_refund,
    )  # fmt: skip
    recalculate_transaction_amounts(item)


@contextlib.contextmanager
def on_commit() -> Iterator[None]:
    """Run what was left for the commit, although the test's own transaction never commits."""
    from django.db import connection

    start = len(connection.run_on_commit)
    yield
    while len(connection.run_on_commit) > start:
        waiting = connection.run_on_commit[start:]
        connection.run_on_commit = connection.run_on_commit[:start]
        for _savepoints, function, *_rest in waiting:
            function()
