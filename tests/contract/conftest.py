"""The shops that the contract runs on, and the record from which its table is made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import INSTALLED
from tests.shopdata import memory_world
from tests.shopdata import world as saleor_world

LABELS = {"saleor2": "2.10.1", "saleor3": "3.x"}
SHOPS = ["memory", *([INSTALLED] if INSTALLED in LABELS else [])]
_results: list[dict[str, Any]] = []


def pytest_itemcollected(item: pytest.Item) -> None:
    """A database for those that run on a Saleor, none for those that run in memory."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    if params.get("world") in LABELS:
        item.add_marker(pytest.mark.django_db)
    elif params.get("committed") in LABELS:
        item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(params=SHOPS)
def world(request: pytest.FixtureRequest) -> Any:
    """A little shop: in memory, and in the installed Saleor inside a transaction that is rolled back."""
    return memory_world() if request.param == "memory" else saleor_world()


@pytest.fixture(params=SHOPS)
def committed(request: pytest.FixtureRequest) -> Any:
    """A little shop whose rows other threads see."""
    return memory_world() if request.param == "memory" else saleor_world()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--contract-report", help="Write the results for docs/platform-contract.md as JSON.")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    finished = report.when == "call" or (report.when == "setup" and not report.passed)
    function = getattr(item, "function", None)
    if not finished or function is None:
        return
    params = getattr(getattr(item, "callspec", None), "params", {})
    about = getattr(getattr(item, "cls", None), "__doc__", None) or item.nodeid
    _results.append(
        {
            "about": about.strip(),
            "promise": (function.__doc__ or item.name).strip().splitlines()[0],
            "shop": _version(params.get("world") or params.get("committed") or ""),
            "outcome": report.outcome,
        }
    )


def _version(param: str) -> str:
    if param != "saleor3":
        return LABELS.get(param, param)
    from saleor import __version__

    return ".".join(__version__.split(".")[:2])


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = session.config.getoption("--contract-report", default=None)
    if path:
        Path(path).write_text(json.dumps(_results, indent=1))
