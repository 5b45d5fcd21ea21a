"""Versions of the rules: written once, one in use at most."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from saleor_plugins.kernel.errors import Invalid, Invalids, NotFound
from saleor_plugins.kernel.ids import new_id
from saleor_plugins.returns.models import Rulebook
from saleor_plugins.returns.store import rulebooks
from saleor_plugins.returns.usecases.activate_rulebook import ACTIVATED, activate_rulebook
from saleor_plugins.returns.usecases.save_rulebook import save_rulebook

from .rooms import MANAGER, Room, events

BOOK = {"window": [{"days": 10}]}


def test_versions_count_up_and_count_for_nothing_until_activated(room: Room) -> None:
    first, second = save_rulebook(MANAGER, BOOK, " Spring "), save_rulebook(MANAGER, {})
    assert [(row.version, row.active, row.note) for row in (first, second)] == [
        (1, False, "Spring"),
        (2, False, ""),
    ]
    assert (first.author_kind, first.author_id) == ("STAFF", MANAGER.id)
    assert rulebooks.active() is None


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ({"window": [{"days": "ten"}], "nothing": []}, {"document.window.0.days", "document.nothing"}),
        ([], {"document"}),
        (None, {"document"}),
        (
            {"window": [{"when": {"countries": ["Germany"]}, "days": 1}]},
            {"document.window.0.when.countries.0"},
        ),
    ],
)
def test_a_bad_document_is_refused_by_its_field(room: Room, document: Any, fields: set[str]) -> None:
    with pytest.raises(Invalids) as caught:
        save_rulebook(MANAGER, document)
    assert {error.field for error in caught.value.errors} == fields
    assert not Rulebook.objects.exists()


def test_a_long_note_is_refused(room: Room) -> None:
    with pytest.raises(Invalid) as caught:
        save_rulebook(MANAGER, BOOK, "x" * 501)
    assert caught.value.field == "note"


def test_one_is_in_use(room: Room) -> None:
    first, second = save_rulebook(MANAGER, BOOK), save_rulebook(MANAGER, {})
    activate_rulebook(MANAGER, first.pk)
    activate_rulebook(MANAGER, second.pk)
    assert rulebooks.active() == second
    activate_rulebook(MANAGER, second.pk)
    activate_rulebook(MANAGER, None)
    activate_rulebook(MANAGER, None)
    assert rulebooks.active() is None
    told = [(data["versionBefore"], data["version"], data["activatedById"]) for data in events(ACTIVATED)]
    assert told == [(None, 1, MANAGER.id), (1, 2, MANAGER.id), (2, None, MANAGER.id)]


def test_unknown(room: Room) -> None:
    with pytest.raises(NotFound) as caught:
        activate_rulebook(MANAGER, new_id())
    assert caught.value.field == "id"


def test_a_version_whose_rules_are_no_longer_known_is_not_activated(room: Room) -> None:
    first = save_rulebook(MANAGER, BOOK)
    activate_rulebook(MANAGER, first.pk)
    old = Rulebook.objects.create(
        version=9, document={"gone": []}, author_kind="STAFF", created=first.created
    )
    with pytest.raises(Invalids):
        activate_rulebook(MANAGER, old.pk)
    assert rulebooks.active() == first


def test_nobody_rewrites_a_version(room: Room) -> None:
    row = save_rulebook(MANAGER, BOOK)
    for change in (
        lambda: Rulebook.objects.filter(pk=row.pk).update(document={}),
        lambda: Rulebook.objects.filter(pk=row.pk).update(version=5),
        row.delete,
    ):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            change()
    assert Rulebook.objects.get().document == BOOK


def test_many_write_and_activate_at_once(committed_room: Room) -> None:
    gate, failures = threading.Barrier(6), []

    def work(n: int) -> None:
        try:
            gate.wait()
            activate_rulebook(MANAGER, save_rulebook(MANAGER, BOOK, str(n)).pk)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(Rulebook.objects.values_list("version", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Rulebook.objects.filter(active=True).count() == 1
    chain = [(data["versionBefore"], data["version"]) for data in events(ACTIVATED)]
    assert len(chain) == 6
    # Each took over from exactly one other, the first from none.
    assert {before for before, _ in chain} - {None} < {version for _, version in chain}
    assert len({before for before, _ in chain}) == 6
