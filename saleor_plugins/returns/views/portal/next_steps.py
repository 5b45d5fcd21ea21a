"""What a shopper does next, and what happens then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from saleor_plugins.kernel import clock
from saleor_plugins.platform import shop

from ...domain.machines import ReturnState
from ...domain.rules.methods import DROP_OFF, LABEL, OWN, QR
from ...usecases.return_story import Story
from ..links import drop_off_url, label_url, slip_url
from .show import day
from .words import words


@dataclass(frozen=True)
class Next:
    """A thing to do, or that happens; `link` opens what is needed for it."""

    title: str
    text: str = ""
    link: str = ""
    link_text: str = ""


def next_steps(story: Story, language: str) -> list[Next]:
    """In order; nothing once the parcel has arrived, or will not come."""
    said, state = words(language), story.rma.state
    if story.kept:
        return [Next(said["next_keep"], said["next_keep_text"]), _money(story, language)]
    if state == ReturnState.REQUESTED.value:
        wait = Next(said["next_wait"], said["next_wait_text"])
        send = Next(said["next_send"], said[f"method_{way(story)}_hint"])
        return [wait, send, _money(story, language)]
    if state != ReturnState.APPROVED.value:
        return []
    return [_pack(story, said), _send(story, language), _money(story, language)]


def _pack(story: Story, said: dict[str, str]) -> Next:
    if way(story) in (LABEL, QR):
        return Next(said["next_pack"], said["next_pack_plain"])
    return Next(said["next_pack"], said["next_pack_text"], slip_url(story.rma), said["get_slip"])


def way(story: Story) -> str:
    """How the goods travel: a label that could not be had is a carrier of the shopper's own."""
    method = story.rma.method or OWN
    failed = method in (LABEL, QR) and story.label is not None and story.label.state == "FAILED"
    return OWN if failed else method


def _send(story: Story, language: str) -> Next:
    said, rma, method = words(language), story.rma, way(story)
    text = [said[f"next_{method}_text"]]
    link, link_text = "", ""
    if method in (LABEL, QR):
        if story.label and story.label.state == "BOUGHT":
            link = label_url(rma) if method == LABEL else drop_off_url(rma)
            link_text = said["get_label" if method == LABEL else "get_qr"]
        else:
            text = [said["label_soon"]]
    elif method == DROP_OFF:
        link, link_text = drop_off_url(rma), said["get_qr"]
    elif rma.method in (LABEL, QR):
        text = [said["label_failed"]]
    if rma.expires and not rma.scanned:
        last = clock.day_of(rma.expires - timedelta(microseconds=1), shop().time_zone())
        text.append(said["next_by"].format(day=day(last, language)))
    return Next(said[f"next_{method}"], " ".join(text), link, link_text)


def _money(story: Story, language: str) -> Next:
    said = words(language)
    title = said["next_exchange" if story.exchanged else "next_money"]
    text = [said["next_money_text"]]
    if story.refund_due and not story.exchanged:
        text.append(said["next_law_text"].format(day=day(story.refund_due, language)))
    return Next(title, " ".join(text))
