"""The handler of pages: one thread for the whole request, and nothing left open."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core import signals
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path

from assembly import onehop
from assembly.onehop import OneHopHandler

OWN_TEXT = Path(__file__).read_bytes()
seen: list[str] = []
entered, may_answer, closed = threading.Event(), threading.Event(), threading.Event()

GetResponse = Callable[[HttpRequest], HttpResponseBase]
T = TypeVar("T")


def note_thread(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        seen.append(threading.current_thread().name)
        return get_response(request)

    return middleware


def hello(request: HttpRequest) -> HttpResponse:
    seen.append(threading.current_thread().name)
    return HttpResponse(f"hello {request.GET.get('who', '')}", headers={"X-Mark": "1"})


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body)


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def held(request: HttpRequest) -> StreamingHttpResponse:
    entered.set()
    assert may_answer.wait(5)
    response = StreamingHttpResponse([b"never sent"])
    response._resource_closers.append(closed.set)
    return response


async def later(request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(0)
    return HttpResponse("later")


def cookie(request: HttpRequest) -> FileResponse:
    response = FileResponse(BytesIO(OWN_TEXT), content_type="text/x-python")
    response.set_cookie("kept", "yes")
    return response


def many(request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        try:
            for number in range(3):
                seen.append(threading.current_thread().name)
                yield str(number).encode()
        finally:
            seen.append("cleaned")

    return StreamingHttpResponse(parts())


async def many_async(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[bytes]:
        for number in range(3):
            yield str(number).encode()

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("hello/", hello),
    path("echo/", echo),
    path("broken/", broken),
    path("held/", held),
    path("later/", later),
    path("file/", cookie),
    path("many/", many),
    path("many-async/", many_async),
]


@pytest.fixture(autouse=True)
def small_site(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [f"{__name__}.note_thread"] * 2
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    seen.clear()


@pytest.fixture
def finished() -> Iterator[list[type]]:
    senders: list[type] = []

    def note(sender: type, **kwargs: Any) -> None:
        senders.append(sender)

    signals.request_finished.connect(note)
    yield senders
    signals.request_finished.disconnect(note)


def run(work: Coroutine[Any, Any, T]) -> T:
    async def bounded() -> T:
        return await asyncio.wait_for(work, 10)

    return asyncio.run(bounded())


def scope_of(address: str, method: str = "GET", query: bytes = b"") -> dict[str, Any]:
    headers = [(b"host", b"testserver")]
    return {"type": "http", "method": method, "path": address, "query_string": query, "headers": headers}


async def ask(address: str, body: bytes = b"", **more: Any) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body of one request through the handler."""
    client = ApplicationCommunicator(OneHopHandler(), scope_of(address, **more))
    await client.send_input({"type": "http.request", "body": body})
    start = await client.receive_output(5)
    parts = [await client.receive_output(5)]
    while parts[-1].get("more_body"):
        parts.append(await client.receive_output(5))
    await client.wait(5)
    return start["status"], dict(start["headers"]), b"".join(part.get("body", b"") for part in parts)


def test_middleware_and_view_run_in_one_thread_of_the_pool() -> None:
    status, headers, body = run(ask("/hello/", query=b"who=Ben"))
    assert (status, body, headers[b"X-Mark"]) == (200, b"hello Ben", b"1")
    assert len(seen) == 3
    assert len(set(seen)) == 1
    assert seen[0].startswith("page")


def test_the_end_of_a_request_is_signalled_once(finished: list[type]) -> None:
    run(ask("/hello/"))
    run(ask("/file/"))
    assert finished == [OneHopHandler, OneHopHandler]


def test_a_posted_body_arrives_whole() -> None:
    assert run(ask("/echo/", body=b"x" * 100_000, method="POST"))[2] == b"x" * 100_000


def test_a_body_over_the_limit_is_refused(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert run(ask("/echo/", body=b"x" * 11, method="POST"))[0] in (400, 413)


def test_a_query_that_is_no_text_is_refused(finished: list[type]) -> None:
    assert run(ask("/hello/", query=b"\xff"))[0] == 400
    assert len(finished) == 1


def test_an_unknown_address_answers_404() -> None:
    assert run(ask("/nowhere/"))[0] == 404


def test_a_failing_view_answers_500() -> None:
    assert run(ask("/broken/"))[0] == 500


def test_an_async_view_answers() -> None:
    assert run(ask("/later/"))[2] == b"later"


def test_a_small_file_keeps_its_headers_and_cookies() -> None:
    _, headers, body = run(ask("/file/"))
    assert body == OWN_TEXT
    assert headers[b"Content-Type"] == b"text/x-python"
    assert b"kept=yes" in headers[b"Set-Cookie"]


def test_a_large_file_is_streamed_in_parts(monkeypatch: pytest.MonkeyPatch, finished: list[type]) -> None:
    monkeypatch.setattr(onehop, "SMALL_FILE", 10)
    assert run(ask("/file/"))[2] == OWN_TEXT
    assert len(finished) == 1


def test_a_stream_is_iterated_in_one_thread_of_its_own_and_cleaned_up() -> None:
    assert run(ask("/many/"))[2] == b"012"
    stream_threads = set(seen[2:-1])
    assert len(stream_threads) == 1
    assert stream_threads.pop().startswith("stream")
    assert seen[-1] == "cleaned"


def test_an_async_stream_is_sent() -> None:
    assert run(ask("/many-async/"))[2] == b"012"


def test_a_client_that_leaves_before_its_body_came_runs_no_view() -> None:
    async def leave() -> None:
        client = ApplicationCommunicator(OneHopHandler(), scope_of("/echo/", method="POST"))
        await client.send_input({"type": "http.request", "body": b"x", "more_body": True})
        await client.send_input({"type": "http.disconnect"})
        await client.wait(5)

    run(leave())
    assert seen == []


def test_what_was_posted_is_done_though_the_client_left(finished: list[type]) -> None:
    async def post_and_leave() -> None:
        client = ApplicationCommunicator(OneHopHandler(), scope_of("/hello/", method="POST"))
        await client.send_input({"type": "http.request", "body": b"x"})
        await client.send_input({"type": "http.disconnect"})
        await client.wait(5)

    run(post_and_leave())
    assert len(seen) == 3
    assert len(finished) == 1


def test_a_response_nobody_waits_for_any_more_is_closed() -> None:
    async def give_up() -> None:
        client = ApplicationCommunicator(OneHopHandler(), scope_of("/held/"))
        await client.send_input({"type": "http.request"})
        assert await asyncio.to_thread(entered.wait, 5)
        client.future.cancel()
        await asyncio.wait([client.future])
        may_answer.set()
        assert await asyncio.to_thread(closed.wait, 5)

    run(give_up())
