"""A plan as a merchant reads it: grouped by what happens, before and after of each field, and who decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from rich.markup import escape
from rich.table import Table

from saleor_plugins.kernel.money import from_minor

from ..domain.diff import FieldChange
from ..domain.plan import Action
from ..terminal import out
from ..usecases.reconcile import LISTS, Drift

# By verb: what the group is called, and its colour. In the order in which they are shown.
GROUPS = {
    "refuse": ("Cannot be mirrored; nothing is written for these", "red"),
    "delete": ("To be deleted in Shopify", "red"),
    "archive": ("To be archived in Shopify", "magenta"),
    "collect": ("Collections", "cyan"),
    "create": ("New in Shopify", "green"),
    "update": ("To be changed in Shopify", "yellow"),
    "describe": ("Metafields in Shopify: Saleor's ids and attributes", "yellow"),
    "join": ("Collections that products join or leave", "yellow"),
    "release": ("Former parts, to be archived in Shopify", "magenta"),
    "publish": ("To be shown to shoppers", "green"),
    "unpublish": ("To be hidden from shoppers", "magenta"),
    "translate": ("Translations", "cyan"),
    "retract": ("Translations to be taken back", "magenta"),
    "price": ("Prices of other markets", "cyan"),
    "stock": ("Stock levels in Shopify", "cyan"),
    "take": ("Stock levels in Saleor", "cyan"),
    "order": ("Orders", "blue"),
    "ship": ("Shipments", "blue"),
    "track": ("Tracking", "blue"),
}
_MONEY = ("price", "cost")
_FIELDS, _FEW, _REASONS, _LONGEST, _CONTEXT = 8, 4, 200, 40, 8


class Digest:
    """A plan that passes by: the first few actions of each verb are kept to be shown, all are counted."""

    def __init__(self, shown: int):
        self.drift, self._linked = Drift(), dict[str, str]()
        self._reasons: dict[str, tuple[int, list[str]]] = {}
        self._shown, self._kept = shown, dict[str, list[Action]]()

    def watch(self, actions: Iterable[Action]) -> Iterator[Action]:
        """The same actions."""
        for action in self.drift.count(actions):
            kept = self._kept.setdefault(action.verb, [])
            if len(kept) < self._shown:
                kept.append(action)
            if action.verb == "refuse":
                self._refused(action)
            if action.reason.startswith("found by"):
                self._linked[action.key] = action.label
            yield action

    def _refused(self, action: Action) -> None:
        reason = action.reason if len(self._reasons) < _REASONS else "for other reasons"
        known = self._reasons.setdefault(reason, (0, []))
        names = [*known[1], action.label] if len(known[1]) < 3 else known[1]
        self._reasons[reason] = (known[0] + 1, names)

    @property
    def linked(self) -> list[str]:
        """What was found in Shopify by SKU and not by Saleor's id."""
        return list(self._linked.values())

    def summary(self) -> str:
        """How many of each verb, in words."""
        parts = [f"{self.counts[verb]:,} {verb}" for verb in sorted(self.counts, key=_rank)]
        return ", ".join(parts) or "nothing to do"

    @property
    def counts(self) -> Counter[str]:
        """How many actions of each verb."""
        return self.drift.things

    @property
    def writes(self) -> int:
        """How many actions would change something."""
        return sum(count for verb, count in self.counts.items() if verb != "refuse")

    def show(self, currency: str) -> None:
        """Print the groups."""
        for verb in sorted(self.counts, key=_rank):
            title, color = GROUPS.get(verb, (verb, "white"))
            count, kept = self.counts[verb], self._kept[verb]
            calls = f", in {count:,} writes" if verb in LISTS and count > 1 else ""
            shown = self.drift.parts[verb] if verb in LISTS else count
            out.print(f"\n[bold {color}]{title}: {shown:,}[/bold {color}]{calls}")
            if verb == "refuse" and count > len(kept):
                self._show_reasons()
                continue
            # A long plan is read by its counts; the examples only show what is meant.
            kept = kept if count == len(kept) else kept[: 1 if verb in LISTS else _FEW]
            for action in kept:
                _show(action, color, currency)
            if count > len(kept):
                out.print(f"  [dim]… and {count - len(kept):,} more; --all shows them[/dim]")
        if sum(self.counts.values()) > sum(len(kept) for kept in self._kept.values()):
            self._show_fields()

    def _show_reasons(self) -> None:
        for reason, (times, names) in sorted(self._reasons.items(), key=lambda item: -item[1][0])[:_FIELDS]:
            more = f" and {times - len(names):,} more" if times > len(names) else ""
            out.print(f"  [bold]{times:,}[/bold] {escape(reason)}: {escape(', '.join(names))}{more}")
        if len(self._reasons) > _FIELDS:
            out.print(f"  [dim]and {len(self._reasons) - _FIELDS} more reasons; --all shows them[/dim]")

    def _show_fields(self) -> None:
        out.print("\n[bold]By field, in all of them[/bold]")
        grid = Table.grid(padding=(0, 2))
        for (name, owner), count in self.drift.fields.most_common(12):
            grid.add_row(f"  {escape(name)}", f"{count:,}", f"[dim]{possessive(owner)}[/dim]")
        out.print(grid)


def _rank(verb: str) -> int:
    return list(GROUPS).index(verb) if verb in GROUPS else len(GROUPS)


def _show(action: Action, color: str, currency: str) -> None:
    out.print(
        f"  [{color}]{action.verb}[/{color}] [bold]{escape(action.label)}[/bold] "
        f"[dim]({escape(action.reason)})[/dim]"
    )
    grid = Table.grid(padding=(0, 1))
    grid.add_column(max_width=30, overflow="fold")
    grid.add_column(overflow="fold")
    grid.add_column(no_wrap=True, style="dim")
    for change in action.fields[:_FIELDS]:
        before, after = values(change, currency)
        grid.add_row(
            f"      {escape(_path(change.path))}",
            f"{escape(before)} → {escape(after)}",
            possessive(change.owner),
        )
    out.print(grid)
    if len(action.fields) > _FIELDS:
        out.print(f"      [dim]and {len(action.fields) - _FIELDS} more fields[/dim]")


def _path(path: str) -> str:
    """`key` is how the code calls Saleor's id."""
    return f"{path.removesuffix('key')}Saleor's id" if path == "key" or path.endswith(" key") else path


def possessive(owner: str) -> str:
    """Whose word counts for a field."""
    return {"saleor": "Saleor's", "shopify": "Shopify's", "newest": "the newest"}.get(owner, owner)


def values(change: FieldChange, currency: str) -> tuple[str, str]:
    """Before and after for people: amounts with their points, long texts where they begin to differ."""
    before, after = (_plain(value, change.path, currency) for value in (change.before, change.after))
    if max(len(before), len(after)) <= _LONGEST:
        return before, after
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    start = max(0, same - _CONTEXT) if same > _CONTEXT * 2 else 0
    return _cut(before, start), _cut(after, start)


def _cut(text: str, start: int) -> str:
    part = ("…" if start else "") + text[start:]
    return part if len(part) <= _LONGEST else part[: _LONGEST - 1] + "…"


def _plain(value: Any, path: str, currency: str) -> str:
    if value in (None, "", []):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and path.endswith(_MONEY):
        return f"{from_minor(value, currency)} {currency}"
    if isinstance(value, int) and path.endswith("weight"):
        return f"{value} g"
    return ", ".join(map(str, value)) if isinstance(value, list) else " ".join(str(value).split())
