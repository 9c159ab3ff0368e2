"""Python looks for unused objects that hold each other seldom enough for nobody to wait for it.

A full look stops the whole process, and with a thousand open sockets for a third of a second. By Python's own
measure it comes after some 70,000 new objects, which is a rush of a hundred requests.
"""

import gc

# New objects before the youngest are looked at; every tenth look takes in the middle-aged, every hundredth all.
YOUNG = 10_000


def collect_seldom() -> None:
    """To be called when everything is loaded: what is there by then stays, and is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
