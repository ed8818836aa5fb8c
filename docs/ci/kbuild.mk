# For the Makefile of a module that is built out of tree: `make stack-gate`, and `make stack-gate BASE=v1.2`.
# The .cmd files that Kbuild leaves beside the objects say how each was compiled; no compile database is needed.
BASE ?= origin/main
STACKCHECK ?= stackcheck

.PHONY: stack-gate
stack-gate: all
	$(STACKCHECK) gate -p . --base $(BASE) $(STACKCHECK_OPTIONS)
