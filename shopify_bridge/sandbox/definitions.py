"""Metafield definitions: which there are, what they demand, and taking them away."""

from __future__ import annotations

import json
import re
from typing import Any

from . import value_types
from .errors import UserError
from .state import Doc, State

DEFAULT_NAMESPACE = "app--1"
MAX_DEFINITIONS = 200
_FIND = (
    """SELECT doc FROM names JOIN objects USING (gid) WHERE names.scope = 'definition' AND names.value = ?"""
)
KEY = re.compile(r"[A-Za-z0-9_-]+\Z")
_NAMESPACE = re.compile(r"[A-Za-z0-9_$:-]{3,255}\Z")


def scope(owner: str, namespace: str, key: str) -> str:
    """The name space of the values of a definition of type id."""
    return f"metafield:{owner}:{namespace}:{key}"


def find(state: State, owner: str, namespace: str, key: str) -> Doc | None:
    """The definition of a metafield, if there is one."""
    rows = state.rows(_FIND, scope(owner, namespace, key))
    return json.loads(rows[0][0]) if rows else None


def full_namespace(namespace: str | None) -> str:
    """A namespace as it is stored: `$app` stands for the app's own."""
    if not namespace or namespace == "$app":
        return DEFAULT_NAMESPACE
    return namespace.replace("$app:", f"{DEFAULT_NAMESPACE}--", 1)


def define(state: State, given: Doc) -> Doc:
    """metafieldDefinitionCreate."""
    namespace, key, owner = full_namespace(given.get("namespace")), given["key"], given["ownerType"]
    _check(given, namespace)
    if find(state, owner, namespace, key):
        message = f"Key is in use for {owner.title()} metafields on the '{namespace}' namespace."
        raise UserError(message, "definition", "key", code="TAKEN")
    if state.links.count("definition", owner) >= MAX_DEFINITIONS:
        message = f"Stores can only have {MAX_DEFINITIONS} definitions for each store resource."
        raise UserError(message, "definition", code="RESOURCE_TYPE_LIMIT_EXCEEDED")
    unique = ((given.get("capabilities") or {}).get("uniqueValues") or {}).get("enabled", False)
    doc = {
        "id": state.gid("MetafieldDefinition"),
        "key": key,
        "namespace": namespace,
        "name": given["name"],
        "description": given.get("description"),
        "ownerType": owner,
        "type": {"name": given["type"], "category": value_types.category(given["type"])},
        "validations": [
            {"name": item["name"], "type": "json", "value": item["value"]}
            for item in given.get("validations") or []
        ],
        "pinnedPosition": None,
        "unique": unique or given["type"] == "id",
    }
    state.put("MetafieldDefinition", doc)
    state.name("definition", scope(owner, namespace, key), doc["id"])
    state.links.add("definition", owner, doc["id"])
    return doc


def _check(given: Doc, namespace: str) -> None:
    key, kind = given["key"], given["type"]
    if not _NAMESPACE.match(namespace):
        code = "TOO_SHORT" if len(namespace) < 3 else "INVALID_CHARACTER"
        raise UserError("Namespace is invalid.", "definition", "namespace", code=code)
    if not 2 <= len(key) <= 64:
        code = "TOO_SHORT" if len(key) < 2 else "TOO_LONG"
        raise UserError("Key must be 2 to 64 characters long.", "definition", "key", code=code)
    if not KEY.match(key):
        message = "Key contains one or more invalid characters."
        raise UserError(message, "definition", "key", code="INVALID_CHARACTER")
    if not given["name"].strip():
        raise UserError("Name can't be blank.", "definition", "name", code="BLANK")
    if len(given["name"]) > 255:
        raise UserError(
            "Name is too long (maximum is 255 characters).", "definition", "name", code="TOO_LONG"
        )
    if not value_types.known(kind):
        message = f"Type name {kind} is not a valid type."
        raise UserError(message, "definition", "type", code="INCLUSION")
    if kind == "id" and (given.get("capabilities") or {}).get("uniqueValues") == {"enabled": False}:
        raise UserError(
            "Unique values can't be disabled for the id type.",
            "definition",
            "capabilities",
            code="CAPABILITY_REQUIRED_BUT_DISABLED",
        )
    for index, item in enumerate(given.get("validations") or []):
        if item["name"] not in value_types.VALIDATIONS:
            message = f"Validations can't include {item['name']}."
            raise UserError(message, "definition", "validations", str(index), code="INVALID_OPTION")


def remove(state: State, gid: str | None, identifier: Doc | None, *, values: bool) -> tuple[str, Doc]:
    """metafieldDefinitionDelete: its id, and how it was named. `values`: with every value of it."""
    doc = state.get(gid)
    if identifier:
        namespace = full_namespace(identifier.get("namespace"))
        doc = find(state, identifier["ownerType"], namespace, identifier["key"])
    if doc is None or "/MetafieldDefinition/" not in doc["id"]:
        raise UserError("Definition not found.", "id", code="NOT_FOUND")
    if doc["type"]["name"] == "id" and not values:
        raise UserError(
            "Deleting an id type metafield definition requires deletion of its associated metafields.",
            "id",
            code="ID_TYPE_DELETION_ERROR",
        )
    state.delete(doc["id"])
    state.links.remove("definition", doc["ownerType"], doc["id"])
    return doc["id"], doc


def capabilities(doc: Doc) -> Doc:
    """The capabilities of a definition."""
    return {
        "uniqueValues": {
            "eligible": doc["type"]["name"] in ("id", *UNIQUE),
            "enabled": doc.get("unique", False),
        },
        "adminFilterable": {"eligible": True, "enabled": False},
    }


UNIQUE = ("single_line_text_field", "url", "number_integer")


def limits(doc: Doc) -> dict[str, Any]:
    """The validations of a definition by name, their values read."""
    found: dict[str, Any] = {}
    for item in doc.get("validations", ()):
        try:
            found[item["name"]] = json.loads(item["value"])
        except ValueError:
            found[item["name"]] = item["value"]
    return found


def used(state: State, doc: Doc) -> int:
    """How many values there are of a unique definition; the others are not counted: 0."""
    return state.names_in(scope(doc["ownerType"], doc["namespace"], doc["key"]))
