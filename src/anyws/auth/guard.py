"""What all ways to authenticate a WebSocket have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from anyws._callables import is_coroutine_function
from anyws.errors import HTTPUnauthorized
from anyws.websocket.socket import WebSocket

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anyws.http.request import Request

UserT = TypeVar("UserT")

Verify: TypeAlias = Callable[[str], Awaitable[UserT | None]]
"""A coroutine function that takes a secret, and gives whose it is; None or False for nobody's."""


class Guard(ABC, Generic[UserT]):
    """Lets in the clients whose secret `verify` knows: the base of what is in `anyws.auth`.

    As a component (`App(middleware=guard)`) it stands before every WebSocket: before routing, and
    so before sinks and missing routes too. As a hook (`@anyws.before(guard)`) it stands before one
    responder, whose resource's own `ws_options` count by then. Within a responder,
    `user = await guard.authenticate(req, ws)`.

    What `verify` gives becomes `req.context.user`, which is `ws.context.user`. None refuses the
    client, and so does False: a function that answers yes or no will do. It is awaited as long as
    it takes, up to `ws_options.handshake_timeout` where the socket is not accepted yet. What it
    raises goes to the error handlers as it is, and its text to the log: it must not name the
    secret. A cancellation passes through, and admits nobody.

    The secret is in no log record and in no exception that is raised here.

    Raises `TypeError` if `verify` is no coroutine function.
    """

    _challenge: str
    """What stands in the WWW-Authenticate field of a refusal (RFC 9110, section 11.6.1)."""

    def __init__(self, verify: Verify[UserT]) -> None:
        if not is_coroutine_function(verify):
            raise TypeError(
                f"{type(self).__name__} takes a coroutine function that is given the secret: "
                f"define it with 'async def', {verify!r} is none"
            )
        self._verify = verify

    @abstractmethod
    async def authenticate(self, req: Request, ws: WebSocket) -> UserT:
        """Find out whose connection it is: give the user, who is in `ws.context.user` too.

        Raises `HTTPUnauthorized` for everybody else. Unhandled it refuses the handshake with a
        403, or with a real 401 where `ws_options.denial_responses` are on, and closes with 3401
        what was accepted. Raises `WebSocketDisconnected` when the client has left.
        """

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        """Authenticate every WebSocket of the application."""
        await self.authenticate(req, ws)

    async def __call__(
        self, req: Request, ws: object, resource: object, params: Mapping[str, object]
    ) -> None:
        """Authenticate before the responder that this is a hook of."""
        # Around a whole class it runs for HTTP too, where it has nothing to go by.
        if not isinstance(ws, WebSocket):
            raise TypeError(
                f"{type(self).__name__} authenticates WebSockets: put the hook on on_websocket of "
                f"{type(resource).__name__}, not on the class or a responder for HTTP"
            )
        await self.authenticate(req, ws)

    async def _admit(self, ws: WebSocket, secret: str) -> UserT:
        """Have a secret verified; raise `HTTPUnauthorized` unless it is somebody's."""
        user = await self._verify(secret)
        if user is None or user is False:
            raise self._refusal("What was shown is not valid, or not any more.")
        ws.context.user = user
        return user

    def _refusal(self, description: str) -> HTTPUnauthorized:
        return HTTPUnauthorized(description=description, challenges=[self._challenge])
