"""Paper for the shop's own warehouses."""
