"""The options of a product and their values: known by id, else by name; an id with a name renames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .errors import UserError
from .state import Doc, State

MAX_OPTIONS, MAX_LENGTH = 3, 255
PART = "part"
Path = tuple[str, ...]


@dataclass
class Options:
    """A product's options, and how to read what a variant chooses."""

    rows: list[Doc]
    # By option, the names that values had before: variants that are there are known by them.
    renamed: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._places = {row["name"]: i for i, row in enumerate(self.rows)}
        self._places |= {row["id"]: i for i, row in enumerate(self.rows)}
        self._names = [{value["name"] for value in row["values"]} for row in self.rows]
        self._by_id = {
            value["id"]: (i, value["name"]) for i, row in enumerate(self.rows) for value in row["values"]
        }

    def chosen(self, given: list[Doc], where: Path) -> tuple[str, ...]:
        """The values a variant chooses, one for each option; raises UserError."""
        values: list[str | None] = [None] * len(self.rows)
        for item in given:
            at, name = self._one(item, where)
            values[at] = name
        for row, value in zip(self.rows, values, strict=True):
            if value is None:
                message = f"Option value is missing for option '{row['name']}'."
                raise UserError(message, *where, "optionValues", code="OPTION_VALUES_MISSING")
        return tuple(str(value) for value in values)

    def _one(self, item: Doc, where: Path) -> tuple[int, str]:
        if item.get("id"):
            found = self._by_id.get(item["id"])
            if not found:
                raise _no_value(item["id"], where)
            return found
        at = self._places.get(item.get("optionId") or item.get("optionName") or "")
        if at is None:
            message = f"Option does not exist: {item.get('optionName') or item.get('optionId')}"
            raise UserError(message, *where, "optionValues", code="OPTION_DOES_NOT_EXIST")
        name = str(item.get("name") or "").strip()
        if name not in self._names[at]:
            raise _no_value(name, where)
        return at, name

    def now(self, values: Sequence[str]) -> tuple[str, ...]:
        """What the values of a variant that is there are called now."""
        return tuple(
            self.renamed[i].get(value, value) if i < len(self.renamed) else value
            for i, value in enumerate(values)
        )


def _no_value(name: str, where: Path) -> UserError:
    message = f"Option value does not exist: {name}"
    return UserError(message, *where, "optionValues", code="OPTION_VALUE_DOES_NOT_EXIST")


def replace(state: State, product: Doc, given: list[Doc]) -> Options:
    """The options that productSet asks for; those not given are dropped."""
    _limits(given)
    old = product["options"]
    by_id, by_name = {row["id"]: row for row in old}, {row["name"]: row for row in old}
    rows: list[Doc] = []
    renamed = []
    ordered = sorted(enumerate(given), key=lambda pair: (pair[1].get("position") or pair[0] + 1, pair[0]))
    for at, (index, item) in enumerate(ordered):
        where = ("input", "productOptions", str(index))
        before = by_id.get(item["id"]) if item.get("id") else by_name.get(item.get("name") or "")
        if item.get("id") and not before:
            raise UserError("Option does not exist.", *where, "id", code="OPTION_DOES_NOT_EXIST")
        values, names = _values(state, before, item, where)
        gid = before["id"] if before else state.gid("ProductOption")
        name = _name(item.get("name") or (before or {}).get("name"), where)
        rows.append({"id": gid, "name": name, "position": at + 1, "values": values})
        renamed.append(names)
    names_now = [row["name"].lower() for row in rows]
    if len(set(names_now)) < len(names_now):
        raise UserError("Duplicated option name.", "input", "productOptions", code="DUPLICATED_OPTION_NAME")
    _link(state, product["id"], old, rows)
    return Options(rows, renamed)


def _limits(given: list[Doc]) -> None:
    if len(given) > MAX_OPTIONS:
        message = f"Exceeded the maximum of {MAX_OPTIONS} options"
        raise UserError(message, "input", "productOptions", code="OPTIONS_OVER_LIMIT")


def _values(state: State, before: Doc | None, item: Doc, where: Path) -> tuple[list[Doc], dict[str, str]]:
    """The values of an option, and how those that are there were called."""
    if not item.get("values"):
        message = "Each option must have at least one option value specified."
        raise UserError(message, *where, code="OPTION_VALUES_MISSING")
    known = before["values"] if before else []
    by_id, by_name = {v["id"]: v for v in known}, {v["name"]: v for v in known}
    rows: list[Doc] = []
    renamed: dict[str, str] = {}
    for index, value in enumerate(item["values"]):
        at = (*where, "values", str(index))
        old = by_id.get(value["id"]) if value.get("id") else by_name.get(str(value.get("name") or "").strip())
        if value.get("id") and not old:
            raise UserError("Option value does not exist.", *at, "id", code="OPTION_VALUE_DOES_NOT_EXIST")
        name = _name(value.get("name") or (old or {}).get("name"), at)
        if old and old["name"] != name:
            renamed[old["name"]] = name
        rows.append({"id": old["id"] if old else state.gid("ProductOptionValue"), "name": name})
    if len({row["name"] for row in rows}) < len(rows):
        raise UserError("Duplicated option value.", *where, "values", code="DUPLICATED_OPTION_VALUE")
    return rows, renamed


def _name(text: object, where: Path) -> str:
    name = str(text or "").strip()
    if not name:
        raise UserError("Name can't be blank.", *where, "name", code="INVALID_INPUT")
    if len(name) > MAX_LENGTH:
        message = f"Name is too long (maximum is {MAX_LENGTH} characters)."
        raise UserError(message, *where, "name", code="INVALID_INPUT")
    return name


def parts(rows: list[Doc]) -> set[str]:
    """The gids of options and their values."""
    return {row["id"] for row in rows} | {value["id"] for row in rows for value in row["values"]}


def _link(state: State, product: str, old: list[Doc], rows: list[Doc]) -> None:
    """Remember whose options and values these are: translations name nothing but their gid."""
    before, after = parts(old), parts(rows)
    for gid in after - before:
        state.links.add(PART, product, gid)
    for gid in before - after:
        state.links.remove(PART, product, gid)
        state.links.remove("translated", gid, "")
