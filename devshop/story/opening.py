"""The shop is up, and its plugins come from the installed wheel."""

from __future__ import annotations

import json
import subprocess

from devshop import run
from devshop.environments import saleor
from devshop.places import ROOT
from devshop.story.stage import Outcome, Stage, check, in_channel

TITLE = "A real Saleor"
_WHERE_FROM = """
import importlib.metadata as metadata, json, saleor, saleor_plugins
entries = metadata.distribution("saleor-plugins").entry_points
print(json.dumps({
    "file": saleor_plugins.__file__,
    # 2.10.1 calls itself "dev"; 3.x is no distribution.
    "saleor": saleor.__version__ if saleor.__version__ != "dev" else metadata.version("saleor"),
    "plugins": sorted(entry.name for entry in entries if entry.group == "saleor.plugins" and entry.load()),
}))
"""
_COUNTS = """{ warehouses(first: 50) { totalCount } products%s { totalCount } }"""


def play(stage: Stage) -> Outcome:
    """Ask Saleor what it has, and its environment where the plugins come from."""
    wheel = _where_from(stage)
    check("site-packages" in wheel["file"], f"the plugins come from {wheel['file']}")
    check(str(ROOT / "saleor_plugins") not in wheel["file"], "the plugins come from the checkout")
    check(len(wheel["plugins"]) == 4, f"the wheel's entry points are {wheel['plugins']}")
    found = stage.staff(_COUNTS % in_channel("first: 1"))
    warehouses, products = (found[name]["totalCount"] for name in ("warehouses", "products"))
    check(warehouses > 0 and products > 0, "the shop is empty")
    return Outcome(
        f"Saleor {wheel['saleor']} sells {products} products from {warehouses} warehouses;"
        " 4 plugins in the wheel",
        "Saleor GraphQL: warehouses, products\nimport in Saleor's environment",
    )


def _where_from(stage: Stage) -> dict[str, list[str] | str]:
    code = "import django; django.setup()\n" + _WHERE_FROM
    command = [str(saleor().python), "-W", "ignore", "-c", code]
    done = subprocess.run(
        command, env=run.clean_environ(stage.shop.environ()), cwd="/", capture_output=True, text=True
    )
    check(done.returncode == 0, f"the plugins cannot be imported: {done.stderr.strip()[-300:]}")
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))
