"""The Saleor side: its public GraphQL API, one small dialect for each generation."""
