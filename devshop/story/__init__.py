"""The demo's story: each step does what a person would do over HTTP, then reads the effect back elsewhere."""
