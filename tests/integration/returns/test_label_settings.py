"""A carrier for labels is set up as a whole, and refused by the name of what is wrong."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.carriers import NotInstalled
from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.models import Return
from saleor_plugins.returns.plugin import ReturnsPlugin
from saleor_plugins.returns.settings import labels
from saleor_plugins.returns.store.labels import move_label, new_label
from tests.integration.returns.test_photos_api import ask

GOOD = {"label_carrier": "bird", "label_service": "returns", "label_account": "{}"}
SHOW = "{ returns(first: 50) { edges { node { id label { state url trackingNumber cost } } } } }"


def save(**values):
    rows = [{"name": name, "value": value} for name, value in values.items()]
    ReturnsPlugin.validate_plugin_configuration(SimpleNamespace(active=True, configuration=rows))


def fails(error):
    def connect(kind, account):
        raise error

    return connect


@pytest.mark.parametrize(
    ("connect", "values", "field"),
    [
        (None, {"label_service": ""}, "label_service"),
        (None, {"label_account": "{"}, "label_account"),
        (None, {"label_account": "[1]"}, "label_account"),
        (None, {"label_account": "[" * 5000}, "label_account"),
        (None, {"label_format": "GIF"}, "label_format"),
        (None, {"label_grams": "0"}, "label_grams"),
        (fails(NotInstalled("Install it first.")), {}, "label_carrier"),
        (fails(Invalid("karrio has no carrier bird.", field="apiSettings")), {}, "label_account"),
    ],
)
def test_what_cannot_buy_labels_is_not_saved(room, monkeypatch, connect, values, field) -> None:
    monkeypatch.setattr(labels, "connect", connect or (lambda kind, account: None))
    with pytest.raises(ValidationError) as caught:
        save(**{**GOOD, **values})
    assert list(caught.value.message_dict) == [field]


def test_a_carrier_or_none(room, monkeypatch) -> None:
    monkeypatch.setattr(labels, "connect", lambda kind, account: None)
    save(**GOOD, label_format="png")
    save(label_carrier="", label_account="")


def test_lists_show_labels_in_as_many_queries_as_for_one(room) -> None:
    token = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1]
    counts = []
    for number in (1, 2, 3):
        rma = Return.objects.get(pk=room.approved(room.make_shipped(1), 1).pk)
        for _ in range(2):
            label = new_label(rma, "bird", "returns")
            move_label(label, "send")
            last = f"L{number}"
            move_label(label, "succeed", tracking_number=last, format="PDF", cost=490, currency="EUR")
            if label.sequence == 1:
                move_label(label, "void")
        with CaptureQueriesContext(connection) as queries:
            rows = ask(SHOW, token)["data"]["returns"]["edges"]
        shown = {row["node"]["id"]: row["node"]["label"] for row in rows}[to_global("Return", rma.pk)]
        assert (shown["state"], shown["trackingNumber"], shown["cost"]) == ("BOUGHT", last, "4.90")
        assert shown["url"].startswith("http://testserver/plugins/saleor_plugins.returns/documents/open/")
        assert not any('_returnlabel"."content"' in query["sql"] for query in queries)
        counts.append(len(queries))
    assert len(set(counts)) == 1 and len(rows) == 3
