"""ABC by what a variant turns over, XYZ by how evenly it sells."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .demand import Matrix, Vector

Letters = npt.NDArray[np.str_]

A_SHARE, B_SHARE = 0.80, 0.95
X_LIMIT, Y_LIMIT = 0.5, 1.0
WEEK = 7


def abc(turnover: Vector, a: float = A_SHARE, b: float = B_SHARE) -> Letters:
    """A for the variants that make up the first `a` of all turnover, B up to `b`, C for the rest.

    The variant that crosses a limit still belongs to the better class. What sells nothing is C.
    """
    worth = np.where(np.isfinite(turnover), np.maximum(turnover, 0.0), 0.0)
    order = np.argsort(-worth, kind="stable")
    before = np.cumsum(worth[order]) - worth[order]
    total = worth.sum()
    letters = np.full(len(worth), "C")
    ranked = np.where(before < a * total, "A", np.where(before < b * total, "B", "C"))
    letters[order] = np.where(worth[order] > 0, ranked, "C")
    return letters


def xyz(units: Matrix, x: float = X_LIMIT, y: float = Y_LIMIT) -> Letters:
    """X, Y or Z: the coefficient of variation of weekly units up to `x`, up to `y`, above.

    Days before the last whole week are left out; a row without demand is Z.
    """
    weeks = units.shape[1] // WEEK
    if not weeks:
        return np.full(len(units), "Z")
    weekly = units[:, units.shape[1] - weeks * WEEK :].reshape(len(units), weeks, WEEK).sum(axis=2)
    mean = weekly.mean(axis=1)
    uneven = np.divide(weekly.std(axis=1), mean, out=np.full(len(units), np.inf), where=mean > 0)
    return np.where(uneven <= x, "X", np.where(uneven <= y, "Y", "Z"))
