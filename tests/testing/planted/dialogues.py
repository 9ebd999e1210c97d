"""Applications that talk to their server themselves: four bugs, and what mends them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
from anyio.lowlevel import checkpoint

from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp, Receive, Scope, Send


def text(message: str) -> dict[str, object]:
    return {"type": "websocket.send", "text": message}


async def last_word_in_a_cancelled_scope(scope: Scope, receive: Receive, send: Send) -> None:
    """The bug: what is sent from a cancelled scope goes out on some servers, not on others."""
    with anyio.move_on_after(1):
        try:
            await anyio.sleep_forever()
        finally:
            await send(text("time is up"))
    await apps.until_left(scope, receive, send)


async def last_word_after_the_scope(scope: Scope, receive: Receive, send: Send) -> None:
    with anyio.move_on_after(1):
        await anyio.sleep_forever()
    await send(text("time is up"))
    await apps.until_left(scope, receive, send)


class News:
    """The bug: between a member's close and its removal the news can still go to it."""

    def __init__(self, *, removes_first: bool = False) -> None:
        self._members: list[Send] = []
        self._removes_first = removes_first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._members.append(send)
        while (event := await receive())["type"] == "websocket.receive":
            if event["text"] == "quit":
                await self._quit(send)
                return
            for member in tuple(self._members):
                await member(text(event["text"]))
        self._members.remove(send)

    async def _quit(self, send: Send) -> None:
        if self._removes_first:
            self._members.remove(send)
        await send({"type": "websocket.close"})
        await self._write_log()
        if not self._removes_first:
            self._members.remove(send)

    async def _write_log(self) -> None:
        for _ in range(3):
            await checkpoint()


async def swallow(scope: Scope, receive: Receive, send: Send) -> None:
    """The bug: whatever goes wrong with an answer, nobody learns of it."""
    while (event := await receive())["type"] == "websocket.receive":
        with suppress(Exception):
            await send({"type": "websocket.send", "text": event["text"].encode()})


async def accept_again(scope: Scope, receive: Receive, send: Send) -> None:
    """The bug: whoever checks the token accepts, and so does the endpoint behind."""
    await send({"type": "websocket.accept"})
    await apps.echo_messages(scope, receive, send)


def lossy() -> ASGIApp:
    return apps.accepting(last_word_in_a_cancelled_scope)


def lossless() -> ASGIApp:
    """What mends the loss."""
    return apps.accepting(last_word_after_the_scope)


def racing() -> ASGIApp:
    return apps.accepting(News())


def orderly() -> ASGIApp:
    """What mends the race."""
    return apps.accepting(News(removes_first=True))


def swallowing() -> ASGIApp:
    return apps.accepting(swallow)


def twice_accepted() -> ASGIApp:
    return apps.accepting(accept_again)


def echoing() -> ASGIApp:
    """What mends the last two."""
    return apps.echo
