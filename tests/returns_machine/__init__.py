"""A machine that works at the returns desk at random, and an oracle that counts along.

`tests/integration/returns/test_machine.py` drives it with hypothesis, which shrinks what it finds;
`benchmarks/returns_machine.py` with plain dice, as many steps as are asked for. The use cases and
Postgres are real; the shop is the one in memory, with a gateway whose truth is known.
"""
