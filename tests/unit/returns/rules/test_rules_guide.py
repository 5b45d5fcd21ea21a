"""The guide shows rules, conditions and exceptions as they are, and its example can be used."""

from __future__ import annotations

import json
import re
from pathlib import Path

from saleor_plugins.returns.domain.rules.book import KINDS, Book
from saleor_plugins.returns.domain.rules.law import WithdrawalException
from saleor_plugins.returns.domain.rules.when import CONDITIONS

GUIDE = (Path(__file__).parents[4] / "docs" / "returns-policy.md").read_text()


def test_every_rule_is_told_with_its_values_in_the_order_they_are_judged() -> None:
    rows = [
        line
        for line in GUIDE.split("### The rules")[1].split("###")[0].splitlines()
        if line.startswith("| `")
    ]
    named = {row.split("`")[1]: set(re.findall(r"`(\w+)`", row.split("|")[2])) for row in rows}
    assert named == {kind.name: set(kind.fields) for kind in KINDS}


def test_every_condition_and_exception_is_told() -> None:
    assert [name for name in CONDITIONS if f"`{name}`" not in GUIDE] == []
    assert [each for each in WithdrawalException if f"| `{each}` |" not in GUIDE] == []


def test_the_example_can_be_used() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", GUIDE.split("### When")[0], re.DOTALL)
    book = Book.read(json.loads(example))
    assert book.uses("categories") and book.spans == {365, 30}
