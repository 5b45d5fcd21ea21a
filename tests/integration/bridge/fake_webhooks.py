"""What the fake Saleor answers about its webhooks and the app that asks."""

from __future__ import annotations

from typing import Any

Doc = dict[str, Any]


class WebhookAnswers:
    """Answers by the name of the document, in the shape of either generation."""

    version: str
    domain: str
    events: list[str]
    permissions: list[str]
    webhooks: list[Doc]

    def _BridgeDomain(self, _: Doc) -> Doc:
        return {"shop": {"domain": {"host": self.domain}}}

    def _BridgeEventNames(self, _: Doc) -> Doc:
        return {"__type": {"enumValues": [{"name": name} for name in self.events]}}

    def _BridgeMe(self, _: Doc) -> Doc:
        app = {"id": "QXBwOjE=", "isActive": True, "webhooks": [self._hook(h) for h in self.webhooks]}
        return {"app": app | {"permissions": [{"code": code} for code in self.permissions]}}

    def _BridgeMyWebhooks(self, v: Doc) -> Doc:
        nodes = [{"node": self._hook(hook)} for hook in self.webhooks]
        return {"webhooks": {"edges": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}}

    def _hook(self, hook: Doc) -> Doc:
        events = [{"eventType": name} for name in hook.get("asyncEvents") or hook.get("events") or ()]
        node = {"id": hook["id"], "targetUrl": hook["targetUrl"], "isActive": hook["isActive"]}
        if self.version == "v2":
            return node | {"events": events, "secretKey": hook.get("secretKey")}
        return node | {"asyncEvents": events, "subscriptionQuery": hook.get("query")}

    def _BridgeAddWebhook(self, v: Doc) -> Doc:
        hook = {"id": f"hook-{len(self.webhooks)}", **v["input"]}
        self.webhooks.append(hook)
        return {"webhookCreate": {"webhook": {"id": hook["id"]}, "errors": []}}

    def _BridgeChangeWebhook(self, v: Doc) -> Doc:
        hook = next(hook for hook in self.webhooks if hook["id"] == v["id"])
        hook.update(v["input"])
        return {"webhookUpdate": {"webhook": {"id": hook["id"]}, "errors": []}}
