"""A plain ASGI application that notes what its server does with it, one habit for each path."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

import anyio
from anyio.lowlevel import checkpoint

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Receive, Scope, Send

Note = dict[str, object]
Habit = Callable[["Scope", "Receive", "Send"], Awaitable[Note]]

A_WHILE: Final = 0.2
"""Seconds after which a call that has not returned counts as one that never does."""
BIG: Final = "x" * 2**20
ACCEPT: Final[Event] = {"type": "websocket.accept"}


async def scope_of(scope: Scope, receive: Receive, send: Send) -> Note:
    """Note what the server promises."""
    await receive()
    await send(ACCEPT)
    await _disconnect(receive)
    return {"version": scope["asgi"]["spec_version"], "extensions": list(scope["extensions"])}


async def keys(scope: Scope, receive: Receive, send: Send) -> Note:
    """Note what is in the event of a text."""
    await receive()
    await send(ACCEPT)
    event = await receive()
    # A return now can cross the client's close, and that can end all of Hypercorn on Trio.
    await _disconnect(receive)
    return {"keys": sorted(event)}


async def departure(scope: Scope, receive: Receive, send: Send) -> Note:
    """Note how the server tells of a client that leaves, and what it says when asked again."""
    await receive()
    await send(ACCEPT)
    return {"told": [_told(await _disconnect(receive)), *await _rest(receive)]}


async def late(scope: Scope, receive: Receive, send: Send) -> Note:
    """Note what a send does when the client has left a while ago."""
    await receive()
    await send(ACCEPT)
    await _disconnect(receive)
    await anyio.sleep(A_WHILE)
    try:
        await send({"type": "websocket.send", "text": "late"})
    except OSError:
        return {"raised": "OSError"}
    return {"raised": None}


async def own_close(scope: Scope, receive: Receive, send: Send) -> Note:
    """Note what the server tells of the application's own close."""
    await receive()
    await send(ACCEPT)
    await send({"type": "websocket.close", "code": 4000, "reason": "enough"})
    return {"told": await _rest(receive)}


async def refusal(scope: Scope, receive: Receive, send: Send) -> Note:
    """Refuse the handshake, and note what the server tells of that."""
    await receive()
    await send({"type": "websocket.close", "code": 3404})
    return {"told": await _rest(receive)}


async def denial(scope: Scope, receive: Receive, send: Send) -> Note:
    """Deny the handshake with a response, and note what the server tells of that."""
    await receive()
    # Without a Content-Length no client has all of it before the server itself is done.
    headers = [(b"x-why", b"because")]
    await send({"type": "websocket.http.response.start", "status": 401, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b"stop", "more_body": False})
    return {"told": await _rest(receive)}


async def returned(scope: Scope, receive: Receive, send: Send) -> Note:
    """Return without a close."""
    await receive()
    await send(ACCEPT)
    return {}


async def cut(scope: Scope, receive: Receive, send: Send) -> Note:
    """Send from a cancelled scope, and then from none."""
    await receive()
    await send(ACCEPT)
    with anyio.CancelScope() as cancelled:
        cancelled.cancel()
        await send({"type": "websocket.send", "text": "cut"})
    await send({"type": "websocket.send", "text": "whole"})
    await _disconnect(receive)
    return {}


async def stuck(scope: Scope, receive: Receive, send: Send) -> Note:
    """Send to a client that does not read, and note whether a deadline ends that."""
    await receive()
    await send(ACCEPT)
    began = anyio.current_time()
    with anyio.move_on_after(A_WHILE):
        while True:
            await send({"type": "websocket.send", "text": BIG})
            # Once the client has gone a send may return without ever waiting.
            await checkpoint()
    return {"cut in time": anyio.current_time() - began < 3 * A_WHILE}


HABITS: Final[dict[str, Habit]] = {
    "scope": scope_of,
    "keys": keys,
    "departure": departure,
    "late": late,
    "own-close": own_close,
    "refusal": refusal,
    "denial": denial,
    "returned": returned,
    "cut": cut,
    "stuck": stuck,
}

_notes: Final[dict[str, Note]] = {}
_written: Final[dict[str, anyio.Event]] = {}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve WebSockets at `/habit/key`; give the note at `/notes/key`, when it is written."""
    if scope["type"] == "lifespan":
        raise RuntimeError("lifespan is not supported")
    _, habit, key = scope["path"].split("/")
    if scope["type"] == "websocket":
        _notes[key] = await HABITS[habit](scope, receive, send)
        _event(key).set()
        return
    await _event(key).wait()
    body = json.dumps(_notes[key]).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _event(key: str) -> anyio.Event:
    return _written.setdefault(key, anyio.Event())


async def _disconnect(receive: Receive) -> Event:
    while (event := await receive())["type"] != "websocket.disconnect":
        pass
    return event


async def _rest(receive: Receive) -> list[object]:
    """What receive() still gives, up to the call that does not return."""
    told: list[object] = []
    with anyio.move_on_after(A_WHILE):
        while len(told) < 4:
            told.append(_told(await receive()))
    return told


def _told(event: Event) -> object:
    return [event.get("code"), event.get("reason")]
