"""What the rules let happen by themselves. Nothing of it happens while the plugin is switched off."""

from __future__ import annotations

from uuid import UUID

from saleor_plugins.delivery import Message, declare, subscribe, sweeper
from saleor_plugins.kernel.ids import own_key

from .. import config
from ..usecases import follow_terms
from ..usecases.activate_rulebook import ACTIVATED
from ..usecases.publish_terms import PAGE_DUE, look_after_terms, publish_page
from ..usecases.track_return import SCANNED
from ..usecases.watch_exchanges import CANCELED, cancel_by_itself, find_canceled, made_by

ORDER_CANCELED = "returns.order_canceled"

declare(
    ACTIVATED,
    "Other rules count from now on: version and versionBefore (null is none, the plugin's settings alone), "
    "rulebookId, activatedByKind, activatedById.",
)
declare(SCANNED, "A carrier has the parcel of a return: carrier, trackingNumber, at.")


@subscribe("return.approved", name="returns.terms_keep")
def keep(message: Message) -> None:
    """What is not worth its way stays with the customer."""
    if config.is_active():
        follow_terms.keep_by_terms(_return_of(message))


@subscribe(SCANNED, name="returns.terms_scan")
def refund_scanned(message: Message) -> None:
    """Money when a carrier has the parcel."""
    if config.is_active():
        follow_terms.refund_at_scan(_return_of(message))


@subscribe("return.inspected", name="returns.terms_inspection")
def refund_inspected(message: Message) -> None:
    """Money when the goods were accepted."""
    if config.is_active():
        follow_terms.refund_at_inspection(_return_of(message))


@subscribe("return.refunded", name="returns.terms_close")
def close_kept(message: Message) -> None:
    """Nothing is to come, everything is paid."""
    if config.is_active():
        follow_terms.close_when_kept(_return_of(message))


@subscribe(ORDER_CANCELED, name="returns.order_canceled")
def order_canceled(message: Message) -> None:
    """The shop's staff cancelled an order; was it made by an exchange?"""
    order_id = message.data["orderId"]
    return_id = made_by(order_id)
    if config.is_active() and return_id:
        cancel_by_itself(return_id, order_id)


@subscribe(CANCELED, name="returns.exchange_canceled")
def exchange_canceled(message: Message) -> None:
    """The same, found by looking."""
    if config.is_active():
        cancel_by_itself(UUID(message.data["returnId"]), message.data["orderId"])


@sweeper("returns.canceled_exchanges")
def find_canceled_exchanges() -> None:
    """Orders of exchanges that were cancelled without a hook's word."""
    if config.is_active():
        find_canceled()


@subscribe(ACTIVATED, name="returns.terms_activated")
def publish_activated(message: Message) -> None:
    """Other rules: every product is looked at."""
    look_after_terms(changes=False)


@sweeper("returns.terms")
def find_unpublished() -> None:
    """Changed settings, new and moved products; removes what was shown once the plugin is switched off."""
    look_after_terms()


@subscribe(PAGE_DUE, name="returns.terms_page")
def publish(message: Message) -> None:
    """A page of products."""
    publish_page(UUID(message.data["runId"]), message.data["after"])


def _return_of(message: Message) -> UUID:
    return own_key(message.data["returnId"], "Return")
