"""Sentences a merchant can check: each number is the one that was decided by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from saleor_plugins.restock.domain.advise import Terrain, advise
from saleor_plugins.restock.domain.explain import Words, explain
from saleor_plugins.restock.domain.explain.flags import below_minimum, over_budget
from saleor_plugins.restock.domain.explain.words import days, joined, number, percent, units
from saleor_plugins.restock.domain.facts import Offer
from saleor_plugins.restock.domain.lead_time import learn
from saleor_plugins.restock.domain.rule import Flag
from saleor_plugins.restock.domain.transfers_plan import Lane

from .needs import POLICY, need, offer, past

DOCS = Path(__file__).parents[3] / "docs" / "restock.md"
WORDS = Words(POLICY, "USD", {"here": "Main", "there": "Oslo"})
ROW = (3.0, 0.0, 2.0, 1.0)


def said(found: object, *rows: object, lanes: tuple[Lane, ...] = (), **known: object) -> list[str]:
    needs = found if isinstance(found, list) else [found]
    history = past(*(rows or (ROW,) * len(needs)), **known)  # type: ignore[arg-type]
    return explain(advise(needs, history, Terrain(POLICY, "USD", lanes))[0], WORDS)


def example() -> list[str]:
    """The one that docs/restock.md shows."""
    acme = offer("Acme", 420, pack=12, breaks=[(72, 370)])
    learned = Offer(acme.terms, learn(7, (8, 9, 6, 11)))
    bolt = offer("Bolt", 450, days=3)
    here = need("here", 9, learned, bolt, selling=1290.0, allocated=4, abc="A", prior=1.1)
    there = need("there", 82, learned, bolt, selling=1290.0, abc="A", prior=1.1)
    history = {
        "share": np.array([0.6, 0.4]),
        "returned_part": np.array([0.03, 0.03]),
    }
    return said([here, there], ROW, ROW, lanes=(Lane("there", "here", 2),), **history)


def test_the_guide_shows_what_the_code_says() -> None:
    quoted = [line[2:] for line in DOCS.read_text().splitlines() if line.startswith("> ")]
    assert " ".join(quoted) == " ".join(example())


def test_every_number_is_the_one_decided_by() -> None:
    found = advise([need("here", 1, offer(), selling=900.0, allocated=2)], past(ROW), Terrain(POLICY, "USD"))[
        0
    ]
    text = explain(found, WORDS)
    outlook = found.seen.outlook
    assert (
        text[0]
        == f"Sells about {number(outlook.per_day)} units a day here, smoothed over 182 days of which 136 had sales."
    )
    assert f"{units(round(outlook.expected, 1))} will sell in those 8 days" in text[2]
    assert "a unit not sold 5.00 USD" in text[3] and "an order line costs 1.00 USD" in text[3]
    assert text[4] == f"The reorder point is {found.want.point}: below it, order up to {found.want.target}."
    assert f": -1, which is below {found.want.point}." in text[5]
    assert text[6] == f"Filling up to {found.want.target} takes {found.need} units."
    assert text[7] == f"That is {found.bought.quantity * 4}.00 USD at Acme."
    assert text[8] == f"A week later is expected to lose {WORDS.money(found.waiting or 0)} of margin."


def test_a_service_level_says_so() -> None:
    text = " ".join(said(need("here", 0, offer(), service_level=0.9)))
    assert "in 90 of 100 cases, as your service level asks." in text
    assert "A week later" not in text, "nobody knows what a lost sale costs"


@pytest.mark.parametrize(
    ("known", "history", "words"),
    [
        ({}, {"share": np.array([0.25])}, "(25% of all its sales: other warehouses share the rest)"),
        ({}, {"returned_part": np.array([0.04])}, "About 4% of what sells comes back as good as new"),
        ({}, {"of_kits": np.array([0.3])}, "30% of these sell inside of kits."),
        (
            {"prior": 0.5},
            {},
            "Products of its category usually sell 0.5 a day here; that counts for 18% of the pace.",
        ),
        ({"waiting": 3}, {}, "3 shoppers wait for a mail that it is back."),
        ({"minimum": 500}, {}, "You keep at least 500 units here: that is the reorder point."),
        ({"incoming": 1, "outgoing": 2}, {}, "1 from other warehouses and 2 promised to other warehouses"),
    ],
)
def test_what_was_done_to_the_numbers_is_told(
    known: dict[str, object], history: dict[str, object], words: str
) -> None:
    assert words in " ".join(said(need("here", 0, offer(), selling=900.0, **known), **history))  # type: ignore[arg-type]
    assert words not in " ".join(said(need("here", 0, offer(), selling=900.0)))


def test_days_without_stock_are_told() -> None:
    there = np.ones((1, 182), dtype=bool)
    there[0, 1::4] = False
    assert "46 days without stock and without sales here do not count." in said(
        need("here", 0, offer(), selling=900.0), in_stock=there
    )


def test_why_another_warehouse_does_not_help() -> None:
    pair = [need("here", 0, offer(days=7), selling=900.0), need("there", 500, offer(days=7), selling=900.0)]
    slow = " ".join(said(pair, lanes=(Lane("there", "here", 9),)))
    assert "Oslo could spare" in slow and "but a transfer takes 9 days and buying 7 days." in slow
    dear = " ".join(said(pair, lanes=(Lane("there", "here", 1, cost=9e9),)))
    assert "but a transfer costs 90000000.00 USD, more than it would save." in dear
    blind = " ".join(said(pair, lanes=(Lane("there", "here", 1, cost=None),)))
    assert "in a currency without a rate." in blind
    helped = " ".join(said(pair, lanes=(Lane("there", "here", 1),)))
    assert "come from other warehouses; nothing has to be bought." in helped


def test_every_flag_has_its_sentence() -> None:
    from saleor_plugins.restock.domain.explain.flags import _SAYS

    later = {Flag.OVER_BUDGET, Flag.BELOW_SUPPLIER_MINIMUM}
    assert set(_SAYS) == set(Flag) - later
    assert over_budget(0, 5, "Spring", "1.00 USD").startswith("Check: the budget Spring has 1.00 USD left")
    assert "2 of 5 units" in over_budget(2, 5, "Spring", "1.00 USD")
    assert "no rate" in over_budget(0, 5, "Spring", None)
    assert (
        below_minimum("Acme", "1 USD", "2 USD")
        == "Check: the whole order is 1 USD and Acme takes none below 2 USD."
    )


def test_flags_are_told_last_with_their_numbers() -> None:
    row = (2.0,) * 100 + (10_000.0,) + (2.0,) * 81
    text = said(need("here", 0, offer(), selling=900.0, maximum=5, allocated=2), row)
    assert text[-3].startswith(
        "Check: 2025-04-11 sold 10000 units, far more than usual; the forecast leaves 9"
    )
    assert text[-2] == "Check: 2 more are promised than lie here."
    assert text[-1].startswith("Check: the forecast asks for")


@pytest.mark.parametrize(
    ("found", "text"),
    [(number(1.0), "1"), (number(0.456), "0.46"), (units(1), "1 unit"), (days(7.04), "7 days"), (days(1), "1 day"),
     (percent(0.004), "0.4%"), (percent(0.04), "4%"), (joined(["a"]), "a"), (joined(["a", "b", "c"]), "a, b and c")],
)  # fmt: skip
def test_numbers_read_like_numbers(found: str, text: str) -> None:
    assert found == text
