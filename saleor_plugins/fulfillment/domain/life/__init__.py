"""After the decision: what holds an order, what changes it, and what stands meanwhile."""
