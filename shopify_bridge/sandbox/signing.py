"""Addresses that carry their own permission: signed, and good for a while."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import parse_qs, urlencode, urlsplit


class Signer:
    """Signs paths with the store's secret."""

    def __init__(self, secret: str, base_url: str):
        self._secret, self.base_url = secret.encode(), base_url

    def sign(self, text: str) -> str:
        """The signature of a text."""
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()

    def fits(self, text: str, signature: str) -> bool:
        """Whether that is the text's signature."""
        return hmac.compare_digest(self.sign(text).encode(), signature.encode())

    def url(self, path: str, expires: float) -> str:
        """An address of `path` that is good until `expires`, in seconds since the epoch."""
        until = str(int(expires))
        query = urlencode({"Expires": until, "Signature": self.sign(f"{path}\n{until}")})
        return f"{self.base_url}{path}?{query}"

    def check(self, target: str) -> str:
        """Why a requested address is not good: "" (it is), "SignatureDoesNotMatch" or "ExpiredToken"."""
        parts = urlsplit(target)
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        until, signature = given.get("Expires", ""), given.get("Signature", "")
        if not self.fits(f"{parts.path}\n{until}", signature):
            return "SignatureDoesNotMatch"
        return "" if time.time() < int(until) else "ExpiredToken"
