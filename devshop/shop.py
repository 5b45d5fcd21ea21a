"""A shop's database: made and filled once, copied for every run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from devshop import run
from devshop.environments import generation, has_saleor3, saleor
from devshop.fill import ADMIN
from devshop.places import CACHE, PINS, ROOT, Failed, Scratch, alone, fingerprint, path_for_children, secret
from devshop.postgres import Postgres

__all__ = ["ADMIN", "Shop", "kept_file", "key", "prepare"]


_NOISE = re.compile(r"\s|[A-Z]+ [a-z]|\d{4}-|No sequences|Traceback")


@dataclass
class Shop:
    """What Saleor's processes need to be one shop."""

    database_url: str
    broker_url: str
    port: int
    scratch: Scratch
    media: Path
    password: str = field(default_factory=lambda: secret("admin"))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        """The database's name."""
        return self.database_url.rsplit("/", 1)[-1]

    @property
    def mails(self) -> Path:
        """The folder that mails are written to."""
        return self.scratch.make("mails", 0o700)

    def environ(self) -> dict[str, str]:
        """Return the environment of its processes."""
        return {
            **base_environ(self.database_url, self.media),
            "CELERY_BROKER_URL": self.broker_url,
            "EMAIL_URL": f"file://{self.mails}",
            "DEFAULT_FROM_EMAIL": "shop@example.com",
            "PUBLIC_URL": self.address,
            "JWT_TTL_ACCESS": "1 day",
        }


def base_environ(database_url: str, media: Path) -> dict[str, str]:
    """Return what every Saleor process needs."""
    environ = {
        "PYTHONPATH": str(path_for_children()),
        "DJANGO_SETTINGS_MODULE": f"devshop.settings.saleor{generation()}",
        "DATABASE_URL": database_url,
        "SECRET_KEY": secret("django"),
        "DEVSHOP_MEDIA": str(media),
        "PYTHONWARNINGS": "ignore",
    }
    if _real_migrations():
        environ["DEVSHOP_REAL_MIGRATIONS"] = "1"
    return environ


def _real_migrations() -> bool:
    """Saleor 2.10's take half a minute; 3.x's take four, and an extension not every Postgres has."""
    return os.environ.get("DEVSHOP_REAL_MIGRATIONS", "0" if has_saleor3() else "1") == "1"


def key() -> str:
    """Say which filled shop this is: another one when Saleor, our tables or the filling change."""
    files = [PINS / "saleor.txt", *_files("devshop/*.py", "devshop/settings/*.py", "*/migrations/*.py")]
    files += _files("*/*/migrations/*.py")
    return f"{generation()}_{fingerprint(files, str(saleor().folder), str(_real_migrations()))}"


def _files(*patterns: str) -> Iterable[Path]:
    interesting = ("fill.py", "tables.py")
    for pattern in patterns:
        for file in ROOT.glob(pattern):
            if file.parent.name != "devshop" or file.name in interesting:
                yield file


def kept_file() -> Path:
    """Where the embedded server keeps the filled shop."""
    return CACHE / f"shop-{key()}.tar"


def media_folder() -> Path:
    """Where the filled shop's pictures are."""
    return CACHE / f"media-{key()}"


def prepare(postgres: Postgres, say: Callable[[str], None]) -> str:
    """Return the name of a database with a filled shop, making it if need be. Raises Failed."""
    with alone():
        return _prepare(postgres, say)


def _prepare(postgres: Postgres, say: Callable[[str], None]) -> str:
    name = f"devshop_{key()}"
    if postgres.exists(name) and media_folder().exists():
        say("kept from an earlier run")
        return name
    _forget_others()
    postgres.drop(name)
    unfinished = f"{name}_unfinished"
    postgres.drop(unfinished)
    postgres.create(unfinished)
    fill(postgres.url(unfinished), say)
    postgres.rename(unfinished, name)
    postgres.keep(kept_file())
    return name


def _forget_others() -> None:
    for path in CACHE.glob(f"*-{generation()}_*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def fill(database_url: str, say: Callable[[str], None]) -> None:
    """Run `devshop.fill` in Saleor's environment."""
    media_folder().mkdir(parents=True, exist_ok=True)
    environ = {
        **base_environ(database_url, media_folder()),
        "CELERY_BROKER_URL": "memory://",
        # populatedb walks through sets: with the seeds in fill.py, this makes the same shop every time.
        "PYTHONHASHSEED": "20",
    }
    run.start_log("fill")
    run.logged(
        [saleor().python, "-m", "devshop.fill"],
        "fill",
        env=environ,
        cwd=Path("/"),
        heard=lambda text: None if _NOISE.match(text) else say(text.strip()),
        said=secret("admin") + "\n",
    )
    if not any(media_folder().iterdir()):
        raise Failed("populatedb made no pictures", run.LOGS / "fill.log")
