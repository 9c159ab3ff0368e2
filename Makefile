.PHONY: run test check bench bench-voice faults

PYTHON ?= python3

# The whole portal with its demonstration event, on this machine. PORT=8000 unless you say so.
run:
	@exec env DEBUG=true $(PYTHON) deploy/bootstrap.py runtime embedded -- manage.py serve

# All tests; make test ARGS="tests/portal -k window" runs some.
test:
	@exec $(PYTHON) deploy/bootstrap.py runtime embedded test -- -m deploy.test $(ARGS)

# Everything that reads the code without running it.
check:
	@exec $(PYTHON) deploy/bootstrap.py runtime embedded test -- -m deploy.check

# What the live gateway costs, beside the Channels tutorial and a bare broadcast: about five minutes.
bench:
	@exec $(PYTHON) deploy/bootstrap.py runtime embedded test bench -- -m benchmarks $(ARGS)

# A room of thirty on a real media server (Janus, from Debian): about twenty seconds.
bench-voice:
	@exec $(PYTHON) deploy/bootstrap.py runtime embedded test voice -- -m benchmarks.voice

# The promises kept while servers are killed and slowed: about ten minutes.
faults:
	@exec $(PYTHON) deploy/bootstrap.py runtime embedded test -- -m pytest tests/faults -m faults $(ARGS)
