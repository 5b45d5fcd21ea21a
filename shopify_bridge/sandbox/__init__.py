"""A local Shopify store that speaks the Admin GraphQL API over HTTP, for trials, demos and tests."""
