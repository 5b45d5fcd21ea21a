"""Everything up to a shop, a store and their workers that answer: one line for each part."""

from __future__ import annotations

from devshop import bridge, broker, environments, shop, terminal
from devshop.house import House
from devshop.places import path_for_children


def open_all(opened: House) -> tuple[shop.Shop, bridge.Bridge]:
    """Start all of it in `opened`. Raises Failed."""
    path_for_children()
    terminal.headline("Getting the house ready")
    with terminal.step("Environments") as line:
        environments.make(line)
    with terminal.step("Postgres") as line:
        postgres = opened.open_postgres()
        line.say(postgres.sql("SHOW server_version"))
    with terminal.step("Shop") as line:
        template = shop.prepare(postgres, line.say)
    with terminal.step("Saleor, the bridge and their workers") as line:
        url = broker.start(opened.processes, opened.scratch)
        opened.processes.wait(line.say)
        found = opened.open_shop(url, template)
        store = bridge.start(opened, found)
        opened.processes.wait(line.say)
        line.say(f"messages through {broker.describe(url)}")
    return found, store
