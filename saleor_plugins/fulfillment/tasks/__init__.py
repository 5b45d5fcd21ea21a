"""What the room does when an event arrives, and what it looks for by itself."""

from . import backtest, orders, parcels, sweep, waves

__all__ = ["backtest", "orders", "parcels", "sweep", "waves"]
