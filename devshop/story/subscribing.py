"""An integrator subscribes to everything the plugins announce."""

from __future__ import annotations

from devshop.story.stage import Outcome, Stage, check

TITLE = "A subscriber"
_TOPICS = "{ eventTopics { name } }"
_SUBSCRIBE = """mutation($url: String!, $topics: [String!]!) {
  webhookEndpointCreate(url: $url, topics: $topics, name: "Demo") {
    endpoint { id } secret errors { field message code } } }"""
_PING = """mutation($id: ID!) {
  webhookEndpointPing(id: $id) { delivery { state } errors { field message code } } }"""


def play(stage: Stage) -> Outcome:
    """Register an endpoint, take its secret, and have it pinged."""
    webhooks = stage.plugin("delivery")
    topics = [topic["name"] for topic in webhooks(_TOPICS)["eventTopics"]]
    answer = webhooks(_SUBSCRIBE, url=stage.subscriber.address, topics=topics)["webhookEndpointCreate"]
    stage.subscriber.secret = answer["secret"]
    webhooks(_PING, id=answer["endpoint"]["id"])
    stage.until("the ping arrives", lambda: "webhook.ping" in stage.subscriber.topics())
    check(stage.subscriber.refused == 0, "a signature was wrong")
    return Outcome(
        f"Subscribed to {len(topics)} topics; the ping came with a good signature",
        "the subscriber: signature by its own code",
    )
