"""All database access of the restock room, one module for each group of tables."""
