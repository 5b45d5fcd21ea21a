"""Mirrors a Saleor shop to a Shopify store: products, stock, orders; plans before it writes."""
