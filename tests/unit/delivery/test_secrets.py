from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from saleor_plugins.delivery.secrets import EncryptedTextField, decrypt, encrypt

OLD, NEW = "old " * 10, "new " * 10


def test_only_the_key_opens_it(settings) -> None:
    settings.SALEOR_PLUGINS_ENCRYPTION_KEYS = [OLD]
    token = encrypt("whsec_ä")
    assert "whsec" not in token
    assert decrypt(token) == "whsec_ä"
    settings.SALEOR_PLUGINS_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(ImproperlyConfigured) as caught:
        decrypt(token)
    assert token not in str(caught.value)


def test_the_first_key_encrypts_and_all_decrypt(settings) -> None:
    settings.SALEOR_PLUGINS_ENCRYPTION_KEYS = [OLD]
    old = encrypt("a")
    settings.SALEOR_PLUGINS_ENCRYPTION_KEYS = [NEW, OLD]
    assert decrypt(old) == "a"
    new = encrypt("b")
    settings.SALEOR_PLUGINS_ENCRYPTION_KEYS = [NEW]
    assert decrypt(new) == "b"


def test_without_keys_djangos_is_used_and_stays_readable(settings) -> None:
    settings.SALEOR_PLUGINS_ENCRYPTION_KEYS = []
    token = encrypt("a")
    settings.SALEOR_PLUGINS_ENCRYPTION_KEYS = [NEW]
    assert decrypt(token) == "a"
    settings.SECRET_KEY = "another"
    with pytest.raises(ImproperlyConfigured):
        decrypt(token)


def test_the_field_stores_ciphertext_and_leaves_empty_alone() -> None:
    field = EncryptedTextField()
    stored = field.get_prep_value("secret")
    assert stored != "secret"
    assert field.from_db_value(stored, None, None) == "secret"
    assert field.get_prep_value("") == ""
    assert field.from_db_value(None, None, None) is None
