"""One name in the spellings of Python, of the API's fields and of its enums."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import graphene

PLUGINS = "MANAGE_PLUGINS"


def camel(row: dict[str, Any]) -> dict[str, Any]:
    """An input's fields as errors name them."""
    return {_camel(name): value for name, value in row.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def field_enum(name: str, fields: Iterable[str]) -> type[graphene.Enum]:
    """An enum of fields: PER_100_KM stands for "per100Km"."""
    found = [(re.sub(r"([A-Z]|[0-9]+)", r"_\1", field).upper(), field) for field in fields]
    return graphene.Enum(name, found)
