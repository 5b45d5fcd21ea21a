"""The builders of `MemoryShop`, in the tables of the Saleor that is installed."""
