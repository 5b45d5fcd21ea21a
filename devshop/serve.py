"""`make serve`: a shop with everything running, until Ctrl-C."""

from __future__ import annotations

import time

from devshop import house, terminal
from devshop.bridge import Bridge
from devshop.house import House, Stopped
from devshop.opening import open_all
from devshop.places import LOGS, ROOT
from devshop.shop import ADMIN, Shop
from devshop.story import enabling, mirroring
from devshop.story.stage import ROOMS, Stage


def main() -> int:
    """Open it, switch the plugins on, say where everything is, and wait."""
    with house.house(wished_ports=True) as opened:
        shop, bridge = open_all(opened)
        assert opened.postgres
        with terminal.step("Plugins switched on"):
            stage = Stage(shop, bridge, opened.postgres)
            stage.subscriber.close()
            enabling.play(stage)
        with terminal.step("Shop and store connected"):
            mirroring.connect(stage)
        _tell(shop, bridge)
        _wait(opened)
    print("Stopped; nothing is left behind.")
    return 0


def _wait(opened: House) -> None:
    """Until somebody asks to stop. Raises Failed when a process ends by itself."""
    try:
        while True:
            opened.processes.watch()
            time.sleep(0.5)
    except Stopped:
        print("\nStopping ...", flush=True)


def _tell(shop: Shop, bridge: Bridge) -> None:
    rooms = [(f"{room} API", f"{shop.address}/plugins/saleor_plugins.{room}/graphql/") for room in ROOMS]
    rows = [
        ("Saleor's API", f"{shop.address}/graphql/"),
        *rooms,
        ("staff log-in", f"{ADMIN} / {shop.password}"),
        ("Shopify store", bridge.store),
        ("its Admin API", f"{bridge.store}/admin/api/2026-10/graphql.json"),
        ("its token", bridge.token),
        ("Postgres", shop.database_url),
        ("shopify-bridge", str(bridge.script())),
        ("mails", str(shop.mails)),
        ("logs", str(LOGS)),
    ]
    print("\n" + terminal.table(("what", "where"), rows, (1, 4), lines=False))
    print(f"\nMirror the shop:  {bridge.script()} apply demo")
    print(f"A dashboard:      any Saleor Dashboard whose API_URL is {shop.address}/graphql/")
    print(f"Guides:           {ROOT / 'docs'}")
    print(terminal.bold("\nCtrl-C stops all of it."), flush=True)
