"""Pages of the restock room."""
