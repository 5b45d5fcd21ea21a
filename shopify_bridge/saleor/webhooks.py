"""Webhooks of Saleor: verified over the raw body, noted, answered at once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import jwt
from jwt.exceptions import PyJWTError

from saleor_plugins.delivery.inbound import Forged

from .identity import Identities, identities

if TYPE_CHECKING:
    from ..models import Store


def verify(store: Store, headers: Mapping[str, str], body: bytes, known: Identities = identities) -> None:
    """Raise Forged unless the Saleor of `store` signed `body`; SaleorUnreachable when it cannot be asked.

    3.x signs with its private key (a detached JWS, RFC 7797), whose public part it publishes; 2.10, and a
    webhook of 3.x that has a secret, with the secret (HMAC-SHA256). `headers` may have any case.
    """
    given = {name.lower(): value for name, value in headers.items()}
    signature = given.get("saleor-signature") or given.get("x-saleor-hmac-sha256") or ""
    if signature.count(".") == 2:
        _verify_jws(store.saleor_url, signature, body, known)
    else:
        _verify_hmac(store.saleor_secrets, signature.removeprefix("sha1="), body)
    domain = (given.get("saleor-domain") or given.get("x-saleor-domain") or "").lower()
    # The same secret or key may serve two shops; the payload is only about one.
    if domain not in (urlsplit(store.saleor_url).netloc.lower(), known.domain(store.saleor_url)):
        raise Forged


def _verify_jws(url: str, signature: str, body: bytes, known: Identities) -> None:
    head, _, tail = signature.partition("..")
    if not head or not tail:
        raise Forged  # with a payload of its own, whatever it signs
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        key = known.key(url, str(header["kid"]))
        if key is None or header.get("b64") is not False:
            raise Forged
        jwt.PyJWS().decode_complete(signature, key, algorithms=["RS256"], detached_payload=body)
    except (PyJWTError, ValueError, KeyError, TypeError):
        raise Forged from None


def _verify_hmac(secrets: str, signature: str, body: bytes) -> None:
    good = [
        hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets.split(",") if secret
    ]
    if not any([hmac.compare_digest(one.encode(), signature.encode()) for one in good]):  # noqa: C419
        raise Forged
