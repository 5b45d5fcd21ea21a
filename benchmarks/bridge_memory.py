"""The memory of a plan over a large catalogue: everything changed, nothing to do, and a first mirror.

    DATABASE_URL=postgres://... python benchmarks/bridge_memory.py [products]

In the bridge's environment. The local store and Saleor are processes of their own, so that the peak is the
bridge's alone. The store is filled by copying one product that the bridge has mirrored; Saleor makes its
products up page by page. Each plan goes into the file that `apply` keeps it in. Prints the table of
docs/shopify-bridge.md.
"""

from __future__ import annotations

import os
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
TOKEN = "shpat_benchmark"  # noqa: S105 - a local store's
SIZES = "SML"
LIMIT_MB = 300
Doc = dict[str, Any]


def doc(number: int, word: str = "") -> Doc:
    """A product of Saleor; `word` is added to what may change."""
    from tests.integration.bridge.fake_saleor import gid

    variants = [
        {
            "id": gid("ProductVariant", number * 100 + at),
            "sku": f"P{number:07d}-{size}",
            "price": "19.90",
            "size": size,
            "stock": [7, at],
            "was": None,
            "cost": None,
        }
        for at, size in enumerate(SIZES)
    ]
    return {
        "id": gid("Product", number),
        "title": f"Product {number:07d}{word}",
        "slug": f"p-{number:07d}",
        "variants": variants,
        "live": True,
        "description": '{"blocks": [{"type": "paragraph", "data": {"text": "All about it."}}]}',
        "images": [(gid("ProductImage", number), f"http://x.example/{number:07d}.png", "Front")],
        "type": "Shirt",
        "seo": ("", ""),
        "updated": "2026-11-20T10:00:00+00:00",
        "attributes": [("material", "DROPDOWN", [f"cotton{word}"])],
    }


class Catalogue(Sequence[Doc]):
    """Products 1 to `count`, made up when they are asked for."""

    def __init__(self, count: int, word: str = ""):
        self.count, self.word = count, word

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [doc(n + 1, self.word) for n in range(*at.indices(self.count))]
        return doc(at + 1, self.word)


def saleor(port_file: str) -> None:
    """Serve as a Saleor; the number of products and the word are read from a file before each reading."""
    from tests.integration.bridge.fake_saleor import FakeSaleor

    class Large(FakeSaleor):
        def _BridgeAttributes(self, v: Doc) -> Doc:
            count, _, word = Path(port_file + ".say").read_text().partition(" ")
            self.products = Catalogue(int(count), word)  # type: ignore[assignment]
            row = {
                "slug": "material",
                "name": "Material",
                "inputType": "DROPDOWN",
                "visibleInStorefront": True,
            }
            edges = [{"node": {"id": "x", "entityType": None, "type": "PRODUCT_TYPE"} | row}]
            return {"attributes": {"edges": edges, "pageInfo": {"hasNextPage": False, "endCursor": ""}}}

        def answer(self, name: str, variables: Doc) -> Doc:
            self.asked.clear()
            return super().answer(name, variables)

    with Large("v3") as server:
        Path(port_file).write_text(server.url)
        time.sleep(1e6)


def shop(port_file: str) -> None:
    """Serve as the store."""
    from shopify_bridge.sandbox.server import Sandbox
    from shopify_bridge.sandbox.store import Shop

    folder = Path(port_file + ".store")
    with Sandbox(folder, Shop(token=TOKEN, plan="plus"), fetch_media=False, media_delay=0.1) as server:
        Path(port_file).write_text(server.url)
        time.sleep(1e6)


def start(role: str, folder: str) -> tuple[subprocess.Popen[bytes], str]:
    """A process of this file, and the URL it serves at."""
    file = Path(folder) / role
    process = subprocess.Popen([sys.executable, __file__, "--role", role, str(file)])  # noqa: S603
    while not file.exists() or not file.read_text():
        time.sleep(0.1)
    return process, file.read_text()


def copy(database: Path, count: int) -> None:
    """Copy the first product of a stopped store, with all that is its, `count - 1` times."""
    from shopify_bridge.domain.diff import picture_key

    db = sqlite3.connect(database)
    objects = db.execute(
        "SELECT gid, kind, doc FROM objects WHERE kind IN"
        " ('Product', 'ProductVariant', 'InventoryItem', 'MediaImage') ORDER BY seq"
    ).fetchall()
    gids = [row[0] for row in objects]
    names = [
        row for gid in gids for row in db.execute("SELECT scope, value, gid FROM names WHERE gid = ?", (gid,))
    ]
    links = [
        row
        for gid in gids
        for row in db.execute("SELECT kind, owner, member, data FROM links WHERE member = ?", (gid,))
    ]
    first = doc(1)
    fields = [gid.rsplit("/", 1)[1] for gid in _fields(objects)]
    for number in range(2, count + 1):
        other = doc(number)
        pairs = [(first["id"], other["id"]), ("0000001", f"{number:07d}")]
        pairs += [(a["id"], b["id"]) for a, b in zip(first["variants"], other["variants"], strict=True)]
        pairs += [(picture_key(first["images"][0][0]), picture_key(other["images"][0][0]))]
        numbers = [gid.rsplit("/", 1)[1] for gid in gids] + fields
        pairs += [(f'/{old}"', f'/{number * 100 + at + 8_000_000}"') for at, old in enumerate(numbers)]

        known = dict(pairs)
        every = re.compile("|".join(map(re.escape, known)))

        def turned(text: str, known: Doc = known, every: re.Pattern[str] = every) -> str:
            return every.sub(lambda found: known[found[0]], f'{text}"')[:-1]

        db.executemany(
            "INSERT INTO objects (gid, kind, doc) VALUES (?, ?, ?)",
            [(turned(gid), kind, turned(text)) for gid, kind, text in objects],
        )
        db.executemany("INSERT INTO names VALUES (?, ?, ?)", [tuple(map(turned, row)) for row in names])
        db.executemany(
            "INSERT INTO links (kind, owner, member, data) VALUES (?, ?, ?, ?)",
            [(kind, owner, turned(member), data) for kind, owner, member, data in links],
        )
    db.commit()
    db.close()


def _fields(objects: list[tuple[str, str, str]]) -> list[str]:
    """The gids of options and metafields inside the documents."""
    found: dict[str, None] = {}
    for _, _, text in objects:
        for gid in re.findall(r"gid://shopify/(?:ProductOption|ProductOptionValue|Metafield)/\d+", text):
            found[gid] = None
    return list(found)


def connected(saleor_url: str, shop_url: str) -> Any:
    """A connection between the two."""
    from shopify_bridge.usecases.connect import Connection, connect
    from tests.integration.bridge.fake_saleor import TOKEN as SALEOR_TOKEN

    given = Connection("memory", saleor_url, SALEOR_TOKEN, shop_url, TOKEN, "default")
    return connect(given, {}, by_order=True)[0]


def apply(store: Any) -> None:
    """Mirror what there is."""
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import OPEN, Change
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.plan import make_plan
    from shopify_bridge.usecases.sides import Sides

    prepare(Sides(store))
    record(store, make_plan(Sides(store)))
    while Change.objects.filter(store=store, state__in=OPEN).exists():
        if not drain():
            time.sleep(0.1)


def plan(store: Any) -> tuple[int, float]:
    """Make a plan as `apply` does; how many actions and seconds."""
    from shopify_bridge.usecases.draft import Draft
    from shopify_bridge.usecases.plan import make_plan
    from shopify_bridge.usecases.sides import Sides

    began = time.monotonic()
    with Draft() as draft:
        draft.write(make_plan(Sides(store)))
        return draft.count, time.monotonic() - began


def remember(store: Any, database: Path) -> None:
    """The mappings that mirroring all of it would have left."""
    from shopify_bridge.models import Kind, Mapping

    db = sqlite3.connect(database)
    scopes = {Kind.PRODUCT: "PRODUCT", Kind.VARIANT: "PRODUCTVARIANT"}
    for kind, owner in scopes.items():
        cursor = db.execute(
            "SELECT value, gid FROM names WHERE scope = ?", (f"metafield:{owner}:saleor:saleor_id",)
        )
        while rows := cursor.fetchmany(5000):
            made = [Mapping(store=store, kind=kind, key=key, gid=gid) for key, gid in rows]
            Mapping.objects.bulk_create(made, ignore_conflicts=True)
    db.close()


def peak() -> float:
    """The highest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(count: int, folder: str) -> Iterator[tuple[str, int, float, float]]:
    """What was planned, how many actions, seconds, and the peak of all until then in MB."""
    say = Path(folder) / "saleor.say"
    say.write_text("1 ")
    saleor_process, saleor_url = start("saleor", folder)
    shop_process, shop_url = start("shop", folder)
    try:
        store = connected(saleor_url, shop_url)
        apply(store)
        time.sleep(2)
        shop_process.terminate()
        shop_process.wait()
        database = next((Path(folder) / "shop.store").glob("*.sqlite3"))
        copy(database, count)
        (Path(folder) / "shop").unlink()
        shop_process, store.shop = start("shop", folder)
        store.save()
        remember(store, database)
        for name, said in (("nothing to do", f"{count} "), ("all changed", f"{count} !")):
            say.write_text(said)
            actions, seconds = plan(store)
            yield name, actions, seconds, peak()
        shop_process.terminate()
        shop_process.wait()
        (Path(folder) / "shop").rename(Path(folder) / "shop.full")
        (Path(folder) / "shop.store").rename(Path(folder) / "full.store")
        shop_process, store.shop = start("shop", folder)
        store.save()
        store.mappings.exclude(kind="place").delete()
        say.write_text(f"{count} ")
        actions, seconds = plan(store)
        yield "first mirror", actions, seconds, peak()
    finally:
        for process in (saleor_process, shop_process):
            process.kill()


def main() -> int:
    """Run it, print the table; 1 when it took more memory than it may."""
    if sys.argv[1:2] == ["--role"]:
        {"saleor": saleor, "shop": shop}[sys.argv[2]](sys.argv[3])
        return 0
    count = int(sys.argv[1]) if sys.argv[1:] else 100_000
    os.environ["DJANGO_SETTINGS_MODULE"] = "shopify_bridge.settings"
    os.environ["CELERY_BROKER_URL"] = ""
    os.environ.setdefault("SECRET_KEY", "only for the benchmark")
    import django

    django.setup()
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{count} products, {len(SIZES)} variants each")
            print(
                "| plan | actions | seconds | products a second | peak MB |\n| --- | --- | --- | --- | --- |"
            )
            for name, actions, seconds, memory in run(count, folder):
                print(
                    f"| {name} | {actions} | {seconds:.0f} | {count / seconds:.0f} | {memory:.0f} |",
                    flush=True,
                )
            return 0 if peak() < LIMIT_MB else 1
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
