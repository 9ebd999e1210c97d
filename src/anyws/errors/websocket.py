"""Errors that a WebSocket raises at the code that uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class DenialResponse(Protocol):
    """The HTTP response that a handshake was denied with, as a test's client sees it."""

    @property
    def status_code(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...
    @property
    def text(self) -> str: ...


class WebSocketDisconnected(ConnectionError):
    """The connection has ended, whichever side ended it, and whatever the server says about it.

    `code` is the close code of RFC 6455, section 7.4 (None stands for 1000, the code of a normal
    closure), `reason` the text that came with it, or None.
    """

    code: int
    reason: str | None
    response: DenialResponse | None
    """What a simulated handshake was denied with, where that was more than a close."""
    # The connection that raised it; None where a program raised it by hand.
    _connection: object | None

    def __init__(self, code: int | None = None, reason: str | None = None) -> None:
        super().__init__(code, reason)
        self.code = 1000 if code is None else code
        self.reason = reason
        self.response = None
        self._connection = None

    @property
    def path(self) -> str | None:
        """The path of the WebSocket that has ended; None if a program raised this by hand."""
        path: str | None = getattr(self._connection, "path", None)
        return path

    def __str__(self) -> str:
        if self.reason:
            return f"the WebSocket was closed with code {self.code}: {self.reason}"
        return f"the WebSocket was closed with code {self.code}"


class WebSocketPathNotFound(WebSocketDisconnected):
    """The handshake was refused with 3404: no route matches the path."""


class WebSocketHandlerNotFound(WebSocketDisconnected):
    """The handshake was refused with 3405: the resource has no `on_websocket` responder."""


class WebSocketServerError(WebSocketDisconnected):
    """The handshake was refused with 1011: the application failed."""


class PayloadTypeError(TypeError):
    """The message is text where binary was asked for, or the other way round.

    The message has been consumed; the connection goes on.
    """
