"""Seconds and memory of a what-if: 10,000 needs, 364 days replayed, without a database."""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Iterator

import numpy as np

from saleor_plugins.restock.domain.backtest import rules
from saleor_plugins.restock.domain.backtest.replay import Outcome, clairvoyant, replay
from saleor_plugins.restock.domain.backtest.shelf import Shelf
from saleor_plugins.restock.domain.backtest.tally import Column, beside
from saleor_plugins.restock.usecases.backtest_settings import HISTORY_DAYS

DAYS, BLOCK, SEED = 364, 500, 7


def blocks(needs: int) -> Iterator[Shelf]:
    """The same shelves on every walk: uneven demand, lead times of 3 to 14 days, packs, limits."""
    for begin in range(0, needs, BLOCK):
        random = np.random.default_rng([SEED, begin])
        count = min(BLOCK, needs - begin)
        pace = np.exp(random.normal(-1.5, 1.3, count))[:, None]
        units = random.negative_binomial(1.0, 1 / (1 + pace), (count, HISTORY_DAYS + DAYS)).astype(float)
        cost = np.round(np.exp(random.normal(6.4, 0.8, count)))
        lead = random.integers(3, 15, count)
        yield Shelf(
            units=units,
            in_stock=np.ones(units.shape, bool),
            history=HISTORY_DAYS,
            cost=cost,
            lost=cost * 0.6,
            order=100.0,
            holding_rate=0.25,
            lead=lead,
            lead_variance=np.zeros(count),
            moq=np.ones(count, np.int64),
            pack=random.choice([1, 6, 12], count),
            minimum=np.ceil(pace[:, 0] * 14).astype(np.int64),
            maximum=np.ceil(pace[:, 0] * 42).astype(np.int64) + 1,
        )


def timed(column: Column, needs: int, find: Callable[[Shelf], Outcome]) -> float:
    """Fill the column; answers seconds of one core, without drawing the shelves."""
    taken = 0.0
    for shelf in blocks(needs):
        began = time.process_time()
        column.add(find(shelf))
        taken += time.process_time() - began
    return taken


def main() -> None:
    """A line for each rule, then the whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=10_000)
    needs = parser.parse_args().needs
    every = (rules.by_cost(), rules.by_service(0.95), rules.limits(), *rules.baselines())
    columns, seconds = [Column.of(rule) for rule in every], []
    for column, rule in zip(columns, every, strict=True):
        seconds.append(timed(column, needs, lambda shelf, rule=rule: replay(shelf, rule)))
    columns.append(Column("clairvoyant", "Who knows the future"))
    seconds.append(timed(columns[-1], needs, clairvoyant))
    print(f"{needs:,} needs, {HISTORY_DAYS} days known, {DAYS} replayed")
    for found, taken in zip(beside(columns, DAYS), seconds, strict=True):
        fill, over = found["fill"], found["overClairvoyant"]
        print(f"{found['title']:28} {taken:7.1f} s  fill {fill:6.3f}  {over:5.2f} x the least")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"all {sum(seconds):.0f} s of one core, at most {most:.0f} MB")


if __name__ == "__main__":
    main()
