"""Who returns how much of all that is returned."""

from __future__ import annotations

from ..domain.reports.found import Concentration, Customer
from ..domain.reports.scope import Scope
from ..store.history import VOID
from .within import WHERE, rows

_SQL = f"""
WITH mine AS (
    SELECT o.customer_key AS key, max(o.user_id) AS user_id, count(DISTINCT o.order_id) AS orders,
        count(DISTINCT r.id) AS returns, sum(l.requested - l.declined - l.missing) AS units
    FROM ops_returns_return r
    JOIN ops_returns_orderledger o ON o.order_id = r.order_id
    JOIN ops_returns_returnline l ON l.rma_id = r.id
    WHERE {WHERE} AND o.customer_key <> '' AND NOT (r.state = ANY(%(void)s))
    GROUP BY o.customer_key HAVING sum(l.requested - l.declined - l.missing) > 0
)
SELECT *, sum(units) OVER (ORDER BY units DESC, key ROWS UNBOUNDED PRECEDING) AS running,
    sum(units) OVER () AS total, count(*) OVER () AS customers
FROM mine ORDER BY units DESC, key LIMIT %(limit)s
"""  # noqa: S608  # only our own text


def concentration(scope: Scope, limit: int = 20) -> Concentration:
    """The customers with the most units in returns that were asked for in the scope and came to something.

    Erased ones have no key any more and are not among them.
    """
    found = rows(_SQL, scope, limit=limit, void=list(VOID))
    if not found:
        return Concentration()
    *_, total, customers = found[0]
    listed = [
        Customer(key, user, orders, returns, int(units), float(units / total), float(running / total))
        for key, user, orders, returns, units, running, _, _ in found
    ]
    return Concentration(customers, int(total), tuple(listed))
