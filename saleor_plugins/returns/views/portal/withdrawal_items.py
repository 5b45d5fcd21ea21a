"""Which goods a shopper withdraws from: units of the order's lines for who is signed in, else words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from saleor_plugins.platform import shop

from ...usecases.declare_withdrawal import Declaration


class Choices:
    """The order's lines as questions, one for each; none without a session."""

    def __init__(self, said: Declaration):
        self.said = said
        self.lines = shop().order(said.order_id).lines if said.order_id else ()

    def items(self) -> list[dict[str, Any]]:
        """For the template: what may be chosen of each line."""
        return [
            {
                "id": f"units-{place}",
                "name": line.name or line.sku,
                "choices": range(line.quantity + 1),
                "chosen": self.said.lines.get(line.id, 0),
            }
            for place, line in enumerate(self.lines)
        ]


def chosen(request: HttpRequest, said: Declaration) -> Declaration:
    """`said` with the goods that the form names; unknown numbers count as none."""
    lines = Choices(said).lines
    if not lines:
        return replace(said, goods=request.POST.get("goods", ""))
    wanted = {line: _units(request.POST.get(f"units-{i}", ""), line.quantity) for i, line in enumerate(lines)}
    named = {line: units for line, units in wanted.items() if units}
    goods = "\n".join(f"{units} × {line.name or line.sku}" for line, units in named.items())
    return replace(said, goods=goods, lines={line.id: units for line, units in named.items()})


def _units(text: str, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 7 else 0
