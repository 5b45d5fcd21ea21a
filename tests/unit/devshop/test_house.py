"""Settings, places and tables of the development shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from devshop import client, terminal
from devshop.places import PINS, Scratch, fingerprint, sources
from devshop.settings import common


def test_rooms_found_by_entry_point_are_not_added_again() -> None:
    found = ["saleor.order", "saleor_plugins.returns"]
    names = common.with_rooms(found, common.ROOMS)
    assert sorted(names) == sorted({*found, *common.ROOMS})
    assert common.with_rooms(names, common.ROOMS) == names


def test_only_our_apps_keep_their_migrations() -> None:
    modules = common.WithoutMigrations()
    assert "order" in modules and modules["order"] is None
    assert "ops_returns" not in modules and modules.get("ops_returns", "kept") == "kept"


def test_a_folder_can_be_the_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", f"filesystem://{tmp_path}/broker")
    url, options = common.broker()
    assert url == "filesystem://" and all(Path(folder).is_dir() for folder in options.values())
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://somewhere/0")
    assert common.broker() == ("redis://somewhere/0", {})


def test_a_fingerprint_sees_contents_and_names(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("1")
    first = fingerprint([file])
    file.write_text("2")
    assert fingerprint([file]) != first
    file.write_text("1")
    assert fingerprint([file]) == first and fingerprint([file], "other") != first


def test_scratch_leaves_nothing() -> None:
    scratch = Scratch()
    (scratch.make("inside") / "file").write_text("x")
    scratch.remove()
    assert not scratch.folder.exists()


def test_the_wheel_is_made_of_everything_but_caches() -> None:
    names = [file.name for file in sources()]
    assert "LICENSE" in names and "0001_initial.py" in names and not [n for n in names if n.endswith(".pyc")]


@pytest.mark.parametrize("field", ["errors", "checkoutErrors", "bulkStockErrors", "userErrors"])
def test_a_refusal_is_found_whatever_the_field_is_called(field: str) -> None:
    assert client._refusals({"order": None, field: [{"message": "no"}]}) == [{"message": "no"}]
    assert client._refusals({"order": {}, field: []}) == []


def test_a_table_is_as_wide_as_the_terminal_however_long_its_cells() -> None:
    rows = [("a" * 200, "short", "two\nlines"), ("b", "c " * 100, "")]
    lines = terminal.table(("one", "two", "three"), rows, (1, 2, 1)).splitlines()
    lengths = {len(line) for line in lines if "─" not in line and "-+-" not in line}
    assert len(lengths) == 1 and terminal.width() - 5 < lengths.pop() <= terminal.width()


def test_every_pin_is_exact() -> None:
    for file in PINS.glob("*.txt"):
        for line in file.read_text().splitlines():
            assert line.count("==") == 1, f"{file.name}: {line}"
