"""The merchant switches the plugins on, as the dashboard does."""

from __future__ import annotations

from devshop.client import fetch
from devshop.environments import has_saleor3
from devshop.story.stage import CHANNEL, ROOMS, Outcome, Stage, check

TITLE = "Plugins switched on"
# Who waits for stock is told at once, not after a quarter of an hour.
_SETTINGS = {"restock": {"configuration": [{"name": "alerts_stable", "value": "0"}]}}
_DUMMY = "mirumee.payments.dummy"
_STATE = "globalConfiguration { active }" if has_saleor3() else "active"
_UPDATE = """
mutation($id: ID!, $input: PluginUpdateInput!) {
  pluginUpdate(id: $id, input: $input) { plugin { id %s } pluginsErrors { field message code } }
}"""

_READ = "query($id: ID!) { plugin(id: $id) { name " + _STATE + " } }"


def play(stage: Stage) -> Outcome:
    """Before: every endpoint answers 404. After: every one answers."""
    before = {room: _status(stage, room) for room in ROOMS}
    check(set(before.values()) == {404}, f"endpoints of inactive plugins answered {before}")
    names = [_switch_on(stage, room) for room in ROOMS]
    _switch_on_payments(stage)
    after = {room: _status(stage, room) for room in ROOMS}
    check(set(after.values()) == {200}, f"endpoints of active plugins answered {after}")
    return Outcome(
        f"{', '.join(names)}: active; their endpoints went from 404 to 200",
        "Saleor GraphQL: pluginUpdate, plugin\nHTTP status of /plugins/<id>/graphql/",
    )


def _status(stage: Stage, room: str) -> int:
    status, _ = fetch(stage.plugin(room).address, {"query": "{ __typename }"})
    return status


def _switch_on(stage: Stage, room: str) -> str:
    plugin_id = f"saleor_plugins.{room}"
    stage.say(plugin_id)
    stage.staff(_UPDATE % _STATE, id=plugin_id, input={"active": True, **_SETTINGS.get(room, {})})
    found = stage.staff(_READ, id=plugin_id)["plugin"]
    check(bool((found.get("globalConfiguration") or found)["active"]), f"{plugin_id} did not become active")
    return str(found["name"])


def _switch_on_payments(stage: Stage) -> None:
    """Switch on Saleor's dummy gateway, which 3.x configures for each channel."""
    if not has_saleor3():
        stage.staff(_UPDATE % _STATE, id=_DUMMY, input={"active": True})
        return
    channels = stage.staff("{ channels { id slug } }")["channels"]
    channel = next(channel["id"] for channel in channels if channel["slug"] == CHANNEL)
    update = _UPDATE.replace("$id: ID!", "$id: ID!, $channel: ID").replace(
        "id: $id", "id: $id, channelId: $channel"
    )
    stage.staff(update % "id", id=_DUMMY, channel=channel, input={"active": True})
