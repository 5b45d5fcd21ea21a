"""A plugin's settings: declared once, shown by the dashboard, validated field by field.

Pure of Saleor, so that rooms can read their settings from any shop, the in-memory one too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ..kernel.errors import Invalid, Invalids
from . import shop

Parse = Callable[[Any], Any]


def text(value: Any) -> str:
    """The value as stripped text."""
    return str(value or "").strip()


def boolean(value: Any) -> bool:
    """A switch; the dashboard sends booleans, the API may send "true" and "false"."""
    if isinstance(value, bool):
        return value
    if text(value).lower() in ("true", "false", ""):
        return text(value).lower() == "true"
    raise Invalid("Must be true or false.")


def integer(least: int, most: int) -> Parse:
    """A whole number from `least` to `most`."""

    def parse(value: Any) -> int:
        try:
            number = int(text(value))
        except ValueError:
            raise Invalid("Must be a whole number.") from None
        if not least <= number <= most:
            raise Invalid(f"Must be from {least} to {most}.")
        return number

    return parse


def decimal(least: str, most: str) -> Parse:
    """A decimal number from `least` to `most`."""

    def parse(value: Any) -> Decimal:
        try:
            number = Decimal(text(value))
        except InvalidOperation:
            raise Invalid("Must be a number.") from None
        # A NaN compares false with everything, so it is refused here too.
        if not number.is_finite() or not Decimal(least) <= number <= Decimal(most):
            raise Invalid(f"Must be from {least} to {most}.")
        return number

    return parse


def choice(*options: str) -> Parse:
    """One of `options`."""

    def parse(value: Any) -> str:
        if text(value) not in options:
            raise Invalid(f"Must be one of: {', '.join(options)}.")
        return text(value)

    return parse


@dataclass(frozen=True)
class Setting:
    """One field of a plugin's page in the dashboard.

    `name` is snake_case; `kind` is Saleor's field type: STRING, BOOLEAN, SECRET or PASSWORD, the four
    that every supported Saleor has.
    """

    name: str
    default: Any
    label: str
    help: str = ""
    kind: str = "STRING"
    parse: Parse = text


def parse_settings(settings: Iterable[Setting], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Parsed values by name, defaults for what is missing. Raises Invalids naming each bad field."""
    values: dict[str, Any] = {}
    errors: list[Invalid] = []
    for setting in settings:
        raw = stored.get(setting.name)
        try:
            values[setting.name] = setting.parse(setting.default if raw is None else raw)
        except Invalid as error:
            errors.append(Invalid(error.message, field=setting.name, code=error.code))
    if errors:
        raise Invalids(errors)
    return values


def setting_values(plugin_id: str, settings: Iterable[Setting]) -> dict[str, Any]:
    """The plugin's parsed settings in the current shop."""
    return parse_settings(settings, shop().plugin_configuration(plugin_id).values)


def is_active(plugin_id: str) -> bool:
    """Whether the merchant has switched the plugin on."""
    return shop().plugin_configuration(plugin_id).active
