"""The end that a drain asks a connection for, and the critical sections that it waits for."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from anyws._concurrency import shielded
from anyws.websocket.state import State

if TYPE_CHECKING:
    from anyws.websocket.connection import Connection
    from anyws.websocket.state import End


class Dismissal:
    """Sees one connection out: once it has been asked for, and its critical sections are through.

    Few connections have one: those with critical sections, and those that a drain has come to.
    """

    __slots__ = ("_begun", "_connection", "_goodbye", "_refuses", "_sections")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._goodbye: End | None = None
        self._refuses = True
        self._sections = 0
        self._begun = False

    def ask(self, goodbye: End, *, refuse: bool) -> None:
        """Close the connection as soon as its sections allow.

        A handshake that is not answered yet is refused, or else waited for.
        """
        if self._goodbye is None:
            self._goodbye = goodbye
            self._refuses = refuse
        self.proceed()

    def insist(self, goodbye: End, *, grace: float) -> None:
        """Close the connection now, and cancel its responder, or the handler of its error.

        A goodbye that is under way has so many seconds left; with 0 the client is given up.
        """
        connection = self._connection
        if self._goodbye is None:
            self._goodbye = goodbye
        self._begin()
        if connection.closed:
            connection.outgoing.sender.hurry(grace)
        elif grace <= 0:
            connection.outgoing.give_up(goodbye)
        connection.cancel_responder()

    def proceed(self) -> None:
        """Close the connection if that has been asked for, and nothing is in the way any more."""
        if self._goodbye is not None and not self._sections and not self._awaits_answer:
            self._begin()

    async def wait_admitted(self) -> None:
        """Return at once where a section may begin. Once a drain has come to the connection, none
        may: wait for the end then, and raise it."""
        if self._goodbye is not None and not self._awaits_answer:
            await self._connection.wait_end()
            raise self._connection.gone()

    def begin_section(self) -> None:
        """A critical section begins. Raises `WebSocketDisconnected` where it is too late."""
        if self._connection.end is not None:
            raise self._connection.gone()
        self._sections += 1

    def end_section(self) -> None:
        """A critical section has ended."""
        self._sections -= 1
        self.proceed()

    @property
    def _awaits_answer(self) -> bool:
        return self._connection.state is State.CONNECTING and not self._refuses

    def _begin(self) -> None:
        if not self._begun and not self._connection.closed:
            # It is left to the session where the responder has ended.
            self._begun = self._connection.spawn(self._close, name="anyws: drain")

    async def _close(self) -> None:
        assert self._goodbye is not None  # it has been asked for
        connection = self._connection
        if connection.state is State.CONNECTING:
            with shielded(connection.options.close_timeout), suppress(Exception):
                await connection.turn_away(self._goodbye)
            if connection.closed:
                connection.cancel_responder()
                return
            # It was accepted meanwhile.
        await connection.close_for_good(self._goodbye)
