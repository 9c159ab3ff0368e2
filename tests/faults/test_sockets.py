"""Sockets of a real server: those that stop reading, fall silent, must close, or come back by the thousand."""

import asyncio
import socket
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import redis
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from benchmarks.client import HANDSHAKE, Tab, Tally, in_parallel, open_tab, request
from benchmarks.house import EVENT, House, Person
from portal.live import wire
from portal.live.registry import Frame
from tests.faults.pages import Page
from tests.faults.proxy import Proxy
from tests.faults.trouble import troubled

PATH = f"/live/{EVENT}/"
BUMP = """
    INSERT INTO portal_log (channel, version) VALUES (%s, 1)
    ON CONFLICT (channel) DO UPDATE SET version = portal_log.version + 1 RETURNING version
"""
REVOKE = "INSERT INTO portal_revocation (user_id, session_hash, event, reason, at) VALUES (%s, '', %s, 'test', now())"


async def test_a_reader_that_stops_costs_little_and_nobody_else_waits() -> None:
    async with troubled(20) as trouble:
        built, server = trouble.built, trouble.server
        tabs = await open_tabs(built, server.port, built.people[1:])
        with socket.socket() as stopped:
            await asyncio.to_thread(listen_and_stop, stopped, built, server.port, built.people[0])
            await until(lambda: len(connections(server.port)) == 20)
            before = server.kib
            started = time.monotonic()
            await asyncio.to_thread(flood, built, 600, 20_000)
            await until(lambda: all(tab.version == 600 for tab in tabs), 60)
            assert time.monotonic() - started < 60
            await until(lambda: len(connections(server.port)) == 19, 15)
            assert server.kib - before < 20 * 1024
            assert stopped.fileno() > 0


async def test_a_frame_over_a_mebibyte_closes_and_one_over_eight_kibibytes_is_too_long() -> None:
    async with troubled(2) as trouble:
        built, server = trouble.built, trouble.server
        headers = {k: v for k, v in built.people[0].headers.items() if k not in ("Host", "Origin")}
        before = server.kib
        address = f"ws://127.0.0.1:{server.port}{PATH}"
        async with connect(address, additional_headers=headers, origin=built.people[0].headers["Origin"]) as line:
            await line.send('{"listen": []}'.ljust(8 * 1024 + 1))
            assert await line.recv() == '{"error":"too_long"}'
            await line.send("x" * (2**20 + 1))
            try:
                while True:
                    await asyncio.wait_for(line.recv(), 10)
            except ConnectionClosed:
                pass
        assert server.kib - before < 20 * 1024


async def test_a_half_open_connection_is_dropped() -> None:
    async with troubled(1, "--ping-interval", "2", "--ping-timeout", "3") as trouble:
        line = await Proxy(trouble.server.port).start()
        (tab,) = await open_tabs(trouble.built, line.port, trouble.built.people)
        line.flowing.clear()
        await until(lambda: not connections(trouble.server.port), 15)
        line.stop()
        assert tab.version == 0


async def test_sign_out_suspension_and_a_lost_right_close_within_five_seconds_without_redis() -> None:
    """While a thousand pages, with all that a page listens to, are kept right from the rows."""
    async with troubled(1000) as trouble:
        built, port = trouble.built, trouble.server.port
        tabs = await open_tabs(built, port, built.people)
        trouble.redis.refusing = True
        trouble.redis.cut()
        started = time.monotonic()
        await sign_out(port, built.people[0])
        with psycopg.connect(built.database) as connection:
            connection.execute(REVOKE, [built.people[1].user_id, ""])
            connection.execute("DELETE FROM portal_delegate WHERE user_id = %s", [built.people[2].user_id])
            connection.execute(REVOKE, [built.people[2].user_id, EVENT])
        codes = await asyncio.wait_for(asyncio.gather(*(tab.closed for tab in tabs[:3])), 8)
        assert time.monotonic() - started < 5
        assert [-code for code in codes] == [4401, 4401, 4403]
        assert not any(tab.closed.done() for tab in tabs[3:])


async def test_who_is_asked_again_after_the_windows_end_is_closed_within_five_seconds_without_redis() -> None:
    async with troubled(1) as trouble:
        built, port = trouble.built, trouble.server.port
        trouble.redis.refusing = True
        trouble.redis.cut()
        (tab,) = await open_tabs(built, port, built.people)
        with psycopg.connect(built.database) as connection:
            connection.execute("UPDATE portal_event SET first_day = '2020-01-01', last_day = '2020-01-01'")
            connection.execute(REVOKE, [built.people[0].user_id, EVENT])
        assert -await asyncio.wait_for(tab.closed, 5) == 4410


async def test_a_restart_tells_a_thousand_to_come_back_and_takes_them_with_no_5xx() -> None:
    async with troubled(1000) as trouble:
        built, server = trouble.built, trouble.server
        pages = [Page(built, server.port, person) for person in built.people]
        staying = [asyncio.ensure_future(page.stay()) for page in pages]
        await until(lambda: all(page.line and page.line.is_open for page in pages), 120)
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(flood, built, 20, 200)
        await asyncio.to_thread(server.start)
        await until(lambda: all(page.version == 20 for page in pages), 120)
        codes = {code for page in pages for code in page.closed_with}
        assert codes <= {4503, 1006}, codes
        assert {status for page in pages for status in page.statuses} <= {200, 304}
        assert sum(page.closed_with[0] == 4503 for page in pages) == 1000
        for page, stay in zip(pages, staying, strict=True):
            page.leave()
            stay.cancel()


# Helpers


async def open_tabs(built: House, port: int, people: list[Person]) -> list[Tab]:
    def opener(person: Person) -> Callable[[], object]:
        beside = built.beside(person)
        return lambda: open_tab(port, lambda: Tab(Tally(), PATH, person.headers, built.channel, beside=beside))

    tabs: list[Tab] = await in_parallel([opener(person) for person in people], 20)  # type: ignore[arg-type]
    assert all(tab.is_open for tab in tabs)
    return tabs


async def sign_out(port: int, person: Person) -> None:
    status, body = await request(port, "POST", "/accounts/logout/", person.form_headers)
    assert status in (200, 302), (status, body[:300])


def flood(built: House, number: int, size: int) -> None:
    """So many frames as a service publishes them, though no row stands behind them."""
    hints = redis.Redis.from_url(built.redis)
    with psycopg.connect(built.database, autocommit=True) as connection:
        for _ in range(number):
            version = connection.execute(BUMP, [built.channel]).fetchone()[0]  # type: ignore[index]
            frame = Frame(version, "message", "x" * size, {"client_id": str(version)})
            hints.publish("assembly.live", wire.pack_frame(built.channel, frame))
            time.sleep(0.005)
    hints.close()


def listen_and_stop(line: socket.socket, built: House, port: int, person: Person) -> None:
    """A browser whose tab hangs: it listens, and reads nothing of what it is told."""
    more = "".join(f"{name}: {value}\r\n" for name, value in person.headers.items() if name != "Host")
    hello = HANDSHAKE.format(path=PATH, host=person.headers["Host"], more=more)
    payload = f'{{"listen": ["{built.channel}"]}}'.encode()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", port))
    line.sendall(hello.encode())
    assert b" 101 " in line.recv(64)
    line.sendall(bytes([0x81, 0x80 | len(payload)]) + b"\0\0\0\0" + payload)


def connections(port: int) -> list[str]:
    """Established connections of the server's side."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    ends = [line.split()[1:4] for line in lines]
    return [here for here, _, state in ends if state == "01" and here.endswith(f":{port:04X}")]


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)
