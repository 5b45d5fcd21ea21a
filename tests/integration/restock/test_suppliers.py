"""Suppliers, catalogues, rates, lanes and budgets: what is refused names its field, its line, its column."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery.models import IdempotencyKey
from saleor_plugins.kernel.errors import Invalid, NotFound, OpsError, Required
from saleor_plugins.kernel.ids import new_id, to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.restock.models import (
    Budget,
    ExchangeRate,
    ReorderPolicy,
    Supplier,
    SupplierItem,
    TransferLane,
)
from saleor_plugins.restock.schema import view
from saleor_plugins.restock.store import catalogue
from saleor_plugins.restock.usecases import trade_terms
from saleor_plugins.restock.usecases.export_catalogue import export_catalogue
from saleor_plugins.restock.usecases.import_catalogue import PAGE, import_catalogue
from saleor_plugins.restock.usecases.suppliers import (
    Offer,
    create_supplier,
    set_reorder_policy,
    set_supplier_item,
    update_supplier,
)
from tests.shopdata import request

from .rooms import Room

DAY = date(2026, 5, 1)


def ask(room: Room, query: str, **variables: Any) -> Any:
    _, token = room.data.make_asker(AskerKind.STAFF, "MANAGE_PRODUCTS")
    sent = request(token, {"query": query, "variables": variables})
    found = json.loads(view(sent).content)
    assert "errors" not in found, found
    return found["data"]


class TestSupplier:
    """`create_supplier`, `update_supplier`"""

    def test_everything(self, room: Room) -> None:
        row = create_supplier(
            "  Bolt   AG ", "a@bolt.example", language="de", channel="MAIL", lead_days=9, minimum="250.00",
            minimum_currency="EUR", note="Mondays only.",
        )  # fmt: skip
        row = Supplier.objects.get(pk=row.pk)
        assert (row.name, row.language, row.channel, row.lead_days) == ("Bolt AG", "de", "MAIL", 9)
        assert (row.minimum, row.minimum_currency, row.note) == (25_000, "EUR", "Mondays only.")
        update_supplier(row.pk, minimum="0")
        assert Supplier.objects.get(pk=row.pk).minimum == 0

    @pytest.mark.parametrize(
        ("given", "field", "kind"),
        [
            ({"email": "not"}, "email", Invalid),
            ({"language": "fr"}, "language", Invalid),
            ({"channel": "FAX"}, "channel", Invalid),
            ({"channel": "MAIL"}, "email", Required),
            ({"channel": "WEBHOOK"}, "webhookUrl", Required),
            ({"webhook_url": "http://shop.example/"}, "webhookUrl", Invalid),
            ({"webhook_url": "https://10.0.0.1/"}, "webhookUrl", Invalid),
            ({"webhook_url": "https://u:p@shop.example/"}, "webhookUrl", Invalid),
            ({"lead_days": -1}, "leadDays", Invalid),
            ({"minimum": "5"}, "minimumCurrency", Required),
            ({"minimum": "5.001", "minimum_currency": "EUR"}, "minimum", Invalid),
            ({"minimum": "-5", "minimum_currency": "EUR"}, "minimum", Invalid),
            ({"minimum": "5", "minimum_currency": "eur"}, "minimumCurrency", Invalid),
            ({"note": "x" * 1001}, "note", Invalid),
            ({"name": " "}, "name", Required),
            ({"name": "x" * 201}, "name", Invalid),
            ({"name": "ACME"}, "name", Invalid),
        ],
    )
    def test_refused(
        self, room: Room, settings: Any, given: dict[str, Any], field: str, kind: type[OpsError]
    ) -> None:
        """By the field's name; nothing is changed."""
        settings.SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = False
        row = create_supplier("Bolt")
        before = Supplier.objects.filter(pk=row.pk).values().get()
        with pytest.raises(kind) as refused:
            update_supplier(row.pk, **given)
        assert refused.value.field == field
        assert Supplier.objects.filter(pk=row.pk).values().get() == before

    def test_secret(self, room: Room) -> None:
        """Shown once, when it is made; kept sealed with the idempotency key; never a field."""
        made = ask(
            room,
            'mutation { supplierCreate(name: "Bolt", channel: WEBHOOK, webhookUrl: "https://bolt.example/in",'
            ' idempotencyKey: "k") { supplier { id } webhookSecret errors { field message } } }',
        )["supplierCreate"]
        secret = made["webhookSecret"]
        assert secret.startswith("whsec_") and Supplier.objects.get(name="Bolt").webhook_secret == secret
        assert secret not in json.dumps(IdempotencyKey.objects.get(key="k").response)
        update = (
            "mutation($id: ID!, $new: Boolean) { supplierUpdate(id: $id, newSecret: $new) { webhookSecret } }"
        )
        key = made["supplier"]["id"]
        assert ask(room, update, id=key)["supplierUpdate"]["webhookSecret"] is None
        fresh = ask(room, update, id=key, new=True)["supplierUpdate"]["webhookSecret"]
        assert fresh.startswith("whsec_") and fresh != secret
        fields = ask(room, '{ __type(name: "Supplier") { fields { name } } }')["__type"]["fields"]
        assert not [field for field in fields if "secret" in field["name"].lower()]


class TestItem:
    """`set_supplier_item`"""

    def test_breaks(self, room: Room) -> None:
        """By quantity; overlapping and rising ones are kept as suppliers write them."""
        variant = room.data.make_variant()
        rows = [(100, "3.00"), (11, "12.00"), (12, "8.00")]
        item = room.sells(variant, "10.00", breaks=rows, supplier_sku=" A  1 ")
        assert item.breaks == [[11, 1200], [12, 800], [100, 300]]
        assert item.supplier_sku == "A 1"

    @pytest.mark.parametrize(
        ("breaks", "field"),
        [
            ([(1, "3")], "breaks.0.quantity"),
            ([(5, "3"), (5, "2")], "breaks.1.quantity"),
            ([(5, "3"), (6, "x")], "breaks.1.price"),
            ([(5, "3.001")], "breaks.0.price"),
            ([(each + 2, "3") for each in range(21)], "breaks"),
        ],
    )
    def test_refused(self, room: Room, breaks: Any, field: str) -> None:
        variant = room.data.make_variant()
        with pytest.raises(Invalid) as refused:
            room.sells(variant, breaks=breaks)
        assert refused.value.field == field
        assert not SupplierItem.objects.exists()

    def test_api(self, room: Room) -> None:
        """The whole way over GraphQL."""
        variant = room.data.make_variant()
        supplier = to_global("Supplier", room.supplier.pk)
        found = ask(
            room,
            "mutation($v: ID!, $s: ID!) { supplierItemSet(variantId: $v, supplierId: $s, price: \"4.00\","
            ' currency: "USD", supplierSku: "A-1", breaks: [{quantity: 12, price: "3.50"}]) {'
            " supplierItem { id supplierSku breaks { quantity price { amount } } } errors { field } } }",
            v=variant.id, s=supplier,
        )["supplierItemSet"]  # fmt: skip
        item = found["supplierItem"]
        assert item["breaks"] == [{"quantity": 12, "price": {"amount": "3.50"}}]
        for _ in range(2):
            ask(
                room, "mutation($id: ID!) { supplierItemRemove(id: $id) { errors { field } } }", id=item["id"]
            )
        assert not SupplierItem.objects.exists()


class TestTrade:
    """Rates, lanes, budgets, limits"""

    def test_rate(self, room: Room) -> None:
        """A day has one rate: said again, it is replaced."""
        for value in ("0.9", "0.92"):
            trade_terms.set_rate("USD", "EUR", value, DAY)
        assert [str(row.rate.normalize()) for row in ExchangeRate.objects.all()] == ["0.92"]

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            (("usd", "EUR", "1"), "currency"),
            (("USD", "EURO", "1"), "into"),
            (("USD", "USD", "1"), "into"),
            *(
                (("USD", "EUR", bad), "rate")
                for bad in ("0", "-1", "x", "NaN", "Infinity", "1e20", "0.00000000001")
            ),
        ],
    )
    def test_bad_rate(self, room: Room, given: tuple[str, str, str], field: str) -> None:
        with pytest.raises(Invalid) as refused:
            trade_terms.set_rate(*given, DAY)
        assert refused.value.field == field
        assert not ExchangeRate.objects.exists()

    def test_lane(self, room: Room) -> None:
        other = room.data.make_warehouse(country="US", countries=["US"])
        lane = trade_terms.set_lane(room.house.id, other.id, 2, "20.00", "USD")
        assert trade_terms.set_lane(room.house.id, other.id, 3).pk == lane.pk
        assert TransferLane.objects.get().days == 3
        for given, field in (
            ((room.house.id, room.house.id, 1), "targetId"),
            (("x", other.id, 1), "sourceId"),
            ((room.house.id, other.id, -1), "days"),
            ((room.house.id, other.id, 1, "5"), "currency"),
            ((room.house.id, other.id, 1, "-5", "USD"), "cost"),
        ):
            with pytest.raises(OpsError) as refused:
                trade_terms.set_lane(*given)
            assert refused.value.field == field
        trade_terms.remove_lane(lane.pk)
        trade_terms.remove_lane(lane.pk)
        assert not TransferLane.objects.exists()

    def test_budget(self, room: Room) -> None:
        budget = trade_terms.set_budget(None, "May", "5000", "EUR", DAY, DAY)
        trade_terms.set_budget(budget.pk, "May", "6000", "EUR", DAY, DAY)
        assert Budget.objects.get().amount == 600_000
        with pytest.raises(NotFound):
            trade_terms.set_budget(new_id(), "May", "1", "EUR", DAY, DAY)
        with pytest.raises(Invalid) as refused:
            trade_terms.set_budget(None, "May", "1", "EUR", DAY, date(2026, 4, 30))
        assert refused.value.field == "until"

    def test_policy(self, room: Room) -> None:
        variant = room.data.make_variant()
        set_reorder_policy(variant.id, None, 0, reorder=False, service_level=0.99)
        row = ReorderPolicy.objects.get()
        assert (row.reorder, row.service_level) == (False, 0.99)
        for level in (0.0, 1.0, 95.0, float("nan")):
            with pytest.raises(Invalid) as refused:
                set_reorder_policy(variant.id, None, 0, service_level=level)
            assert refused.value.field == "serviceLevel"


HEADER = "supplier,sku,supplier_sku,price,currency,moq,pack,lead_days,breaks,active\n"


class TestImport:
    """`import_catalogue`"""

    def take(self, text: str, **options: Any) -> Any:
        return import_catalogue(text.splitlines(keepends=True), **options)

    def test_written(self, room: Room) -> None:
        """Created, then left as it is, then changed."""
        variant = room.data.make_variant()
        text = HEADER + f"acme,{variant.sku},A-1,4.00,USD,6,3,9,12=3.50 100=3.20,\n"
        done = self.take(text)
        assert (done.lines, done.created, done.changed, done.same, done.problems) == (1, 1, 0, 0, [])
        item = SupplierItem.objects.get()
        assert (item.price, item.moq, item.pack, item.lead_days) == (400, 6, 3, 9)
        assert (item.breaks, item.supplier_sku, item.active) == ([[12, 350], [100, 320]], "A-1", True)
        done = self.take(text)
        assert (done.created, done.changed, done.same) == (0, 0, 1)
        assert self.take(text.replace("4.00", "5.00")).changed == 1
        assert SupplierItem.objects.get().price == 500

    @pytest.mark.parametrize("mark", [",", ";", "\t"])
    def test_kinds_of_csv(self, room: Room, mark: str) -> None:
        """Commas, semicolons, tabs; a byte order mark; quotes; empty lines; Windows' line ends."""
        variant = room.data.make_variant()
        lines = ["SKU,Price,Currency,supplier", "", f'"{variant.sku}","4.00",USD,"Acme"', ",,,"]
        text = "\ufeff" + "\r\n".join(lines).replace(",", mark) + "\r\n"
        done = self.take(text)
        assert (done.problems, done.created) == ([], 1)

    def test_wrong(self, room: Room) -> None:
        """Every fault with its line and column; the sound lines are not written either."""
        good = room.data.make_variant()
        sku = good.sku
        rows = [
            f"Acme,{sku},,4.00,USD,,,,,",
            "Acme,no-such,,4.00,USD,,,,,",
            f"Nobody,{sku},,4.00,USD,,,,,",
            f"Acme,{sku},,cheap,USD,,,,,",
            f"Acme,{sku},,4.00,usd,,,,,",
            f"Acme,{sku},,4.00,USD,six,0x,,,",
            f"Acme,{sku},,4.00,USD,0,,,,",
            f"Acme,{sku},,4.00,USD,,,,12:3,",
            f"Acme,{sku},,4.00,USD,,,,1=3,",
            f"Acme,{sku},,4.00,USD,,,,,maybe",
            f"Acme,{sku},,4.00,USD,,,999,,",
            f"Acme,{sku},,3.00,USD,,,,,",
            ",,,,,,,,,x",
        ]
        done = self.take(HEADER + "\n".join(rows))
        assert [(each.line, each.column) for each in done.problems] == [
            (3, "sku"), (4, "supplier"), (5, "price"), (6, "currency"), (7, "moq"), (7, "pack"), (8, "moq"),
            (9, "breaks"), (10, "breaks"), (11, "active"), (12, "lead_days"), (13, "sku"),
            (14, "supplier"), (14, "active"), (14, "sku"),
        ]  # fmt: skip
        assert str(done.problems[2]) == "Line 5, price: Must be a number that is not negative, as in 12.50."
        assert not SupplierItem.objects.exists()

    @pytest.mark.parametrize(
        ("text", "line", "column"),
        [
            ("", 1, "supplier"),
            ("sku,price\n", 1, "supplier"),
            ("supplier,sku,price,currency,colour\n", 1, "colour"),
            ("supplier,sku,price,currency,sku\n", 1, "sku"),
            ("supplier,sku,price,currency\nA,b,1,USD,7\n", 2, ""),
            ('supplier,sku,price,currency\nA,b,1,USD\n"A,b,1,USD\n', 3, ""),
        ],
    )
    def test_unreadable(self, room: Room, text: str, line: int, column: str) -> None:
        """No CSV, no header, other columns."""
        problems = self.take(text).problems
        assert (line, column) in [(each.line, each.column) for each in problems]

    def test_lines_in_cells(self, room: Room) -> None:
        """A cell over two lines: the line that is named is where its row begins."""
        text = HEADER + 'Acme,"no\nsuch",,4.00,USD,,,,,\nAcme,nor this,,4.00,USD,,,,,\n'
        assert [each.line for each in self.take(text).problems] == [2, 4]

    def test_dry_run(self, room: Room) -> None:
        """Counts, and writes nothing, no supplier either."""
        variant = room.data.make_variant()
        text = HEADER + f"Newcomer,{variant.sku},,4.00,USD,,,,,\n"
        done = self.take(text, create=True, dry_run=True)
        assert (done.created, done.suppliers) == (1, 1)
        assert not SupplierItem.objects.exists() and not Supplier.objects.filter(name="Newcomer").exists()
        assert self.take(text, create=True).suppliers == 1
        assert SupplierItem.objects.get().supplier.name == "Newcomer"

    def test_round_trip(self, room: Room) -> None:
        """What is written out comes in as it was, formulas of names included; spreadsheets run nothing."""
        room.supplier.name = "=HYPERLINK(1)"
        room.supplier.save()
        room.sells(room.data.make_variant(), "4.00", breaks=[(12, "3.50")], supplier_sku="@SUM(A1)", moq=6)
        room.sells(room.data.make_variant(), "150", currency="JPY", active=False, lead_days=0)
        before = list(SupplierItem.objects.order_by("id").values())
        text = "".join(export_catalogue())
        assert '"=' not in text and '"@' not in text
        done = import_catalogue(text.splitlines(keepends=True))
        assert (done.problems, done.same, done.changed, done.created) == ([], 2, 0, 0)
        SupplierItem.objects.update(price=1, breaks=[], supplier_sku="", active=True)
        assert import_catalogue(text.splitlines(keepends=True)).changed == 2
        assert list(SupplierItem.objects.order_by("id").values()) == before

    def test_one_supplier(self, room: Room) -> None:
        """For one supplier the file need not name it, and must name no other."""
        variant = room.data.make_variant()
        text = f"sku,price,currency\n{variant.sku},4,USD\n"
        assert self.take(text, supplier_id=room.supplier.pk).created == 1
        other = f"sku,price,currency,supplier\n{variant.sku},4,USD,Bolt\n"
        assert [each.column for each in self.take(other, supplier_id=room.supplier.pk).problems] == [
            "supplier"
        ]

    def test_queries(self, room: Room) -> None:
        """A page of lines costs as many queries as one line."""
        variants = [room.data.make_variant() for _ in range(12)]
        counts = []
        for some in (variants[:1], variants):
            text = HEADER + "".join(f"Acme,{each.sku},,4.00,USD,,,,,\n" for each in some)
            with CaptureQueriesContext(connection) as asked:
                self.take(text)
            counts.append(len(asked))
        # The second time a line is there already, and bulk_update of none asks nothing.
        assert abs(counts[1] - counts[0]) <= 2 and PAGE >= 12

    def test_commands(self, room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """In and out by command; exit code 1 for a wrong file."""
        room.sells(room.data.make_variant())
        call_command("export_suppliers")
        file = tmp_path / "catalogue.csv"
        file.write_text(capsys.readouterr().out, encoding="utf-8")
        call_command("import_suppliers", str(file), "--dry-run")
        assert "1 as they were" in capsys.readouterr().out
        file.write_text(file.read_text() + '"Acme","none","",1,"USD",1,1,,"","yes"\n')
        with pytest.raises(CommandError):
            call_command("import_suppliers", str(file))
        assert "Line 3, sku: There is no such SKU." in capsys.readouterr().err
        for bad in (tmp_path / "none.csv", tmp_path):
            with pytest.raises(CommandError):
                call_command("import_suppliers", str(bad))
        (tmp_path / "latin.csv").write_bytes(
            "supplier,sku,price,currency\nMüller,a,1,USD\n".encode("latin-1")
        )
        with pytest.raises(CommandError, match="UTF-8"):
            call_command("import_suppliers", str(tmp_path / "latin.csv"))

    def test_api(self, room: Room) -> None:
        """Errors name csv.<line>.<column>; the catalogue comes out again."""
        variant = room.data.make_variant()
        text = "mutation($csv: String!, $dry: Boolean) { supplierCatalogueImport(csv: $csv, dryRun: $dry) {"
        text += " lines created changed same errors { field message code } } }"
        bad = ask(room, text, csv=HEADER + "Acme,none,,4.00,USD,,,,,\n")["supplierCatalogueImport"]
        assert [error["field"] for error in bad["errors"]] == ["csv.2.sku"]
        good = HEADER + f"Acme,{variant.sku},,4.00,USD,,,,,\n"
        assert ask(room, text, csv=good, dry=True)["supplierCatalogueImport"]["created"] == 1
        assert ask(room, text, csv=good)["supplierCatalogueImport"] == {
            "lines": 1, "created": 1, "changed": 0, "same": 0, "errors": [],
        }  # fmt: skip
        assert variant.sku in ask(room, "{ supplierCatalogue }")["supplierCatalogue"]
        assert catalogue.offers([variant.id], 7)[variant.id][0].price == 400


def test_offer_is_refused_whole(room: Room) -> None:
    """A wrong line leaves the one that is there."""
    variant = room.data.make_variant()
    room.sells(variant, "4.00")
    with pytest.raises(Invalid):
        set_supplier_item(room.supplier.pk, variant.id, Offer("5.00", "USD", pack=0))
    assert SupplierItem.objects.get().price == 400
