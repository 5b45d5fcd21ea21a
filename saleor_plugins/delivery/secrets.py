"""Secrets at rest: encrypted with a key that is not in the database.

``SALEOR_PLUGINS_ENCRYPTION_KEYS`` is a list of random strings (32 characters or more); the first
one encrypts, all decrypt. Without it, Django's SECRET_KEY is used. To rotate: put a new key
first, restart, run ``delivery_rotate_secrets``, drop the old key. SECRET_KEY always decrypts, so
that moving to keys of your own loses nothing.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


def encrypt(text: str) -> str:
    """`text`, readable only with the first configured key."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """What `encrypt` was given; raises ImproperlyConfigured when no configured key fits."""
    try:
        return _cipher().decrypt(token.encode()).decode()
    except InvalidToken:
        raise ImproperlyConfigured("SALEOR_PLUGINS_ENCRYPTION_KEYS does not open a stored secret.") from None


class EncryptedTextField(models.TextField):
    """A text that is encrypted in the database and plain in Python; not for look-ups."""

    def get_prep_value(self, value: Any) -> Any:
        """The encrypted value; empty stays empty."""
        return encrypt(value) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The plain value."""
        return decrypt(value) if value else value


def _cipher() -> MultiFernet:
    own = list(getattr(settings, "SALEOR_PLUGINS_ENCRYPTION_KEYS", None) or [])
    django = [settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", [])]
    return _derived(tuple(own + django))


@lru_cache(maxsize=4)
def _derived(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(key: str) -> bytes:
    hkdf = HKDF(SHA256(), length=32, salt=None, info=b"saleor_plugins.delivery.secrets")
    return base64.urlsafe_b64encode(hkdf.derive(key.encode()))
