"""The units of one returned line, as buckets that are filled from the bucket before.

    requested -> approved -> received -> accepted -> credited -> settled
              -> declined -> missing  -> rejected
                          -> kept --------------> credited

`advanced` counts approved units that were credited before anybody judged them. The same rules are
CHECK constraints in the database; here they name the field that is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from saleor_plugins.kernel.errors import Conflict, Invalid

MAX_UNITS = 100_000
MAX_LINES = 200


def positive(quantity: int, *, field: str = "quantity") -> int:
    """`quantity`, when it is a sensible number of units; raises Invalid naming `field` otherwise."""
    if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 1:
        raise Invalid("Must be 1 or more.", field=field)
    if quantity > MAX_UNITS:
        raise Invalid(f"Must be at most {MAX_UNITS}.", field=field)
    return quantity


@dataclass(frozen=True)
class Buckets:
    """How many units of a line are in which bucket."""

    requested: int
    approved: int = 0
    declined: int = 0
    received: int = 0
    missing: int = 0
    kept: int = 0
    advanced: int = 0
    accepted: int = 0
    rejected: int = 0
    credited: int = 0
    settled: int = 0

    @property
    def awaited(self) -> int:
        """Approved units that did not arrive yet."""
        return self.approved - self.received - self.missing - self.kept

    @property
    def uninspected(self) -> int:
        """Units received and not yet judged."""
        return self.received - self.accepted - self.rejected

    @property
    def uncredited(self) -> int:
        """Units that earned money which was not decided yet: accepted, or left with the customer."""
        return self.accepted + self.kept + self.advanced - self.credited

    @property
    def held(self) -> int:
        """Units that nobody else may ask to return: they are requested and not yet here."""
        return self.requested - self.declined - self.received - self.missing - self.kept

    def approve(self, quantity: int | None = None, *, field: str = "quantity") -> Buckets:
        """`quantity` of the requested units may come back, all without one; the rest is declined."""
        units = self.requested if quantity is None else quantity
        if not 0 <= units <= self.requested:
            raise Invalid(f"Must be 0 to {self.requested}.", field=field)
        return replace(self, approved=units, declined=self.requested - units)

    def release(self) -> Buckets:
        """None of the units that are still out will come back (declined, cancelled)."""
        here = self.received + self.kept
        return replace(self, approved=here, declined=self.requested - here)

    def expect(self, quantity: int) -> Buckets:
        """`quantity` more units than were asked for come back too."""
        return replace(self, requested=self.requested + quantity, approved=self.approved + quantity)

    def receive(self, quantity: int, *, field: str = "quantity") -> Buckets:
        """`quantity` units arrived."""
        if positive(quantity, field=field) > self.awaited:
            raise Invalid(f"Only {self.awaited} more expected.", field=field, code="OVER_RECEIPT")
        return replace(self, received=self.received + quantity)

    def keep(self, quantity: int, *, field: str = "quantity") -> Buckets:
        """The customer keeps `quantity` awaited units, and gets their money."""
        if positive(quantity, field=field) > self.awaited:
            raise Invalid(f"Only {self.awaited} are awaited.", field=field, code="OVER_KEEP")
        # What was advanced for a kept unit is no advance any more.
        paid = max(self.advanced - (self.awaited - quantity), 0)
        return replace(self, kept=self.kept + quantity, advanced=self.advanced - min(paid, quantity))

    def unkeep(self, quantity: int, *, field: str = "quantity") -> Buckets:
        """`quantity` units that the customer may keep are sent all the same: awaited again."""
        if positive(quantity, field=field) > self.kept:
            raise Invalid(f"Only {self.kept} were kept.", field=field)
        paid = max(quantity - self.uncredited, 0)
        return replace(self, kept=self.kept - quantity, advanced=self.advanced + paid)

    def advance(self, quantity: int, *, field: str = "quantity") -> Buckets:
        """`quantity` awaited or unjudged units are credited before anybody judged them."""
        left = self.awaited + self.uninspected - self.advanced
        if positive(quantity, field=field) > left:
            raise Invalid(f"Only {left} can be paid in advance.", field=field, code="OVER_ADVANCE")
        return replace(self, advanced=self.advanced + quantity)

    def judge(self, quantity: int, accepted: bool, *, field: str = "quantity") -> Buckets:
        """`quantity` received units are accepted (to be credited) or rejected."""
        if positive(quantity, field=field) > self.uninspected:
            raise Invalid(f"Only {self.uninspected} left to inspect.", field=field, code="OVER_INSPECTION")
        if accepted:
            advanced = self.advanced - min(self.advanced, quantity)
            return replace(self, accepted=self.accepted + quantity, advanced=advanced)
        return replace(self, rejected=self.rejected + quantity)

    def credit(self) -> Buckets:
        """The money of every unit that earned it is decided."""
        return replace(self, credited=self.credited + self.uncredited)

    def settle(self, quantity: int) -> Buckets:
        """The money of `quantity` credited units arrived at the customer."""
        return replace(self, settled=self.settled + quantity)

    def lose(self) -> Buckets:
        """What never arrived is missing; what was paid in advance of it, the customer has kept."""
        kept = min(self.advanced, self.awaited)
        return replace(
            self,
            missing=self.missing + self.awaited - kept,
            kept=self.kept + kept,
            advanced=self.advanced - kept,
        )

    def find(self, quantity: int | None = None) -> Buckets:
        """Missing units are awaited again, all without a `quantity`."""
        units = self.missing if quantity is None else min(quantity, self.missing)
        return replace(self, missing=self.missing - units)

    def close(self) -> Buckets:
        """`lose`; raises Conflict while units wait for a decision or for money."""
        if self.uninspected:
            raise Conflict("Units wait for inspection.", field="id", code="NOT_INSPECTED")
        if self.uncredited or self.settled < self.credited:
            raise Conflict("Units wait for their refund.", field="id", code="NOT_REFUNDED")
        return self.lose()
