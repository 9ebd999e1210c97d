"""Sending a response: its headers and its body, whatever that comes from."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import anyio
from anyio.lowlevel import checkpoint

from anyws._asgi.events import http_response_body, http_response_start
from anyws._concurrency import failures, shielded
from anyws.app.streaming import Streaming
from anyws.errors import ClientDisconnected
from anyws.http.departure import CLOSE_GRACE, Departure
from anyws.http.rendering import as_bytes
from anyws.http.streams import aclose, chunks
from anyws.sse.feed import EventFeed

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from anyws._asgi.types import Event, Send
    from anyws.app.draining import Draining
    from anyws.http.rendering import Rendered
    from anyws.http.request import Request
    from anyws.http.response import Response, ServerSentEvent
    from anyws.http.streams import StreamSource

_logger = logging.getLogger("anyws")

_PATIENCE: Final = 5
"""Seconds without more of a request's body after which its response ends before it."""

_LONGEST: Final = 30
"""Seconds after which it does so whatever comes: a client could send for ever."""
_NEWS: Final = 1
"""Seconds that a server whose `send()` failed has to tell that the client has left."""


async def deliver(
    rendered: Rendered,
    request: Request,
    response: Response,
    send: Send,
    draining: Draining,
) -> None:
    """Send what was rendered. The sources of the response are closed in every case.

    Where a source fails the response is cut off: the server ends the connection without the end
    of the body, which is how a client knows. The error is logged.
    """
    delivery = _Delivery(request, response, send, draining)
    try:
        await delivery.run(rendered)
    except (Exception, BaseExceptionGroup) as group:
        errors = failures(group)
        if not errors:
            raise
        for error in errors:
            delivery.explain(error)
    finally:
        for source in (response.stream, response.sse):
            if source is not None:
                await delivery.close(source)


class _ClientLeft(Exception):
    """The server says so by an error of its `send()`: an `OSError`, as ASGI has it from version 2.4
    on, or any other one that comes with an `http.disconnect`."""


class _Delivery:
    """One response on its way."""

    __slots__ = ("_draining", "_request", "_response", "_to_server")

    def __init__(
        self, request: Request, response: Response, send: Send, draining: Draining
    ) -> None:
        self._draining = draining
        self._request = request
        self._response = response
        self._to_server = send

    async def run(self, rendered: Rendered) -> None:
        start = http_response_start(rendered.status, rendered.headers)
        if rendered.body is not None:
            if self._request.is_arriving:
                await self._send_beside_upload(start, rendered.body)
            else:
                await self._send(start, http_response_body(rendered.body, more=False))
            return
        await self._send(start)
        if rendered.stream is not None:
            await self._send_stream(rendered.stream)
        elif rendered.sse is not None:
            await self._send_events(rendered.sse)

    async def close(self, source: object) -> None:
        """Close a source; what it raises is logged."""
        try:
            with shielded(CLOSE_GRACE):
                await aclose(source)
        except Exception as error:
            self.explain(error)

    def explain(self, error: Exception) -> None:
        """Write down why the response has ended where it did."""
        method, path = self._request.method, self._request.path
        if isinstance(error, (_ClientLeft, ClientDisconnected)):
            _logger.debug("the client of %s %s has left: %r", method, path, error.__cause__)
        else:
            _logger.error("the response to %s %s failed", method, path, exc_info=error)

    async def _send_beside_upload(self, start: Event, body: bytes) -> None:
        """Send a body while the end of the request's own has not been seen.

        What nobody takes fills the queues of a server, which then cannot go on: it is dropped.
        """
        events = (start, http_response_body(body, more=True))
        if not self._request.is_unread:
            await self._send(*events)
            await self._finish()
            return
        incoming = self._request.incoming
        incoming.discard_body()
        async with anyio.create_task_group() as group:
            group.start_soon(incoming.wait_disconnected)
            await self._send(*events)
            await self._finish()
            group.cancel_scope.cancel()

    async def _finish(self) -> None:
        """End the body of the response when the request's own has ended.

        A server has no place for what comes later: a connection of HTTP/1.1 is reset, and its
        client loses the response; one of HTTP/2 breaks with all that is in it (Hypercorn).
        """
        if self._request.is_arriving:
            with anyio.move_on_after(_LONGEST):
                await self._request.incoming.drop_body(patience=_PATIENCE)
        await self._send(http_response_body(b"", more=False))

    async def _send_stream(self, source: StreamSource) -> None:
        """Send the parts of a stream as they come, and stop at once when the client leaves."""
        parts = chunks(source)
        async with anyio.create_task_group() as group:
            departure = Departure(self._request.incoming, group.cancel_scope)
            group.start_soon(departure.watch)
            # Its length tells a download, which ends by itself, from a stream, which may not.
            endless = self._response.get_header("Content-Length") is None
            end = group.cancel_scope.cancel if endless else None
            with Streaming(self._draining, group.cancel_scope, end=end):
                async for part in departure.each(parts):
                    await self._send(
                        http_response_body(as_bytes("what resp.stream gives", part), more=True)
                    )
                    # A server whose client has left may take all there is without ever waiting;
                    # nobody else would have a turn, not even the one that is to tell of it.
                    await checkpoint()
                await self._finish()
            group.cancel_scope.cancel()

    async def _send_events(self, source: AsyncIterable[ServerSentEvent | None]) -> None:
        """Send events as they come, each at once, and stop at once when the client leaves."""
        # Servers may keep the headers until the first part of the body: ASGI HTTP specification,
        # "Response Start". A client knows by them that it is connected.
        await self._send(http_response_body(b"", more=True))
        interval = self._response.options.sse_ping_interval
        with EventFeed(source, ping_interval=interval) as feed:
            async with anyio.create_task_group() as group:
                departure = Departure(self._request.incoming, group.cancel_scope)
                group.start_soon(departure.watch)
                group.start_soon(feed.run, departure)
                # From here on it is the feed that closes the source.
                self._response.sse = None
                with Streaming(self._draining, group.cancel_scope, end=feed.end):
                    async for block in feed:
                        await self._send(http_response_body(block, more=True))
                    await self._finish()
                group.cancel_scope.cancel()

    async def _send(self, *events: Event) -> None:
        try:
            for event in events:
                await self._to_server(event)
        except OSError as error:
            raise _ClientLeft from error
        except Exception as error:
            # Hypercorn's Trio worker trips over its own closing of a connection, for example.
            with anyio.move_on_after(_NEWS):
                await self._request.incoming.wait_disconnected()
            if self._request.incoming.disconnected:
                raise _ClientLeft from error
            raise
