"""A fake Saleor whose stock is sold, shipped and moved, also without an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .fake_saleor import Doc, FakeSaleor


class StockSaleor(FakeSaleor):
    """Knows the marks of moves. `lose`: called for each move, answers "", "before" or "after", when to fail."""

    def __init__(self, version: str = "v2", **more: Any):
        super().__init__(version, **more)
        self.lock = threading.RLock()
        self.marks: dict[str, dict[str, str]] = {}
        self.moves: list[tuple[str, int]] = []
        self.lose: Callable[[], str] = lambda: ""
        self.between: Callable[[], None] = lambda: None

    def handle_error(self, *_: Any) -> None:
        """A connection that is closed without an answer is what was asked for."""

    def answer(self, name: str, variables: Doc) -> Doc:
        with self.lock:
            return super().answer(name, variables)

    def sell(self, variant: Doc, place: int, units: int) -> None:
        """An order claims units."""
        with self.lock:
            claimed = variant.setdefault("allocated", [0] * len(self.warehouses))
            claimed[place] += units

    def ship(self, variant: Doc, place: int, units: int) -> None:  # type: ignore[override]
        """Claimed units leave the warehouse: fewer lie there, as many are free."""
        with self.lock:
            claimed = variant.setdefault("allocated", [0] * len(self.warehouses))
            units = min(units, claimed[place])
            claimed[place] -= units
            variant["stock"][place] -= units

    def restock(self, variant: Doc, place: int, units: int) -> None:
        """Units arrive."""
        with self.lock:
            variant["stock"][place] += units

    def free(self, variant: Doc, place: int) -> int:
        """Units that nobody has claimed."""
        claimed = variant.get("allocated") or [0] * len(self.warehouses)
        return variant["stock"][place] - claimed[place]

    def _variant(self, v: Doc) -> Doc:
        return super()._variant(v) | {"trackInventory": v.get("tracked", True)}

    def _BridgeMoveStock(self, v: Doc) -> Doc:
        fate = self.lose()
        if fate == "before":
            raise ConnectionError
        self.between()
        row = self.variant(v["variant"])
        assert row is not None
        marks = self.marks.setdefault(row["id"], {})
        marks |= {item["key"]: item["value"] for item in v["sending"]}
        places = [place[0] for place in self.warehouses]
        was = [
            {"warehouse": {"id": place}, "quantity": units}
            for place, units in zip(places, row["stock"], strict=False)
        ]
        if fate == "half":
            raise ConnectionError
        given = v["stocks"][0]
        assert given["quantity"] >= 0
        row["stock"][places.index(given["warehouse"])] = given["quantity"]
        self.moves.append((row["id"], given["quantity"]))
        marks |= {item["key"]: item["value"] for item in v["sent"]}
        if fate == "after":
            raise ConnectionError
        return {
            "before": {"item": {"stocks": was}, "errors": []},
            "set": {"bulkStockErrors": []},
            "after": {"errors": []},
        }

    def _BridgeMoved(self, v: Doc) -> Doc:
        row = self.variant(v["id"])
        if row is None:
            return {"productVariant": None}
        marks = [{"key": key, "value": value} for key, value in self.marks.get(row["id"], {}).items()]
        return {"productVariant": {"privateMetadata": marks, "stocks": self._stocks(row)}}
