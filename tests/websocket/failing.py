"""What fails in tests, and what becomes of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

import anyio
import pytest

from anyws import App, HTTPError, Request, WebSocket, WebSocketDisconnected

Child = Callable[[], Coroutine[Any, Any, object]]


class Kept:
    """The error handler of an application for some classes, all by default; it keeps what it gets."""

    def __init__(self, app: App, *kinds: type[Exception]) -> None:
        self.errors: list[Exception] = []
        app.add_error_handler(kinds or (Exception, HTTPError, WebSocketDisconnected), self.handle)

    async def handle(self, req: object, resp: object, ex: Exception, params: object) -> None:
        self.errors.append(ex)


def raising(error: BaseException) -> Child:
    """A child that fails at once."""

    async def child() -> None:
        raise error

    return child


def raising_when_cancelled(error: Exception) -> Child:
    """A child that fails in its cleanup."""

    async def child() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            raise error

    return child


def errors_in(caplog: pytest.LogCaptureFixture) -> list[BaseException]:
    """The exceptions that were logged as errors."""
    return [
        record.exc_info[1]
        for record in caplog.records
        if record.levelno == logging.ERROR and record.exc_info and record.exc_info[1]
    ]


class Narrow(KeyError):
    """An exception that brings its handler."""

    handled: ClassVar[list[Exception]] = []

    @staticmethod
    async def handle(req: Request, resp: object, ex: Exception, params: object) -> None:
        Narrow.handled.append(ex)


async def fail(req: Request, ws: WebSocket) -> None:
    """Fail before the handshake is accepted."""
    raise Narrow("lost")
