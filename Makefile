.PHONY: run test check

PYTHON ?= python3
SET_UP = @$(PYTHON) deploy/bootstrap.py

# The whole portal with its demonstration event, on this machine. PORT=8000 unless you say so.
run:
	$(SET_UP) runtime embedded -- manage.py serve

# All tests; make test ARGS="tests/portal -k window" runs some.
test:
	$(SET_UP) runtime embedded test -- -m deploy.test $(ARGS)

# Everything that reads the code without running it.
check:
	$(SET_UP) runtime embedded test -- -m deploy.check
