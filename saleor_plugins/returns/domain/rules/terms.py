"""What the rules made of a request: kept with the return, so that later rules change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from .reasons import Evidence

ALL_LINES = ""


class Finding(NamedTuple):
    """What one rule said: `clause` is its place in the rulebook, "settings" or "law".

    `line` is an order line, "" for every line of the request.
    """

    rule: str
    clause: str
    line: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class LineTerms:
    """What holds for one line. `refused` is a code, "" when it may be asked for, and `why` says it in words.

    `only_faults` says that it may be asked for as the shop's fault alone. Its window began on `since`.
    `most` units a request, None without limit. `window_days` and `final_sale` are the merchant's;
    `withdrawal_until` is the law's last day and `exception` why it gives none. `reasons` are those offered,
    of a request the one it has. `postage` says whether it bears the return's postage.
    """

    line_id: str
    refused: str = ""
    why: str = ""
    only_faults: bool = False
    since: date | None = None
    until: date | None = None
    window_days: int = 0
    final_sale: bool = False
    withdrawal: bool = False
    withdrawal_until: date | None = None
    exception: str = ""
    most: int | None = None
    reasons: tuple[Evidence, ...] = ()
    resolutions: tuple[str, ...] = ()
    photos: int = 0
    note: bool = False
    fee_percent: Decimal = Decimal(0)
    postage: bool = False
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the whole request; `lines` are in its order.

    `approve` says that it is approved at once, `review` why a person is to look. `label_fee` is in minor
    units of `currency`, kept once. `refund_due` is the law's last day for the refund of a withdrawal.
    """

    currency: str
    law: str = ""
    withdrawal: bool = False
    lines: tuple[LineTerms, ...] = ()
    approve: bool = False
    review: tuple[str, ...] = ()
    payer: str = "MERCHANT"
    label_fee: int = 0
    methods: tuple[str, ...] = ()
    expiry_days: int = 0
    refund_on: str = "STAFF"
    refund_due: date | None = None
    findings: tuple[Finding, ...] = field(default=())

    @property
    def by_law(self) -> bool:
        """Whether all of it comes back by the law's right, or could have."""
        return self.withdrawal or (bool(self.lines) and all(line.withdrawal for line in self.lines))

    @property
    def refused(self) -> LineTerms | None:
        """The first line that may not be asked for."""
        return next((line for line in self.lines if line.refused), None)

    @property
    def kept(self) -> tuple[LineTerms, ...]:
        """The lines that the customer may keep."""
        return tuple(line for line in self.lines if line.keep)

    def to_json(self) -> dict[str, Any]:
        """As JSON, to keep with a return: days in ISO 8601, percentages as strings."""
        found = {name: _plain(value) for name, value in asdict(self).items()}
        found["findings"] = [finding._asdict() for finding in self.findings]
        return found

    @classmethod
    def restored(cls, data: Mapping[str, Any]) -> Terms:
        """What `to_json` made; what was added since has its default."""
        lines = tuple(_line(row) for row in data.get("lines", ()))
        findings = tuple(Finding(**row) for row in data.get("findings", ()))
        known = _known(cls, data, "review", "methods")
        return replace(cls(**known), lines=lines, findings=findings, refund_due=_day(data.get("refund_due")))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def _line(row: Mapping[str, Any]) -> LineTerms:
    known = _known(LineTerms, row, "resolutions")
    known["reasons"] = tuple(Evidence(*each) for each in row.get("reasons", ()))
    known["fee_percent"] = Decimal(row.get("fee_percent", "0"))
    days: dict[str, Any] = {name: _day(row.get(name)) for name in ("since", "until", "withdrawal_until")}
    return replace(LineTerms(**known), **days)


def _known(kind: Any, data: Mapping[str, Any], *tuples: str) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: tuple(value) if name in tuples else value for name, value in data.items() if name in names}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
