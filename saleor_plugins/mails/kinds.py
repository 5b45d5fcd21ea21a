"""What a kind of mail is, and what a template of it may say.

`Variable.form` tells how a value becomes text (values.py); `sample` is what a preview shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Form(StrEnum):
    """How a value is written: what is given, and what becomes of it."""

    TEXT = "one line"
    TYPED = "one line that a shopper typed: nothing in it becomes a link"
    QUOTE = "lines that staff wrote, each after a >"
    GOODS = "lines that a shopper typed, each after a >, or all goods; nothing in them becomes a link"
    BLOCK = "lines, such as an address"
    LINK = "an address of ours"
    DAY = "a day"
    MOMENT = "day and time"
    MONEY = "(minor units, currency)"
    UNITS = "a number of items"
    DAYS = "a number of days"
    MINUTES = "a number of minutes"
    YES = "true or false, for if"
    LINES = "a list: name, units"
    ROWS = "a list: name, amount"


FIELDS = {Form.LINES: ("name", "units"), Form.ROWS: ("name", "amount")}


@dataclass(frozen=True)
class Variable:
    """A name that templates may use. A `required` one must stand in the text, outside of any condition."""

    name: str
    form: Form
    about: str
    sample: Any = ""
    required: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of mail. One that is not `optional` can not be switched off."""

    name: str
    about: str
    variables: tuple[Variable, ...]
    optional: bool = True

    def variable(self, name: str) -> Variable | None:
        """The variable of that name."""
        return next((each for each in self.variables if each.name == name), None)


SHOP = (
    Variable("shop", Form.TEXT, "your shop's name", "Example Shop"),
    Variable("support", Form.TEXT, "where shoppers may write to; empty without one", "help@shop.example"),
)
"""What every mail knows."""
