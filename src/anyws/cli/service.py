"""One application on one listening socket, from its startup to the last connection's end."""

from __future__ import annotations

from collections.abc import Callable
from socket import socket
from typing import Final

from anyio import CancelScope, Event, create_task_group, move_on_after, sleep

from anyws._asgi.types import ASGIApp
from anyws._concurrency import leaves, shielded
from anyws.cli.arguments import Backend
from anyws.cli.attached import Attached
from anyws.cli.calls import Calls
from anyws.cli.dressing import dress
from anyws.cli.ending import Ending
from anyws.cli.errors import ApplicationFailed
from anyws.cli.lifespan import Lifespan
from anyws.cli.live import Live
from anyws.cli.options import ServeOptions
from anyws.cli.stopping import Stop, Watch
from anyws.cli.worker import worker_of
from anyws.cli.worker.config import WorkerConfig
from anyws.cli.worker.reception import Reception

SHUTDOWN_GRACE: Final = 60.0
"""Seconds for the lifespan's shutdown, once everybody has left."""

SETTLE_GRACE: Final = 1.0
"""Seconds that the worker has to end once everything in it was ended, and its remains after it."""


class Service:
    """Serves an application until it is asked to stop, and leaves nothing of it running.

    A stop, asked for through `stop` or by cancelling `run`, takes the steps of `Ending` and then
    shuts down the application's lifespan. `stop.at_once` skips what is left of the waiting.
    """

    def __init__(
        self,
        application: ASGIApp,
        listener: socket,
        *,
        backend: Backend,
        options: ServeOptions,
        on_start: Callable[[], object],
        on_wait: Callable[[int], object],
    ) -> None:
        """`on_start` is called when clients can connect; `on_wait` at a stop, with the number of
        connections and requests that are waited for, if there are any."""
        self.stop: Stop = Stop()
        self._attached = Attached()
        self._lifespan = Lifespan(
            application,
            attach=self._attached.attach,
            on_startup_failed=self.stop.requested.set,
            before_shutdown=self._wait_emptied,
        )
        self._calls = Calls(dress(application, options), self._lifespan)
        self._connections = Live()
        self._emptied = Event()
        self._on_start = on_start
        self._on_wait = on_wait
        self._drain_deadline = options.drain_deadline
        self._started = False
        self._failure: Exception | None = None
        self._worker = worker_of(backend)
        self._reception = Reception(on_limit=self.stop.requested.set)
        self._config = WorkerConfig(
            listener, self._connections, self._start, options, reception=self._reception
        )
        self._ending = Ending(
            self.stop,
            options,
            attached=self._attached,
            calls=self._calls,
            connections=self._connections,
            reception=self._reception,
        )

    async def run(self, watch: Watch) -> None:
        """Serve until `watch` asks for a stop, or until cancelled.

        Raises `ApplicationFailed` if the application says that its startup or shutdown failed, or
        if it does not end; and what made the server itself fail.
        """
        ended = Event()
        async with create_task_group() as tasks:
            await tasks.start(watch, self.stop)
            tasks.start_soon(self._heed_retirement)
            tasks.start_soon(self._work, ended)
            try:
                await ended.wait()
            finally:
                # A cancellation of any kind arrives here, and nowhere deeper.
                self.stop.requested.set()
            tasks.cancel_scope.cancel()
        failure = self._lifespan.failure if self._failure is None else self._failure
        if failure is not None:
            raise failure

    async def _heed_retirement(self) -> None:
        await self.stop.retire.wait()
        self.stop.requested.set()

    def _start(self) -> None:
        self._started = True
        self._reception.send_timeout = self._attached.send_timeout
        self._on_start()

    async def _work(self, ended: Event) -> None:
        try:
            # The shield has a deadline from the stop on, which is the last step of winding down.
            with CancelScope(shield=True) as scope:
                await self._work_and_wind_down(scope)
        finally:
            with shielded(SETTLE_GRACE):
                await self._settle()
            self._config.mishaps.sum_up()
            ended.set()

    async def _work_and_wind_down(self, scope: CancelScope) -> None:
        async with create_task_group() as tasks:
            tasks.start_soon(self._wind_down, scope)
            try:
                await self._worker(self._calls, self._config, self._ending.accepting_over.wait)
            except Exception as error:
                if not scope.cancel_called:  # Else it is what cancelling did to the worker.
                    self._failure = _bare(error)
            tasks.cancel_scope.cancel()

    async def _wind_down(self, scope: CancelScope) -> None:
        await self.stop.requested.wait()
        if not self._started:
            scope.cancel()
            return
        clients = len(self._calls.websockets) + len(self._calls.requests)
        if clients and not self.stop.at_once.is_set():
            self._on_wait(clients)
        limit = self._drain_deadline
        if await self._ending.run():
            limit = SHUTDOWN_GRACE
            self._emptied.set()
            with move_on_after(limit):
                await self.stop.at_once.wait()
        if not self.stop.at_once.is_set():
            self._failure = ApplicationFailed(
                f"the application did not end within {limit} seconds of a stop"
            )
        self._emptied.set()
        self._lifespan.live.end_all()
        await sleep(SETTLE_GRACE)
        scope.cancel()

    async def _wait_emptied(self) -> None:
        # The worker on asyncio doesn't wait for connections that were accepted at the last moment.
        self.stop.requested.set()
        await self._emptied.wait()

    async def _settle(self) -> None:
        left = (
            self._calls.websockets,
            self._calls.requests,
            self._lifespan.live,
            self._lifespan.stand_in,
            self._connections,
        )
        for live in left:
            live.end_all()
        for live in left:
            await live.wait_empty()


def _bare(error: Exception) -> Exception:
    """Take a single exception out of the groups around it."""
    match tuple(leaves(error)):
        case (Exception() as single,):
            return single
        case _:
            return error
