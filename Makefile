# The interpreter: Python 3.11 or 3.12; or that of an environment that has a Saleor 3.2x, to use that Saleor.
PYTHON ?= $(shell for python in python3.11 python3.12 python3; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null \
	&& echo $$python && break; done || true)

.PHONY: help demo serve test lint clean

help:
	@echo "make demo    play the whole story on a real shop and show the proof of each step"
	@echo "make serve   keep a shop running until Ctrl-C"
	@echo "make test    lint, and every test (PYTEST='-k routing' chooses)"
	@echo "make lint    ruff, import rules, types"
	@echo "make clean   remove the environments and the kept shop"

demo serve test lint:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 is needed: make $@ PYTHON=/path/to/python3.11"; exit 2; }
	@PYTEST="$(PYTEST)" $(PYTHON) -m devshop $@

clean:
	rm -rf .devshop
