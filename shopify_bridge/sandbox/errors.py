"""How the store says no: userErrors in a payload, or GraphQL errors for the whole request."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError


class UserError(Exception):
    """Refuses a mutation: becomes one entry of its `userErrors`, and nothing is stored."""

    def __init__(self, message: str, *field: str, code: str | None = None):
        super().__init__(message)
        self.entry: dict[str, Any] = {"field": list(field) or None, "message": message, "code": code}


class UserErrors(Exception):
    """Several entries at once."""

    def __init__(self, errors: list[UserError]):
        super().__init__("; ".join(str(error) for error in errors))
        self.entries = [error.entry for error in errors]


def bad_request(message: str, code: str) -> GraphQLError:
    """An error beside the data, with the code in its extensions."""
    return GraphQLError(message, extensions={"code": code})
