"""Signed links for shoppers who wait: they say no address, and cannot be forged."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.utils.crypto import salted_hmac

from ...platform import shop

CONFIRM, STOP = "confirm/", "stop/"
_PATH = "/plugins/saleor_plugins.restock/alerts/"
_SALT = "saleor_plugins.restock.alert."


def digest_of(email: str) -> str:
    """What an address is known by: nobody reads it from this without the shop's secret key."""
    return str(salted_hmac(_SALT + "person", email.strip().lower(), algorithm="sha256").hexdigest())


def confirm_token(alert_id: UUID) -> str:
    """What confirms a subscription."""
    return _signer(CONFIRM).sign(alert_id.hex)


def confirmed(token: str) -> UUID | None:
    """The subscription that a token confirms; None for a token that is not ours."""
    found = _unsigned(CONFIRM, token)
    return UUID(found) if found else None


def stop_token(digest: str) -> str:
    """What ends everything that an address waits for, for as long as there are mails with it."""
    return _signer(STOP).sign(digest)


def stopped(token: str) -> str | None:
    """The digest of the address whose mails a token ends; None for a token that is not ours."""
    return _unsigned(STOP, token)


def confirm_url(alert_id: UUID) -> str:
    """For the first mail."""
    return f"{shop().site().address}{_PATH}{CONFIRM}{confirm_token(alert_id)}/"


def stop_url(digest: str) -> str:
    """For the mail that tells, and its header."""
    return f"{shop().site().address}{_PATH}{STOP}{stop_token(digest)}/"


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=_SALT + purpose)


def _unsigned(purpose: str, token: str) -> str | None:
    try:
        return _signer(purpose).unsign(token)
    except signing.BadSignature:
        return None
