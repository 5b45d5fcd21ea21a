"""Our wheel: built from the sources alone, so that nothing stale gets in, and installed like any other."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from devshop import run
from devshop.places import HOME, PINS, ROOT, Failed, fingerprint, sources

if TYPE_CHECKING:
    from devshop.environments import Environment

WHEELS = HOME / "wheels"


def build(python: Path) -> Path:
    """Return the wheel of the checkout as it is now, building it unless that was done."""
    files = sources()
    folder = WHEELS / fingerprint(files)
    found = list(folder.glob("*.whl"))
    if found:
        return found[0]
    shutil.rmtree(WHEELS, ignore_errors=True)
    run.start_log("wheel")
    with tempfile.TemporaryDirectory(prefix="devshop-wheel-") as temporary:
        for file in files:
            copy = Path(temporary) / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        command: run.Command = [python, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-deps"]
        run.logged([*command, "--no-build-isolation", "--wheel-dir", folder, temporary], "wheel")
    found = list(folder.glob("*.whl"))
    if not found:
        raise Failed("no wheel was built", run.LOGS / "wheel.log")
    return found[0]


def install(wheel: Path, environment: Environment, extra: str, constraints: str = "") -> None:
    """Install it, and whatever it needs that is missing, without moving a version that is there."""
    mark = environment.folder / ".wheel"
    if mark.exists() and mark.read_text() == str(wheel):
        return
    pins = PINS / f"{environment.name}.txt"
    limits = environment.folder / "constraints.txt"
    limits.write_text(constraints or _plain(pins.read_text()))
    environment.pip("--no-deps", "--force-reinstall", wheel)
    environment.pip("--constraint", limits, f"{wheel}{extra}")
    mark.write_text(str(wheel))


def _plain(pins: str) -> str:
    return "\n".join(line for line in pins.splitlines() if "==" in line)
