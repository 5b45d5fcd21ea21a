"""A real Saleor with these plugins in one command: `python -m devshop demo|serve|test|shop`."""
