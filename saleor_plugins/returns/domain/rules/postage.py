"""Who pays for the way back, and how much is kept of the refund for the label that the shop buys."""

from __future__ import annotations

from typing import NamedTuple

from saleor_plugins.kernel.money import from_minor

from ..fees import fee_amount
from ..reasons import Reason
from .fields import amounts, one_of, switch
from .kind import LAW, Given, Kind, Verdict

CUSTOMER, MERCHANT = "CUSTOMER", "MERCHANT"
OWN = "OWN"


class Postage(NamedTuple):
    """`payer`, and what is kept once per return, in minor units."""

    payer: str
    fee: int = 0


def decide(given: Given) -> Verdict:
    """Never the customer's for what is the shop's fault; for a withdrawal only where the shop has said so."""
    line, facts = given.line, given.facts
    payer, fee, of_withdrawals = _stated(given)
    reason = Reason(line.reason or Reason.UNSPECIFIED)
    withdrawn = facts.withdrawal or reason is Reason.WITHDRAWAL
    if payer == MERCHANT or reason.fault:
        why = f"The shop pays: {reason}." if reason.fault else "The shop pays the way back."
        return Verdict(MERCHANT, why, Postage(MERCHANT))
    if withdrawn and not of_withdrawals:
        why = "The shop pays: it has not said that a customer who withdraws does."
        return Verdict(MERCHANT, why, Postage(MERCHANT), by=LAW)
    if facts.method == OWN:
        return Verdict(CUSTOMER, "The customer pays a carrier of their own.", Postage(CUSTOMER))
    if not fee:
        return Verdict(CUSTOMER, "The customer pays the way back.", Postage(CUSTOMER))
    amount = f"{from_minor(fee, facts.currency)} {facts.currency}"
    return Verdict(CUSTOMER, f"{amount} is kept once for the label.", Postage(CUSTOMER, fee))


def _stated(given: Given) -> tuple[str, int, bool]:
    """Payer, fee, and whether both hold for withdrawals, as the merchant has said."""
    if given.values is None:
        fee = fee_amount(given.policy.label_fee, given.facts.currency)
        of_withdrawals = given.policy.withdrawal_postage == CUSTOMER
        return (
            (CUSTOMER if fee or (of_withdrawals and given.facts.withdrawal) else MERCHANT),
            fee,
            of_withdrawals,
        )
    listed = given.values.get("amounts", {})
    fee = listed.get(given.facts.currency, 0)
    # Where amounts are listed and the order's currency has none, nobody has said what the label costs.
    payer = MERCHANT if listed and not fee else given.values["payer"]
    return payer, fee, bool(given.values.get("withdrawals"))


KIND = Kind(
    "postage",
    {"payer": one_of((CUSTOMER, MERCHANT)), "amounts": amounts, "withdrawals": switch},
    decide,
    needed=("payer",),
    asked=True,
    yields=False,
)
