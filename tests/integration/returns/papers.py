"""Photos as browsers send them, and requests that are not sent yet."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from PIL import Image

from saleor_plugins.kernel import clock
from saleor_plugins.platform.port import Order
from saleor_plugins.returns.models import Draft


def photo_file(shade: int = 0, size: tuple[int, int] = (60, 40)) -> BytesIO:
    """A photo; every shade is another one."""
    out = BytesIO()
    Image.new("RGB", size, (shade * 20, 80, 80)).save(out, "JPEG")
    return BytesIO(out.getvalue())


def draft_of(order: Order) -> Draft:
    """A request for the order that is begun."""
    now = clock.now()
    return Draft.objects.create(order_id=order.id, created=now, expires=now + timedelta(days=1))
