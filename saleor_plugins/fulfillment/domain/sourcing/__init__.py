"""From an order and the warehouses to a decision that explains itself."""
