"""Where the development shop keeps things: all of it under `.devshop/` of the checkout."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import hmac
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("DEVSHOP_HOME", ROOT / ".devshop"))
# One set for each Python, so that changing between two does not make them again.
ENVIRONMENTS = HOME / "environments" / "{}.{}".format(*sys.version_info)
CACHE = HOME / "cache"
# A folder for each command: `make serve` may run beside `make demo`.
LOGS = HOME / "logs" / os.environ.get("DEVSHOP_COMMAND", "")
PINS = ROOT / "devshop" / "pins"
PACKAGES = ("saleor_plugins", "shopify_bridge")


class Failed(Exception):
    """A step that cannot go on: what went wrong, and the log that says why."""

    def __init__(self, message: str, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log


def path_for_children() -> Path:
    """A folder with `devshop` and nothing else.

    Children get it as PYTHONPATH: they can import these settings, but the plugins only from the
    installed wheel, never from the checkout.
    """
    folder = HOME / "path"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "devshop"
    if not (link.is_symlink() and link.resolve() == ROOT / "devshop"):
        link.unlink(missing_ok=True)
        link.symlink_to(ROOT / "devshop")
    return folder


def fingerprint(files: Iterable[Path], *extra: str) -> str:
    """Hash of the files' names and contents, and of what else the result depends on."""
    digest = hashlib.sha256("\0".join(extra).encode())
    for file in sorted(files):
        digest.update(str(file).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def sources() -> list[Path]:
    """The files that the wheel is made of."""
    metadata = [
        ROOT / name for name in ("setup.cfg", "pyproject.toml", "MANIFEST.in", "LICENSE", "README.md")
    ]
    inside = [
        file
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    ]
    return [*metadata, *inside]


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one run at a time change what runs share."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Scratch:
    """A temporary folder that the servers' own user may enter, removed at the end."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="devshop-"))
        self.folder.chmod(0o755)

    def make(self, name: str, mode: int = 0o755) -> Path:
        """Return a new folder inside."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        folder.chmod(mode)
        return folder

    def remove(self) -> None:
        """Remove it with everything inside."""
        shutil.rmtree(self.folder, ignore_errors=True)


def secret(purpose: str) -> str:
    """Return a secret of this checkout: random once, the same in every run, readable only by its owner."""
    file = HOME / "secret"
    if not file.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_hex(32))
    digest = hmac.digest(file.read_bytes(), purpose.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=").replace("-", "x").replace("_", "y")[:24]
