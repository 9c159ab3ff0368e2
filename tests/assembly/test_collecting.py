"""A rush does not stop the process to look for unused objects; Python's own measure would."""

import subprocess
import sys

import pytest

# As many as a few hundred requests hold that are being answered.
RUSH = """
import gc
{prepare}
full = []
gc.callbacks.append(lambda phase, info: full.append(phase) if info["generation"] == 2 else None)
held = [[] for _ in range(300_000)]
print(full.count("start"))
"""


def full_looks(prepare: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", RUSH.format(prepare=prepare)], stdout=subprocess.PIPE, check=True, text=True
    )
    return int(done.stdout)


@pytest.mark.parametrize(
    ("prepare", "looks"), [("", True), ("from assembly.collecting import collect_seldom; collect_seldom()", False)]
)
def test_a_rush_brings_no_look_at_everything(prepare: str, looks: bool) -> None:
    assert (full_looks(prepare) > 0) is looks
