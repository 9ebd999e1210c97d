"""The types that the ASGI specification gives a server and an application.

Scopes and events are the server's dictionaries, with keys and values that the specification
describes in prose; `Any` is the honest type of such a value.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Event: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Event]]
Send: TypeAlias = Callable[[Event], Awaitable[None]]


class ASGIApp(Protocol):
    """An ASGI 3 application: a callable that serves one scope."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...
