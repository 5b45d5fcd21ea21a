"""How others talk to the plugins: the GraphQL view, who is asking, limits, health."""
