"""What workers do for whoever comes to the portal's door."""

from __future__ import annotations

from uuid import UUID

from saleor_plugins.delivery import Message, declare, subscribe
from saleor_plugins.kernel.ids import own_key

from .. import config
from ..usecases.acknowledge_withdrawal import acknowledge_withdrawal
from ..usecases.declare_withdrawal import RECEIVED
from ..usecases.match_withdrawal import match_withdrawal
from ..usecases.request_access import REQUESTED
from ..usecases.send_access_code import send_access_code

declare(
    RECEIVED,
    "Somebody withdrew from a contract by the law's function: statementId, at. Who and what is read with the "
    "API; what becomes a return is told by return.requested.",
)


@subscribe(REQUESTED, name="returns.access_code", atomic=False)
def mail_code(message: Message) -> None:
    """Find the order and mail the code."""
    if config.is_active():
        send_access_code(UUID(message.data["codeId"]))


# A withdrawal was declared while the desk was on; that it is off by now changes nothing about it.
@subscribe(RECEIVED, name="returns.withdrawal_acknowledged", atomic=False)
def acknowledge(message: Message) -> None:
    """Mail what was received, and when."""
    acknowledge_withdrawal(_statement(message))


@subscribe(RECEIVED, name="returns.withdrawal_matched")
def match(message: Message) -> None:
    """Make the return."""
    match_withdrawal(_statement(message))


def _statement(message: Message) -> UUID:
    return own_key(message.data["statementId"], "WithdrawalStatement")
