"""A return in the shopper's words."""

from __future__ import annotations

from typing import Any

from saleor_plugins.platform import shop
from saleor_plugins.platform.port import AskerKind

from ...domain.machines import ReturnState
from ...usecases.return_story import Story
from .next_steps import next_steps
from .show import moment, money
from .states import tone
from .words import counted, words

_STOPPED = (ReturnState.DECLINED.value, ReturnState.CANCELED.value, ReturnState.EXPIRED.value)


def story_values(story: Story, language: str) -> dict[str, Any]:
    """Everything that return.html shows."""
    said, rma = words(language), story.rma
    return {
        "title": said["return_title"].format(number=rma.number),
        "rma": rma,
        "state": said[f"state_{rma.state}"],
        "tone": tone(rma.state),
        "stopped": _stopped(story, said),
        "progress": _progress(story, language),
        "steps": next_steps(story, language),
        "items": [_item(line, said, language) for line in story.lines],
        "paid": [
            {
                "name": said[f"money_{each.kind}"],
                "amount": money(each.amount, story.currency, language),
                "state": said[f"money_{each.state}"],
                "tone": "good" if each.state == "SUCCEEDED" else "warn",
            }
            for each in story.paid
        ],
        "messages": [
            {
                "mine": row.author_kind == AskerKind.CUSTOMER.value,
                "body": row.body,
                "at": _at(row.at, language),
            }
            for row in story.messages
        ],
        "entries": [
            # What has no words is the desk's own business.
            {"name": said[f"entry_{row.verb}"], "at": _at(row.at, language)}
            for row in story.entries
            if f"entry_{row.verb}" in said
        ],
        "cancellable": story.cancellable,
    }


def _at(value: Any, language: str) -> dict[str, str]:
    return {"iso": value.isoformat(timespec="minutes"), "text": moment(value, language, shop().time_zone())}


def _stopped(story: Story, said: dict[str, str]) -> dict[str, str]:
    """Why it goes no further, if it does not."""
    state = story.rma.state
    if state not in _STOPPED:
        return {}
    text = story.rma.decline_reason if state == ReturnState.DECLINED.value else ""
    return {
        "title": said[f"{state.lower()}_title"],
        "text": text or said.get(f"{state.lower()}_text", ""),
    }


def _item(line: Any, said: dict[str, str], language: str) -> dict[str, str]:
    return {
        "name": line.line.name or line.line.sku,
        "reason": said[f"reason_{line.reason_code}"],
        "note": line.reason,
        "wanted": said[f"outcome_{line.resolution}"],
        "units": counted(language, "units", line.requested),
    }


def _progress(story: Story, language: str) -> list[dict[str, Any]]:
    """The way of a return, each step with its time once it is reached."""
    said, rma = words(language), story.rma
    if rma.state in _STOPPED:
        return []
    sent = rma.scanned or story.received
    reached = {"requested": rma.created, "approved": rma.approved}
    if not story.kept:
        reached |= {"sent": sent, "received": story.received}
    if not story.exchanged:
        reached["money"] = story.refunded
    reached["closed"] = rma.closed if rma.state == ReturnState.CLOSED.value else None
    last = max(i for i, at in enumerate(reached.values()) if at)
    return [
        {
            "name": said[f"now_{name}" if i == last + 1 else f"step_{name}"],
            "at": _at(at, language) if at else None,
            "done": i <= last,
            "now": i == last + 1,
        }
        for i, (name, at) in enumerate(reached.items())
    ]
