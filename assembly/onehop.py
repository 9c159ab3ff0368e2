"""Pages under ASGI in one thread hop, not two for each middleware."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from functools import partial
from typing import IO, Any, cast

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import connections
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

THREADS = 4
# Files up to this many bytes are read in the request's own hop.
SMALL_FILE = 2**20

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

# Fixed, so that each thread keeps its database connection between requests.
pool = ThreadPoolExecutor(THREADS, thread_name_prefix="page")


class OneHopHandler(ASGIHandler):
    """
    Django's ASGI handler with the middleware loaded as synchronous.

    The start signal, the whole chain, the view, the upkeep of connections and the closing of the
    response run in one thread of a fixed pool. A client that leaves does not stop a view: what it
    posted is still done. Async views work, at the price of a loop each.
    """

    def __init__(self) -> None:
        # Not ASGIHandler's own, which loads the middleware as asynchronous.
        self.load_middleware(is_async=False)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        context = copy_context()
        answer = partial(context.run, self.answer, scope, body)
        work = asyncio.get_running_loop().run_in_executor(pool, answer)
        try:
            # A cancelled wait must not lose a response that still has files to close.
            response = await asyncio.shield(work)
        except asyncio.CancelledError:
            work.add_done_callback(close_unsent)
            raise
        if response.streaming:
            await self.stream(cast(StreamingHttpResponse, response), context, send)
        else:
            await self.send_response(response, send)

    def answer(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        """Run the request; the response is closed unless it is a stream still to be sent."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal
        if request is None:
            body.close()
        else:
            response = self.get_response(request)
            response._handler_class = self.__class__
        if isinstance(response, FileResponse):
            response = read_small(response, self.chunk_size)
        if not response.streaming:
            response.close()
        return cast(HttpResponseBase, response)

    async def stream(self, response: StreamingHttpResponse, context: Context, send: Send) -> None:
        """Send a streaming response part by part, and close it in the pool whatever happens."""
        if not response.is_async:
            parts = iter(cast(Iterator[bytes], response.streaming_content))
            response.streaming_content = iterate_in_thread(parts, context)
        try:
            await self.send_response(response, send)
        finally:
            await asyncio.get_running_loop().run_in_executor(pool, response.close)


def read_small(response: Any, block_size: int) -> HttpResponseBase:
    """A plain response of the same content, when the file is small and its length is known."""
    response.block_size = block_size
    if response.is_async or int(response.headers.get("Content-Length", SMALL_FILE + 1)) > SMALL_FILE:
        return cast(HttpResponseBase, response)
    content = b"".join(response.streaming_content)
    whole: Any = HttpResponse(content, status=response.status_code, headers=response.headers)
    whole.cookies = response.cookies
    # Closed once, by whoever holds the answer: a second end signal would be untrue.
    whole._handler_class = response._handler_class
    whole._resource_closers = response._resource_closers
    return cast(HttpResponseBase, whole)


async def iterate_in_thread(parts: Iterator[bytes], context: Context) -> AsyncIterator[bytes]:
    """Iterate in one thread made for it: a database cursor must not change threads."""
    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(1, thread_name_prefix="stream")
    take = partial(context.run, partial(next, parts, None))
    try:
        while (part := await loop.run_in_executor(thread, take)) is not None:
            yield part
    finally:
        thread.submit(finish, parts)
        thread.shutdown(wait=False)


def finish(parts: Iterator[bytes]) -> None:
    """Let a generator clean up, and give back the connections of a thread that ends."""
    close = getattr(parts, "close", None)
    if close:
        close()
    connections.close_all()


def close_unsent(work: asyncio.Future[HttpResponseBase]) -> None:
    if not work.cancelled() and not work.exception() and work.result().streaming:
        work.get_loop().run_in_executor(pool, work.result().close)
