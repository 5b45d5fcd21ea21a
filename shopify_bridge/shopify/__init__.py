"""The Shopify side: transport, documents, and what is read and written with them."""
