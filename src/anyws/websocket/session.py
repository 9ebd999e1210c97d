"""The life of a connection: who cancels whom, which exception wins, and how it says goodbye."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

import anyio
from anyio.lowlevel import checkpoint_if_cancelled

from anyws._concurrency import bare, failures, noting_wait, shielded
from anyws.websocket.closing import NORMAL_CLOSURE
from anyws.websocket.state import State

if TYPE_CHECKING:
    from anyws.websocket.connection import Connection
    from anyws.websocket.state import End

_logger = logging.getLogger("anyws")


class Conversation(Protocol):
    """What the application does with a connection."""

    @property
    def farewell(self) -> End:
        """What a client is told whose connection is cancelled from outside."""

    async def respond(self) -> None:
        """Run the middleware and the responder."""

    def choose(self, errors: list[Exception]) -> Exception:
        """Choose which of several errors, one at least, goes to the error handlers."""

    async def settle(self, error: Exception) -> None:
        """Have an error handled; what it raises goes to the server."""

    async def part(self, error: Exception | None) -> None:
        """Tell the middleware that the connection is over, and the error that ended it."""


class _Outcome(NamedTuple):
    """What has come of a responder and its task group."""

    own: list[Exception]
    """The responder's own errors."""
    others: list[Exception]
    """Those of the group's other tasks."""
    outside: BaseException | None
    """The cancellation from outside, if one was seen."""
    returned: bool


async def run_session(connection: Connection, conversation: Conversation) -> None:
    """Hold a conversation over a connection that the server has announced, until both are over.

    When it returns or raises, no task of the connection is left, and the client has got its close
    frame unless it was gone or did not take one within `close_timeout`.
    """
    error: Exception | None = None
    try:
        # While the responder runs, nothing waits in between that each connection would hold.
        error = await _judge(
            connection, conversation, await _run_in_group(connection, conversation)
        )
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
    own, others, outside, returned = outcome
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
        return None if returned else connection.eviction()
    finally:
        # Their tracebacks hold this frame.
        del outcome, own, others, outside


async def _run_in_group(connection: Connection, conversation: Conversation) -> _Outcome:
    """Run the responder in the connection's task group, which ends with it."""
    own: list[Exception] = []
    others: list[Exception] = []
    outside: BaseException | None = None
    returned = False
    try:
        async with anyio.create_task_group() as group:
            try:
                connection.enter(group)
                await noting_wait(conversation.respond(), connection.note_wait)
                returned = True
            except (Exception, BaseExceptionGroup, anyio.get_cancelled_exc_class()) as error:
                own = failures(error)
                if not own:
                    # A cancellation: from outside, if nobody has cancelled the group itself.
                    outside = None if group.cancel_scope.cancel_called else bare(error)
                    raise
            finally:
                connection.leave()
                if connection.has_tasks:
                    group.cancel_scope.cancel()
    except BaseExceptionGroup as errors:
        others = failures(errors)
    try:
        return _Outcome(own, others, outside, returned)
    finally:
        # Their tracebacks hold this frame.
        del own, others, outside
