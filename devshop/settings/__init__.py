"""Django settings of the development shop, one module for each Saleor it can run."""
