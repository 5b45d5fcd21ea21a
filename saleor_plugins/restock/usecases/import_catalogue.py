"""Take in catalogues from a CSV file: every line is checked first, and nothing is written if any is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from ...kernel.clock import now
from ...kernel.errors import Invalid, OpsError
from ...platform import shop
from ..domain import catalogue as table
from ..domain.catalogue import Problem, Row
from ..models import Supplier, SupplierItem
from ..store import catalogue, locks
from .suppliers import Offer, item_values, supplier_name

PAGE = 500
MAX_PROBLEMS = 100
# The use cases' field names, as the file's columns are called.
_COLUMNS = {"leadDays": "lead_days", "supplierSku": "supplier_sku"}


@dataclass
class Imported:
    """What a file did, or would do: lines read, catalogue lines created, changed and left as they were.

    With any `problems` (the first 100) nothing was written.
    """

    lines: int = 0
    created: int = 0
    changed: int = 0
    same: int = 0
    suppliers: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Line:
    supplier: str
    variant_id: str
    values: dict[str, Any]


def import_catalogue(
    lines: Iterable[str],
    *,
    supplier_id: UUID | None = None,
    create: bool = False,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Imported:
    """Write the file's lines into the catalogues, by SKU; a line that is there already is overwritten.

    Without `supplier_id` the file says whose each line is, by name; `create` adds suppliers nobody knows.
    `dry_run` only counts. `progress` hears how many lines are read. Raises NotFound (``supplierId``).
    """
    named = catalogue.supplier(supplier_id).name if supplier_id else ""
    known = {name.lower(): name for name in catalogue.suppliers().values_list("name", flat=True)}
    done, sound = Imported(), _Sound(named, known, create)
    try:
        for page in _pages(table.rows(lines, table.NEEDED if named else ("supplier", *table.NEEDED))):
            sound.take(page)
            done.lines += len(page)
            progress(done.lines)
    except table.Unreadable as error:
        sound.problems.append(error.problem)
    done.problems = sound.problems[:MAX_PROBLEMS]
    if not done.problems:
        with transaction.atomic():
            locks.take("suppliers")
            _write(sound, done)
            transaction.set_rollback(dry_run)
    return done


class _Sound:
    """The lines that may be written, and what is wrong with the others."""

    def __init__(self, named: str, known: dict[str, str], create: bool):
        self.named, self.known, self.create = named, known, create
        self.lines: dict[tuple[str, str], _Line] = {}
        self.new: set[str] = set()
        self.problems: list[Problem] = []

    def take(self, page: list[Row]) -> None:
        variants = shop().variants_of_skus([row.cells["sku"] for row in page])
        for row in page:
            variant = variants.get(row.cells["sku"])
            supplier, values = self._supplier(row), self._values(row)
            if variant is None:
                text = "There is no such SKU." if row.cells["sku"] else "Is missing."
                self.problems.append(Problem(row.line, "sku", text))
            if variant is None or supplier is None or values is None:
                continue
            if (supplier, variant.id) in self.lines:
                self.problems.append(Problem(row.line, "sku", "Is in the file twice for this supplier."))
            self.lines[supplier, variant.id] = _Line(supplier, variant.id, values)

    def _supplier(self, row: Row) -> str | None:
        name = row.cells.get("supplier", "") or self.named
        if self.named and name.lower() != self.named.lower():
            self.problems.append(Problem(row.line, "supplier", f"Is not {self.named}."))
            return None
        if name.lower() in self.known:
            return self.known[name.lower()]
        try:
            if not self.create:
                raise Invalid("There is no such supplier." if name else "Is missing.")
            self.known[name.lower()] = supplier_name(name)
        except OpsError as error:
            self.problems.append(Problem(row.line, "supplier", error.message))
            return None
        self.new.add(self.known[name.lower()])
        return self.known[name.lower()]

    def _values(self, row: Row) -> dict[str, Any] | None:
        cells, found = row.cells, {}
        reads: dict[str, Callable[[str], Any]] = {
            "moq": lambda text: table.whole(text, 1),
            "pack": lambda text: table.whole(text, 1),
            "lead_days": lambda text: table.whole(text, None),
            "breaks": table.breaks,
            "active": table.switch,
        }
        bad = len(self.problems)
        for name, read in reads.items():
            try:
                found[name] = read(cells.get(name, ""))
            except ValueError as error:
                self.problems.append(Problem(row.line, name, str(error)))
        if len(self.problems) > bad:
            return None
        try:
            return item_values(
                Offer(cells["price"], cells["currency"], supplier_sku=cells.get("supplier_sku", ""), **found)
            )
        except OpsError as error:
            column = _COLUMNS.get(error.field or "", error.field or "").partition(".")[0]
            self.problems.append(Problem(row.line, column, error.message))
            return None


def _pages(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while page := list(islice(rows, PAGE)):
        yield page


def _write(sound: _Sound, done: Imported) -> None:
    for name in sorted(sound.new):
        if not catalogue.name_taken(name):
            Supplier.objects.create(name=name, created=now())
            done.suppliers += 1
    ids = dict(catalogue.suppliers().values_list("name", "id"))
    lines = iter(sound.lines.values())
    while page := list(islice(lines, PAGE)):
        _write_page(page, ids, done)


def _write_page(page: list[_Line], ids: dict[str, UUID], done: Imported) -> None:
    known = catalogue.items_of({ids[line.supplier] for line in page}, {line.variant_id for line in page})
    new, other = [], []
    for line in page:
        row = known.get((ids[line.supplier], line.variant_id))
        if row is None:
            new.append(
                SupplierItem(supplier_id=ids[line.supplier], variant_id=line.variant_id, **line.values)
            )
        elif any(getattr(row, name) != value for name, value in line.values.items()):
            for name, value in line.values.items():
                setattr(row, name, value)
            other.append(row)
    catalogue.save_items(new, other)
    done.created += len(new)
    done.changed += len(other)
    done.same += len(page) - len(new) - len(other)
