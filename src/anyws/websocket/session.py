"""The life of a connection: who cancels whom, which exception wins, and how it says goodbye."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

import anyio
from anyio.lowlevel import checkpoint_if_cancelled

from anyws._concurrency import bare, failures, noting_wait, shielded
from anyws.websocket.closing import NORMAL_CLOSURE
from anyws.websocket.state import State

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from anyws.websocket.connection import Connection
    from anyws.websocket.state import End

_logger = logging.getLogger("anyws")


class Conversation(Protocol):
    """What the application does with a connection."""

    @property
    def farewell(self) -> End:
        """What a client is told whose connection is cancelled from outside."""

    def respond(self) -> Awaitable[object]:
        """Give what is awaited for the middleware and the responder to run."""

    def choose(self, errors: list[Exception]) -> Exception:
        """Choose which of several errors, one at least, goes to the error handlers."""

    async def settle(self, error: Exception) -> None:
        """Have an error handled; what it raises goes to the server."""

    async def part(self, error: Exception | None) -> None:
        """Tell the middleware that the connection is over, and the error that ended it."""


class _Outcome:
    """What comes of a responder and its task group."""

    __slots__ = ("others", "outside", "own", "returned")

    def __init__(self) -> None:
        self.own: list[Exception] = []
        """The responder's own errors."""
        self.others: list[Exception] = []
        """Those of the group's other tasks."""
        self.outside: BaseException | None = None
        """The cancellation from outside, if one was seen."""
        self.returned: bool = False

    def note(self, raised: BaseException, *, from_outside: bool) -> None:
        """Note what the responder has raised: errors, or a cancellation, which came from outside
        if nobody has cancelled the group itself."""
        self.own = failures(raised)
        if not self.own and from_outside:
            self.outside = bare(raised)


async def run_session(connection: Connection, conversation: Conversation) -> None:
    """Hold a conversation over a connection that the server has announced, until both are over.

    When it returns or raises, no task of the connection is left, and the client has got its close
    frame unless it was gone or did not take one within `close_timeout`.
    """
    error: Exception | None = None
    outcome = _Outcome()
    try:
        try:
            async with anyio.create_task_group() as group:
                try:
                    connection.enter(group)
                    # What the responder waits for comes to it through all that awaits it, for each
                    # message: nothing else waits in between.
                    await noting_wait(conversation.respond(), connection.note_wait)
                    outcome.returned = True
                except (Exception, BaseExceptionGroup, anyio.get_cancelled_exc_class()) as raised:
                    outcome.note(raised, from_outside=not group.cancel_scope.cancel_called)
                    if not outcome.own:
                        raise
                finally:
                    connection.leave()
                    if connection.has_tasks:
                        group.cancel_scope.cancel()
        except BaseExceptionGroup as errors:
            outcome.others = failures(errors)
        error = await _judge(connection, conversation, outcome)
        if error is not None:
            await _settle(connection, conversation, error)
        elif connection.state is State.CONNECTING and not connection.closed:
            _logger.info("%s was not accepted, and so it is refused", connection.path)
        await connection.outgoing.finish(NORMAL_CLOSURE)
    except anyio.get_cancelled_exc_class():
        error = None
        # finish() logs what goes wrong; the cancellation is what goes on.
        with shielded(connection.options.close_timeout), suppress(Exception):
            farewell = conversation.farewell
            await connection.outgoing.finish(farewell.code, farewell.reason)
        raise
    finally:
        try:
            await conversation.part(error)
        finally:
            # Tracebacks hold this frame, and it would hold what they belong to.
            del outcome, error
            connection.release()


async def _settle(connection: Connection, conversation: Conversation, error: Exception) -> None:
    """Have an error handled, in a group of its own: limits hold for handlers too.

    Most connections end with their client's departure, and then there is nothing to limit; but a
    drain has a deadline.
    """
    if connection.closed and connection.dismissal is None:
        await conversation.settle(error)
        return
    failure: Exception | None = None
    async with anyio.create_task_group() as group:
        connection.lend(group)
        try:
            await conversation.settle(error)
        except Exception as raised:
            failure = raised
        finally:
            connection.leave()
            group.cancel_scope.cancel()
    if failure is not None:
        try:
            raise failure
        finally:
            # Its traceback holds this frame.
            del failure


async def _judge(
    connection: Connection,
    conversation: Conversation,
    outcome: _Outcome,
) -> Exception | None:
    """Give the error that wins, if any, of what has come of the responder.

    The responder's own comes first; else the first of its group's children. A cancellation from
    outside passes through, and takes precedence over both.
    """
    own, others, outside = outcome.own, outcome.others, outcome.outside
    try:
        if outside is None and (own or others):
            try:
                # Errors hide a cancellation that came at the same time.
                await checkpoint_if_cancelled()
            except anyio.get_cancelled_exc_class() as cancellation:
                outside = cancellation
        winners = [] if outside is not None else own or others
        for error in own + others:
            if error not in winners and not connection.is_own(error):
                _logger.error("failed beside the end of %s", connection.path, exc_info=error)
        if outside is not None:
            raise outside
        if winners:
            return conversation.choose(winners)
        return None if outcome.returned else connection.eviction()
    finally:
        # Their tracebacks hold this frame.
        del outcome, own, others, outside
