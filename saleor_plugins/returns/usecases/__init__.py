"""One verb a file: load, decide, store with ledger and event in one transaction."""
