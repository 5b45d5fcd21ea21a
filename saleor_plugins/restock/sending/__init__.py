"""How an order goes out: as PDF and CSV by mail, or as a signed webhook."""
