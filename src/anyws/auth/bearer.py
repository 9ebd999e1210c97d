"""A token among the subprotocols of the handshake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws.auth.guard import Guard, UserT, Verify
from anyws.headers import is_token

if TYPE_CHECKING:
    from anyws.http.request import Request
    from anyws.websocket.socket import WebSocket


class BearerSubprotocol(Guard[UserT]):
    """Takes the subprotocol that follows `name` for a token: `new WebSocket(url, ["bearer", token])`.

    A client whose token is valid is accepted with the subprotocol `name`: whoever comes later does
    not accept again. The token is never sent back; `ws.subprotocols` stays what the client offers.

    A subprotocol has fewer characters than a header's value (RFC 6455, section 4.1): no `/` and no
    `=`, for example. A JSON Web Token and base64url without padding fit; other base64 does not,
    and browsers refuse to send it.

    See `Guard` for `verify`. Raises `ValueError` for a name that can't be a subprotocol.
    """

    _challenge = "Bearer"

    def __init__(self, verify: Verify[UserT], *, name: str = "bearer") -> None:
        super().__init__(verify)
        if not is_token(name):
            raise ValueError(
                f"name={name!r} can't be a subprotocol: it is one or more ASCII letters, digits "
                "and characters of !#$%&'*+-.^_`|~"
            )
        self._name = name

    async def authenticate(self, req: Request, ws: WebSocket) -> UserT:
        """Verify the token and accept with the subprotocol `name`: see `Guard.authenticate()`.

        Raises `OperationNotAllowed` if the socket is accepted already.
        """
        user = await self._admit(ws, self._token_among(ws.subprotocols))
        await ws.accept(self._name)
        return user

    def _token_among(self, offered: tuple[str, ...]) -> str:
        place = offered.index(self._name) + 1 if offered.count(self._name) == 1 else 0
        if not 0 < place < len(offered):
            raise self._refusal(
                f"Offer two subprotocols: {self._name!r}, and the token right after it."
            )
        token = offered[place]
        if not is_token(token):
            raise self._refusal(
                "The token has characters that a subprotocol can't have (RFC 6455, section 4.1): "
                "encode it as base64url without padding."
            )
        return token
