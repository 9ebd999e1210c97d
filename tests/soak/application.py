"""An application whose sockets end in every way there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

from anyio import sleep_forever
from anyio.lowlevel import checkpoint

from anyws import App, HTTPForbidden, Request, WebSocket, WebSocketDisconnected

Responder = Callable[[WebSocket], Awaitable[object]]


class Broken(Exception):
    """What goes wrong on purpose."""


async def return_at_once(ws: WebSocket) -> None:
    await ws.accept()


async def return_with_messages_unread(ws: WebSocket) -> None:
    await ws.accept()
    for _ in range(5):
        await ws.send_text("message")
        await checkpoint()


async def close(ws: WebSocket) -> None:
    await ws.accept()
    await ws.send_json({"a": 1})
    await ws.close(4000, "enough")


async def fail(ws: WebSocket) -> None:
    await ws.accept()
    raise Broken


async def fail_with_an_http_error(ws: WebSocket) -> None:
    await ws.accept()
    raise HTTPForbidden


async def have_a_failing_child(ws: WebSocket) -> None:
    await ws.accept()
    ws.task_group.start_soon(_fail_soon)
    await sleep_forever()


async def have_failing_children(ws: WebSocket) -> None:
    await ws.accept()
    for _ in range(3):
        ws.task_group.start_soon(_fail_soon)
    async for _ in ws:
        pass


async def cancel_the_group(ws: WebSocket) -> None:
    await ws.accept()
    ws.task_group.start_soon(sleep_forever)
    ws.task_group.cancel_scope.cancel()
    await checkpoint()


async def close_from_a_child(ws: WebSocket) -> None:
    await ws.accept()
    ws.task_group.start_soon(ws.close)
    async for _ in ws:
        pass


async def refuse(ws: WebSocket) -> None:
    await ws.close(4003)


async def refuse_with_an_http_error(ws: WebSocket) -> None:
    raise HTTPForbidden


async def fail_before_the_accept(ws: WebSocket) -> None:
    ws.task_group.start_soon(sleep_forever)
    await checkpoint()
    raise Broken


async def echo(ws: WebSocket) -> None:
    await ws.accept()
    async for message in ws:
        await ws.send_text(str(message))


async def send_only(ws: WebSocket) -> None:
    await ws.accept()
    while True:
        await ws.send_text("tick")
        await checkpoint()


async def move_on(ws: WebSocket) -> None:
    await ws.accept()
    with ws.move_on_disconnect():
        await sleep_forever()
    async for _ in ws:
        pass


async def fail_on(ws: WebSocket) -> None:
    await ws.accept()
    with ws.fail_on_disconnect():
        await sleep_forever()


async def watch_in_children(ws: WebSocket) -> None:
    await ws.accept()
    for _ in range(3):
        ws.task_group.start_soon(ws.wait_disconnected)
    ws.task_group.start_soon(_push, ws)
    await ws.wait_disconnected()


async def _push(ws: WebSocket) -> None:
    with suppress(WebSocketDisconnected):
        while ws.ready:
            await ws.send_data(b"tick")
            await checkpoint()


async def _fail_soon() -> None:
    await checkpoint()
    raise Broken


ENDING: tuple[Responder, ...] = (
    return_at_once,
    return_with_messages_unread,
    close,
    fail,
    fail_with_an_http_error,
    have_a_failing_child,
    have_failing_children,
    cancel_the_group,
    close_from_a_child,
    refuse,
    refuse_with_an_http_error,
    fail_before_the_accept,
)
"""Responders that end whatever the client does."""

STAYING: tuple[Responder, ...] = (echo, send_only, move_on, fail_on, watch_in_children)
"""Responders that end with the client."""


class Route:
    """A resource with one of the responders."""

    def __init__(self, responder: Responder) -> None:
        self._responder = responder

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await self._responder(ws)


class Tally:
    """Counts what ended the connections: the error that went to the handlers, or none."""

    def __init__(self) -> None:
        self.ends: Counter[str] = Counter()

    async def process_disconnect_ws(
        self, req: Request, ws: WebSocket, resource: object, error: Exception | None
    ) -> None:
        self.ends[type(error).__name__] += 1


def make_app(tally: Tally) -> App:
    """Make the application: the name of a responder is its path."""
    app = App(middleware=tally)
    for responder in (*ENDING, *STAYING):
        app.add_route(path_of(responder), Route(responder))
    return app


def path_of(responder: Responder) -> str:
    """Give the path of a responder."""
    return f"/{responder.__name__}"
