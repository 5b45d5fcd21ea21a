"""Order routing, returns and restocking for Saleor."""
