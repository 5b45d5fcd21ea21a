"""A product's own drift: calm fast sellers are known for calm, nobody else is."""

from __future__ import annotations

import numpy as np
import pytest

from saleor_plugins.restock.domain.rates import DRIFT, GUESSED, OWN_DOUBT, TOLD, Pace, rates

ROWS, DAYS = 400, 364
pytestmark = pytest.mark.filterwarnings("error")


def drawn(pace: float, days: int = DAYS, wander: float = 0.0, seed: int = 1) -> np.ndarray:
    """Poisson days whose log rate walks by `wander` a month."""
    random = np.random.default_rng(seed)
    walk = np.cumsum(random.normal(0, wander / np.sqrt(28), (ROWS, days)), axis=1)
    return random.poisson(pace * np.exp(walk)).astype(float)


def drift(units: np.ndarray, known: np.ndarray | None = None, pace: Pace = GUESSED) -> np.ndarray:
    """What `rates` believed of each row, read back from its doubt."""
    found = rates(units, known, pace=pace)
    chance = found.spread * np.maximum(OWN_DOUBT, 1 / np.maximum(found.days, 1))
    return (found.doubt - chance) / found.per_day**2


def test_a_calm_fast_seller_is_believed_to_be_calm() -> None:
    found = drift(drawn(10.0))
    assert found.mean() < DRIFT / 5
    assert np.quantile(found, 0.95) < DRIFT / 3


def test_more_history_says_more() -> None:
    means = [drift(drawn(10.0, days)).mean() for days in (56, 91, 182, 364)]
    assert means == sorted(means, reverse=True)
    assert means[0] > DRIFT / 3


def test_who_wandered_is_not_believed_to_be_calm() -> None:
    calm, some, much = (drift(drawn(10.0, wander=wander)).mean() for wander in (0.0, 0.3, 0.6))
    assert calm < 0.5 * some < 0.5 * much


def test_a_slow_seller_cannot_tell() -> None:
    units = drawn(0.02)
    assert drift(units[units.any(axis=1)]) == pytest.approx(DRIFT, rel=0.25)


@pytest.mark.parametrize("days", [1, 13, 27])
def test_too_short_a_history_leaves_what_all_products_drift(days: int) -> None:
    assert drift(drawn(10.0, days)) == pytest.approx(DRIFT)
    assert drift(drawn(10.0, days), pace=TOLD) == pytest.approx(TOLD.drift)


def test_a_new_product_in_a_long_history_has_a_short_one() -> None:
    units = drawn(10.0)
    units[:, :-35] = 0
    assert drift(units).mean() > 0.7 * DRIFT


def test_days_without_stock_are_neither_drift_nor_calm() -> None:
    known = np.ones((ROWS, DAYS), bool)
    known[:, 100:150] = False
    known[:, 200::4] = False
    units = drawn(10.0)
    assert drift(np.where(known, units, 0), known).mean() < DRIFT / 4
    wild = drawn(10.0, wander=0.5)
    assert drift(np.where(known, wild, 0), known).mean() == pytest.approx(drift(wild).mean(), rel=0.4)


def test_nothing_known_leaves_it() -> None:
    found = rates(drawn(10.0), np.zeros((ROWS, DAYS), bool), prior=np.full(ROWS, 2.0))
    assert found.doubt == pytest.approx(found.spread + DRIFT * found.per_day**2)


def test_bounds_hold_for_bursts_and_for_next_to_nothing() -> None:
    burst = np.zeros((3, DAYS))
    burst[0, ::60], burst[1, -30:], burst[2] = 500.0, 1e6, 1e-12
    found = drift(burst)
    assert (found >= 0).all() and (found <= 1 + 1e-9).all()


def test_it_scales_with_the_unit_of_measure() -> None:
    units = drawn(40.0)
    assert drift(units * 12, pace=Pace(bunches=0.0)).mean() < DRIFT / 3
