"""The application at work: tasks that can be waited for, cancelled and described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import anyio

from anyws._concurrency import failures, leaves
from anyws.testing.frames import waiting_at
from anyws.testing.leaks.origins import current_origin
from anyws.testing.patience import LAST_WORDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType
    from typing import Self

    from anyio.abc import TaskGroup

    from anyws._asgi.types import ASGIApp, Event, Scope
    from anyws.testing.events import IllegalEvent
    from anyws.testing.leaks.origins import Origin
    from anyws.testing.stuck import StuckSends


class Exchange(Protocol):
    """The server's end of what the application does with one scope."""

    async def receive(self) -> Event: ...

    async def send(self, event: Event) -> None: ...

    def finish(self, failure: Exception | None, *, cancelled: bool) -> None:
        """Take note that the application has returned, raised `failure` or been cancelled."""


class ClientExchange(Exchange, Protocol):
    """The server's end of a connection with a client."""

    @property
    def violation(self) -> IllegalEvent | None:
        """What the application did wrong."""

    def last_words(self) -> str:
        """Say what the application has read and sent last."""
        ...

    def stop(self) -> bool:
        """End the connection as a server does that is stopped; False where it cancels instead."""
        ...


class AppTask:
    """One call of the application.

    An exception of the application ends its task alone and is kept in `failure`, bare: a group of
    one is replaced by what is in it.
    """

    def __init__(self, app: ASGIApp, scope: Scope, exchange: Exchange) -> None:
        self._app = app
        self._scope = scope
        self._exchange = exchange
        self._cancel_scope = anyio.CancelScope()
        self._call: Awaitable[None] | None = None
        self._returned = False
        self.failure: Exception | None = None
        self.finished: anyio.Event = anyio.Event()

    async def run(self) -> None:
        """Call the application, and keep what it raises."""
        try:
            await self._run_cancellable()
        except Exception as error:
            self.failure = _bare(error)
        finally:
            cancelled = self.failure is None and not self._returned
            self._exchange.finish(self.failure, cancelled=cancelled)
            self.finished.set()

    def cancel(self) -> None:
        """Cancel the application where it waits; it is not waited for."""
        self._cancel_scope.cancel()

    def where(self) -> str:
        """Say where the application waits, outermost call first, one line for each."""
        return waiting_at(self._call)

    async def _run_cancellable(self) -> None:
        with self._cancel_scope:
            self._call = self._app(self._scope, self._exchange.receive, self._exchange.send)
            await self._call
            self._returned = True


class ClientTask(AppTask):
    """One call of the application, for one client."""

    _exchange: ClientExchange

    def __init__(
        self,
        app: ASGIApp,
        scope: Scope,
        exchange: ClientExchange,
        origin: Origin,
        stuck: StuckSends,
    ) -> None:
        super().__init__(app, scope, exchange)
        self._origin = origin
        self._stuck = stuck

    async def run(self) -> None:
        """Call the application, and keep what it raises. What it starts is known as its own."""
        self._origin.task_id = anyio.get_current_task().id
        current_origin.set(self._origin)
        try:
            await super().run()
        finally:
            self._origin.over = True

    def stop(self) -> None:
        """Do what a server does with the connection when it is stopped."""
        if not self._exchange.stop():
            self.cancel()

    async def answered(self, seconds: float) -> None:
        """Wait for the application's return. Raises `TimeoutError` after so many seconds.

        The application is cancelled then, and where the wait is.
        """
        try:
            with anyio.move_on_after(seconds):
                await self.finished.wait()
        finally:
            self.cancel()
        if not self.finished.is_set():
            raise TimeoutError(
                f"the application has not answered within {seconds:g} seconds; {self.doing()}"
            )

    async def end(self, seconds: float, after: str) -> None:
        """Wait for the application's return, and cancel it after so many seconds.

        Raises an illegal event of the application, else `TimeoutError`, else what it raised.
        """
        try:
            with anyio.move_on_after(seconds):
                await self.finished.wait()
        finally:
            self.cancel()
        if self._exchange.violation is not None:
            raise self._exchange.violation
        if not self.finished.is_set():
            raise TimeoutError(
                f"the application went on for {seconds:g} seconds after {after}; {self.doing()}"
            )
        if self.failure is not None:
            raise self.failure

    def doing(self) -> str:
        """Say what the application did last, where it waits, and which sends are stuck."""
        waits = f"{self._exchange.last_words()}, and it waits at\n{self.where()}"
        return waits + self._stuck.tell()


class AppTasks:
    """The owner of the application's tasks: a task group out of which exceptions come bare."""

    _group: TaskGroup

    def __init__(self) -> None:
        self._clients: set[ClientTask] = set()
        self._services = anyio.CancelScope()

    async def __aenter__(self) -> Self:
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        self._services.cancel()
        try:
            return await self._group.__aexit__(exc_type, error, traceback)
        except BaseExceptionGroup as group:
            found = list(leaves(group))
            raised = found[0] if len(found) == 1 else group
        # Outside of the handler, lest the group becomes the context of what was in it.
        raise raised

    def start(self, task: ClientTask) -> None:
        """Run a client's task in the group."""
        self._clients.add(task)
        self._group.start_soon(self._run, task)

    def start_lifespan(self, task: AppTask) -> None:
        """Run the lifespan's task in the group, which waits for it."""
        self._group.start_soon(task.run)

    def start_service(self, service: Callable[[], Awaitable[None]]) -> None:
        """Run what the server itself needs in the group, until that is left."""
        self._group.start_soon(self._serve, service)

    def stop(self) -> None:
        """Have every client's task end as when the server is stopped; none is waited for."""
        for task in tuple(self._clients):
            task.stop()

    async def end(self) -> None:
        """Cancel the clients' tasks, and wait until they have ended, for half a minute at most."""
        left = tuple(self._clients)
        for task in left:
            task.cancel()
        with anyio.move_on_after(LAST_WORDS):
            for task in left:
                await task.finished.wait()

    async def _run(self, task: ClientTask) -> None:
        try:
            await task.run()
        finally:
            self._clients.discard(task)

    async def _serve(self, service: Callable[[], Awaitable[None]]) -> None:
        with self._services:
            await service()


def _bare(error: Exception) -> Exception:
    """Give what a group of one holds, or the exception itself."""
    found = failures(error)
    return found[0] if len(found) == 1 else error
