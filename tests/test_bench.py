"""`make bench` fails where a promise was broken, and only after it has printed its figures."""

import json

import pytest

from benchmarks import __main__ as bench

KEPT = {"oversold": 0, "double_seats": 0, "unanswered": 0, "lost": 0, "ms_cpu": 9.5}


def run(monkeypatch, *, lost: int = 0, **broken: int) -> None:
    """With a rush on both databases, and a fan-out, that came out so."""
    measured = {"postgresql": KEPT, "sqlite": KEPT | broken}
    monkeypatch.setattr("sys.argv", ["bench", "--only", "rush"])
    monkeypatch.setattr(bench, "measure_ours", lambda sizes, parts: {"ours": []})
    monkeypatch.setattr(bench.rush, "measure", measured.__getitem__)
    monkeypatch.setattr(bench, "fanout", lambda results: {"lost": lost})
    bench.main()


def test_it_passes_where_every_promise_was_kept(monkeypatch, capsys):
    run(monkeypatch)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["rush"]["sqlite"] == KEPT


@pytest.mark.parametrize("name", ["oversold", "double_seats", "unanswered"])
def test_it_fails_where_a_rush_broke_one(monkeypatch, capsys, name):
    with pytest.raises(SystemExit, match=f"1 {name.replace('_', ' ')} in rush on sqlite"):
        run(monkeypatch, **{name: 1})
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["rush"]["sqlite"][name] == 1


def test_it_fails_where_the_fan_out_lost_something(monkeypatch):
    with pytest.raises(SystemExit, match="2 lost in fan-out"):
        run(monkeypatch, lost=2)


def test_somebody_lost_in_a_rush_is_a_broken_promise():
    results = {"rush": {"postgresql": KEPT | {"lost": 3}}, "fanout": {"lost": 0}}
    assert bench.broken_promises(results) == ["3 lost in rush on postgresql"]
