"""Do the desk's balances of an order agree with its ledgers and with the shop?"""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import require
from ..access import PERMISSION
from ..usecases.audit import audit_order


class AuditFinding(graphene.ObjectType):
    """One difference: `field` of an object is `stored`, and should be `rebuilt`."""

    order_id = graphene.ID(required=True)
    order_number = graphene.String(required=True)
    what = graphene.String(required=True, description="The kind of object, such as ReturnLine or Payment.")
    id = graphene.ID(required=True)
    field = graphene.String(required=True)
    stored = graphene.String(required=True)
    rebuilt = graphene.String(required=True)
    unseen = graphene.Boolean(
        required=True, description="The shop has moved on; the desk takes that over when it opens the order."
    )


class AuditQueries(graphene.ObjectType):
    """Proof."""

    returns_audit = graphene.List(
        graphene.NonNull(AuditFinding),
        required=True,
        description=f"Differences in the books of an order's returns. Requires the permission {PERMISSION}.",
        order_id=graphene.ID(required=True),
    )

    def resolve_returns_audit(root, info: Any, order_id: str) -> Any:
        require(info, PERMISSION)
        return [
            AuditFinding(
                order_id=found.order,
                order_number=found.number,
                what=found.what,
                id=found.id,
                field=found.field,
                stored=str(found.stored),
                rebuilt=str(found.rebuilt),
                unseen=found.unseen,
            )
            for found in audit_order(order_id)
        ]
