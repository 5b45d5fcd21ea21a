"""What the bridge remembers. Personal data and tokens in the clear are not among it."""

from .mirror import Kind, Mapping
from .prices import AgreedPrice
from .stock import Counted, Level, MoveState, StockMove
from .stores import Store
from .sync import Dirty, Subject
from .transport import Bucket
from .work import OPEN, Bulk, BulkState, Change, Origin, Run, State

__all__ = [
    "OPEN",
    "AgreedPrice",
    "Bucket",
    "Bulk",
    "BulkState",
    "Change",
    "Counted",
    "Dirty",
    "Kind",
    "Level",
    "Mapping",
    "MoveState",
    "Origin",
    "Run",
    "State",
    "StockMove",
    "Store",
    "Subject",
]
