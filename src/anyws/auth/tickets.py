"""Tickets: secrets that are issued over HTTP, and are good for one handshake soon after."""

from __future__ import annotations

import hashlib
import math
import secrets
from typing import Final, Generic, NamedTuple, TypeVar

import anyio

from anyws.auth.arguments import check_seconds
from anyws.errors import HTTPServiceUnavailable

UserT = TypeVar("UserT")

# Bytes of randomness in a ticket: RFC 6749, section 10.10, asks for 16 at least.
_SIZE: Final = 32


class _Issued(NamedTuple, Generic[UserT]):
    user: UserT
    expires: float


class Tickets(Generic[UserT]):
    """Issues tickets, and redeems each of them once, within `lifetime` seconds.

    They are kept in this process, and forgotten with it: where several processes serve one
    application, keep tickets where all of them look, and give `TicketAuth` a function of your own.
    What is kept is a digest of each ticket, and its user.

    No more than `max_outstanding` are kept. Those that have expired make room when the next one is
    issued or redeemed. The clock is the event loop's, so a virtual one counts in tests.

    Raises `ValueError` for a lifetime that is not above 0, and for room for less than one ticket.
    """

    def __init__(self, *, lifetime: float = 30, max_outstanding: int = 10_000) -> None:
        check_seconds("lifetime", lifetime)
        if max_outstanding < 1:
            raise ValueError(f"max_outstanding must be 1 or more, not {max_outstanding!r}")
        self._lifetime = lifetime
        self._max_outstanding = max_outstanding
        # In the order of issue, which is the order of expiry.
        self._issued: dict[bytes, _Issued[UserT]] = {}

    def issue(self, user: UserT) -> str:
        """Make a ticket for a user: text that can stand in a URL as it is.

        Send it in a response that nobody keeps (`Cache-Control: no-store`), and only to whom
        `user` has proved to be.

        Raises `HTTPServiceUnavailable` (503) that says when to try again, if `max_outstanding`
        tickets are neither redeemed nor expired.
        """
        now = anyio.current_time()
        self._drop_expired(now)
        if len(self._issued) >= self._max_outstanding:
            oldest = next(iter(self._issued.values()))
            raise HTTPServiceUnavailable(
                description="Too many tickets are waiting to be redeemed.",
                retry_after=math.ceil(oldest.expires - now),
            )
        ticket = secrets.token_urlsafe(_SIZE)
        self._issued[_digest(ticket)] = _Issued(user, now + self._lifetime)
        return ticket

    async def redeem(self, ticket: str) -> UserT | None:
        """Give the user whom a ticket was issued to; None if it is unknown, expired or used.

        It is used up then, whatever becomes of the handshake. Of several calls at the same time
        one gets the user: nothing is awaited here.
        """
        self._drop_expired(anyio.current_time())
        issued = self._issued.pop(_digest(ticket), None)
        return None if issued is None else issued.user

    def _drop_expired(self, now: float) -> None:
        while self._issued:
            oldest = next(iter(self._issued))
            if self._issued[oldest].expires > now:
                return
            del self._issued[oldest]


def _digest(ticket: str) -> bytes:
    # Digests are what is compared: how long that takes says nothing about any ticket, since nobody
    # can choose a text by the beginning of its digest and learn the rest from there.
    return hashlib.sha256(ticket.encode(errors="surrogatepass")).digest()
