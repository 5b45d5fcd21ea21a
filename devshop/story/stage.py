"""What the steps share: who asks, where, and how the effects are read back."""

from __future__ import annotations

import base64
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from devshop import run
from devshop.bridge import Bridge
from devshop.client import GraphQL
from devshop.environments import has_saleor3, saleor
from devshop.places import LOGS, Failed
from devshop.postgres import Postgres
from devshop.shop import ADMIN, Shop
from devshop.story.subscriber import Subscriber
from devshop.terminal import Step

Found = TypeVar("Found")
CHANNEL = "default-channel"
ROOMS = ("delivery", "fulfillment", "returns", "restock")


@dataclass(frozen=True)
class Outcome:
    """What a step did, and where its proof was read."""

    happened: str
    proof: str


@dataclass
class Variant:
    """Something the shop sells."""

    id: str
    name: str
    sku: str


@dataclass
class Stage:
    """One run of the story; each step leaves here what the next ones need."""

    shop: Shop
    bridge: Bridge
    postgres: Postgres
    subscriber: Subscriber = field(default_factory=Subscriber)
    line: Step | None = None
    staff: GraphQL = field(init=False)
    shopper: GraphQL = field(init=False)
    variants: list[Variant] = field(default_factory=list)
    near: str = ""
    far: str = ""
    order: str = ""
    total: Decimal = Decimal(0)
    mirrored: list[str] = field(default_factory=list)
    forecasts: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shopper = GraphQL(f"{self.shop.address}/graphql/")
        self.staff = self.log_in(ADMIN, self.shop.password)

    def log_in(self, email: str, password: str) -> GraphQL:
        """Return Saleor's API as somebody of the staff."""
        answer = self.shopper(
            "mutation($email: String!, $password: String!) {"
            " tokenCreate(email: $email, password: $password) { token accountErrors { message } } }",
            email=email,
            password=password,
        )
        return GraphQL(self.shopper.address, {"Authorization": f"JWT {answer['tokenCreate']['token']}"})

    def plugin(self, room: str) -> GraphQL:
        """Return a plugin's API, asked by the staff."""
        return GraphQL(f"{self.shop.address}/plugins/saleor_plugins.{room}/graphql/", self.staff.headers)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Read the shop's database."""
        return self.postgres.rows(query, self.shop.database)

    def manage(self, *command: str) -> str:
        """Run a command of `manage.py` as the merchant would, and return what it printed.

        Raises Failed unless it ends with 0.
        """
        self.say(f"manage.py {' '.join(command)}")
        return self.python("django", *command)

    def python(self, module: str, *arguments: str) -> str:
        """Run a module in the shop's environment, and return what it printed. Raises Failed likewise."""
        argv = [str(saleor().python), "-W", "ignore", "-m", module, *arguments]
        done = subprocess.run(
            argv, env=run.clean_environ(self.shop.environ()), cwd="/", capture_output=True, text=True
        )
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip())[-300:]
            raise Failed(f"{' '.join([module, *arguments[:1]])} ended with {done.returncode}: {said}", LOGS)
        return done.stdout.strip()

    def say(self, text: str) -> None:
        """Show what the step is doing."""
        if self.line:
            self.line.say(text)

    def until(self, what: str, look: Callable[[], Found | None], seconds: float = 60) -> Found:
        """Look again and again until something is found. Raises Failed when it never comes."""
        self.say(f"waiting until {what}")
        deadline = time.monotonic() + seconds
        while True:
            found = look()
            if found:
                return found
            if time.monotonic() > deadline:
                raise Failed(f"in {seconds:.0f} s it did not happen that {what}")
            time.sleep(0.3)


def check(holds: bool, complaint: str) -> None:
    """Raise Failed with the complaint unless it holds."""
    if not holds:
        raise Failed(complaint)


def key(global_id: str) -> str:
    """Return the primary key in one of Saleor's global ids."""
    return base64.b64decode(global_id).decode().partition(":")[2]


def in_channel(arguments: str) -> str:
    """Return GraphQL arguments, with the channel on the Saleor that has channels."""
    return f'({arguments}, channel: "{CHANNEL}")' if has_saleor3() else f"({arguments})"
