"""What is acknowledged is neither lost nor doubled, whatever breaks meanwhile."""

import asyncio
import os
import sys
from collections import Counter

import psycopg

from benchmarks.house import House
from tests.faults.pages import Page
from tests.faults.trouble import Trouble, troubled

CLIENTS = int(os.environ.get("FAULTS_CLIENTS", "200"))
SENDS = int(os.environ.get("FAULTS_SENDS", "10000"))
RIGHT_SECONDS = 5.0


async def test_an_acknowledged_message_is_never_lost_nor_doubled() -> None:
    async with troubled(CLIENTS) as trouble:
        pages = [Page(trouble.built, trouble.server.port, person) for person in trouble.built.people]
        staying = [asyncio.ensure_future(page.stay()) for page in pages]
        breaking = asyncio.ensure_future(trouble.go_on(4))
        await asyncio.gather(*(page.speak(SENDS // CLIENTS) for page in pages))
        breaking.cancel()
        trouble.mend()
        tell(trouble, pages)
        await everyone_right(trouble, pages)
        for page in pages:
            page.leave()
        for stay in staying:
            stay.cancel()
    tell(trouble, pages)
    assert max(page.slowest_return for page in pages) < RIGHT_SECONDS


def tell(trouble: Trouble, pages: list[Page]) -> None:
    """What happened on the way, for whoever reads the log with -rA."""
    slowest = max(page.slowest_return for page in pages)
    statuses = Counter(status for page in pages for status in page.statuses)
    closes = Counter(code for page in pages for code in page.closed_with)
    troubles = Counter(trouble.done)
    sys.stdout.write(f"{troubles}; answers {statuses}; closes {closes}; slowest return {slowest:.1f} s\n")


async def everyone_right(trouble: Trouble, pages: list[Page]) -> None:
    await asyncio.to_thread(wait_until_served, trouble)
    rows = read_rows(trouble.built)
    saved = [name for name, _ in rows]
    acknowledged = {name for page in pages for name in page.acknowledged}
    assert len(saved) == len(set(saved)), "a message was saved twice"
    assert acknowledged <= set(saved), "an acknowledged message was lost"
    assert [version for _, version in rows] == sorted({version for _, version in rows})
    async with asyncio.timeout(60):
        while any(page.version < rows[-1][1] for page in pages):
            await asyncio.sleep(0.1)
    for page in pages:
        assert page.shown == saved, f"{len(page.shown)} shown of {len(saved)}"


def wait_until_served(trouble: Trouble) -> None:
    if trouble.server.process.poll() is not None:
        trouble.server.start()


def read_rows(built: House) -> list[tuple[str, int]]:
    with psycopg.connect(built.database) as connection:
        rows = connection.execute("SELECT client_id, version FROM networking_message ORDER BY version").fetchall()
    return [(str(name), version) for name, version in rows]
