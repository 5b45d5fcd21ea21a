"""What can go wrong, in terms an API caller can act on.

Each error carries the input ``field`` it is about (camelCase, dotted for nesting, None
when it is about the whole request) and a stable, upper-case ``code``.
"""

from __future__ import annotations


class OpsError(Exception):
    """Base of every error a caller may see."""

    code = "INVALID"

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None):
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code or self.code


class Invalid(OpsError):
    """The input is malformed or breaks a rule; nothing was changed."""


class Required(Invalid):
    """A value is missing."""

    code = "REQUIRED"


class NotFound(OpsError):
    """No such object, or the asker may not know that it exists."""

    code = "NOT_FOUND"


class Conflict(OpsError):
    """The object is in another state than the request assumes."""

    code = "CONFLICT"


class KeyReused(Conflict):
    """An idempotency key came back with another request body."""

    code = "IDEMPOTENCY_KEY_REUSED"


class InsufficientStock(Conflict):
    """A warehouse has fewer free units than asked for."""

    code = "INSUFFICIENT_STOCK"


class PermissionDenied(OpsError):
    """The asker lacks the named permission."""

    code = "PERMISSION_DENIED"


class Invalids(OpsError):
    """Several field errors at once, for forms and settings."""

    def __init__(self, errors: list[Invalid]):
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


def sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE behind Django's database error; psycopg 2 and 3 name it differently."""
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
