"""The rules that ``route_backtest`` proposes, as options of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from ...kernel.errors import Invalid
from ...platform import shop
from ..domain.policy import Objective, Shortage

YES = {"true": True, "yes": True, "false": False, "no": False}

# By their names in the API.
POLICY: Mapping[str, Mapping[str, Any]] = {
    "objective": {"choices": [row.value for row in Objective], "help": "What the best plan has least of."},
    "shortage": {"choices": [row.value for row in Shortage], "help": "Ship what is there, or wait for all."},
    "mostParcels": {"type": int, "metavar": "N", "help": "An order becomes at most so many parcels."},
    "promiseDays": {"type": int, "metavar": "N", "help": "Orders should arrive within so many days."},
    "latePerDay": {"metavar": "AMOUNT", "help": "What a day late counts, per parcel."},
    "perParcel": {"metavar": "AMOUNT", "help": "With WEIGHTED: what a parcel counts."},
    "per100Km": {"metavar": "AMOUNT", "help": "With WEIGHTED: what 100 km count."},
    "perDay": {"metavar": "AMOUNT", "help": "With WEIGHTED: what a day on the way counts."},
}


def _dashed(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).replace(
        "per100", "per-100"
    )


def add_rules(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    group = parser.add_argument_group("the proposed rules (what is left out is as today)")
    group.add_argument("--card", metavar="NAME", help="Another rate card.")
    for name, more in POLICY.items():
        group.add_argument(f"--{_dashed(name)}", dest=name, **more)
    group.add_argument(
        "--split", dest="split", action="store_true", default=None, help="Orders may be split."
    )
    group.add_argument(
        "--no-split", dest="split", action="store_false", help="Everything in one parcel or nothing."
    )
    group.add_argument(
        "--close", action="append", default=[], metavar="WAREHOUSE", help="It ships no orders (name or id)."
    )
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="WAREHOUSE:FIELD=VALUE,...",
        help="shipsOrders, dailyParcels, safetyStock, priority, handlingPerParcel, handlingPerUnit.",
    )


def policy(options: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the policy that were given."""
    return {name: options[name] for name in (*POLICY, "split") if options.get(name) is not None}


def profiles(changes: Sequence[str], closed: Sequence[str]) -> list[dict[str, Any]]:
    """Profiles by warehouse from the two options. Raises Invalid."""
    known = {key: row.id for row in shop().warehouses() for key in (row.name, row.id)}
    found: dict[str, dict[str, Any]] = {}
    wanted = [(name, "shipsOrders=no") for name in closed]
    wanted += [(name, pairs) for name, _, pairs in (change.rpartition(":") for change in changes)]
    for name, pairs in wanted:
        key = known.get(name)
        if key is None:
            raise Invalid(f'There is no warehouse called "{name}".')
        row = found.setdefault(key, {"warehouseId": key})
        for pair in pairs.split(","):
            field, equals, value = pair.partition("=")
            if not equals:
                raise Invalid(f'"{pair}" must be FIELD=VALUE.')
            row[field.strip()] = YES.get(value.strip().casefold(), value.strip())
    return list(found.values())


def option(field: str | None) -> str:
    """The option that a field of the API is here, before its message."""
    if not field or field.startswith("profiles."):
        return f"{field.rpartition('.')[2]}: " if field else ""
    return f"--{_dashed(field.removeprefix('policy.'))}: "
