"""One application on one listening socket, from its startup to the last connection's end."""

from __future__ import annotations

from collections.abc import Callable
from socket import socket
from typing import Final

from anyio import CancelScope, Event, create_task_group, move_on_after, sleep

from anyws._asgi.types import ASGIApp
from anyws._concurrency import leaves, shielded
from anyws.cli.arguments import Backend
from anyws.cli.calls import Calls
from anyws.cli.errors import ApplicationFailed
from anyws.cli.live import Live
from anyws.cli.options import ServeOptions
from anyws.cli.stopping import Stop, Watch
from anyws.cli.worker import worker_of
from anyws.cli.worker.config import WorkerConfig

REQUEST_GRACE: Final = 0.5
"""Seconds that HTTP requests under way get to finish by themselves when a stop is asked for."""

GOODBYE_GRACE: Final = 0.5
"""Seconds after that in which cancelled calls may still talk to their clients."""

SHUTDOWN_GRACE: Final = 60.0
"""Seconds after that for calls that put off their cancellation, and for the lifespan's shutdown."""

SETTLE_GRACE: Final = 1.0
"""Seconds that the worker has to end once everything in it was ended, and its remains after it."""


class Service:
    """Serves an application until it is asked to stop, and leaves nothing of it running.

    A stop, asked for through `stop` or by cancelling `run`, goes through the same steps, about a
    second in all: nobody is let in any more, WebSockets are cancelled, then the HTTP requests
    that have not finished, then connections are cut that have not ended, and the application's
    lifespan is shut down. `stop.at_once` skips what is left of the waiting.
    """

    def __init__(
        self,
        application: ASGIApp,
        listener: socket,
        *,
        backend: Backend,
        options: ServeOptions,
        on_start: Callable[[], object],
    ) -> None:
        self.stop: Stop = Stop()
        self._calls = Calls(application, on_startup_failed=self.stop.requested.set)
        self._connections = Live()
        self._on_start = on_start
        self._started = False
        self._failure: Exception | None = None
        self._worker = worker_of(backend)
        self._config = WorkerConfig(
            listener,
            self._connections,
            self._start,
            options,
            # The connections' own end, with a moment for it to be noticed, comes first.
            graceful_timeout=REQUEST_GRACE + GOODBYE_GRACE + 0.25,
        )

    async def run(self, watch: Watch) -> None:
        """Serve until `watch` asks for a stop, or until cancelled.

        Raises `ApplicationFailed` if the application says that its startup or shutdown failed, or
        if it does not end; and what made the server itself fail.
        """
        ended = Event()
        async with create_task_group() as tasks:
            await tasks.start(watch, self.stop)
            tasks.start_soon(self._work, ended)
            try:
                await ended.wait()
            finally:
                # A cancellation of any kind arrives here, and nowhere deeper.
                self.stop.requested.set()
            tasks.cancel_scope.cancel()
        failure = self._calls.lifespan.failure if self._failure is None else self._failure
        if failure is not None:
            raise failure

    def _start(self) -> None:
        self._started = True
        self._on_start()

    async def _work(self, ended: Event) -> None:
        try:
            # The shield has a deadline from the stop on, which is the last step of winding down.
            with CancelScope(shield=True) as scope:
                await self._work_and_wind_down(scope)
        finally:
            with shielded(SETTLE_GRACE):
                await self._settle()
            ended.set()

    async def _work_and_wind_down(self, scope: CancelScope) -> None:
        async with create_task_group() as tasks:
            tasks.start_soon(self._wind_down, scope)
            try:
                await self._worker(self._calls, self._config, self.stop.requested.wait)
            except Exception as error:
                if not scope.cancel_called:  # Else it is what cancelling did to the worker.
                    self._failure = _bare(error)
            tasks.cancel_scope.cancel()

    async def _wind_down(self, scope: CancelScope) -> None:
        await self.stop.requested.wait()
        if not self._started:
            scope.cancel()
            return
        for seconds, end in (
            (0.0, self._calls.websockets.end_all),
            (REQUEST_GRACE, self._calls.requests.end_all),
            (GOODBYE_GRACE, self._connections.end_all),
            (SHUTDOWN_GRACE, self._give_up),
        ):
            with move_on_after(seconds):
                await self.stop.at_once.wait()
            end()
        await sleep(SETTLE_GRACE)
        scope.cancel()

    def _give_up(self) -> None:
        if not self.stop.at_once.is_set():
            self._failure = ApplicationFailed(
                f"the application did not end within {SHUTDOWN_GRACE} seconds of a stop"
            )
        self._calls.lifespan.live.end_all()

    async def _settle(self) -> None:
        calls = self._calls
        left = (
            calls.websockets,
            calls.requests,
            calls.lifespan.live,
            calls.lifespan.stand_in,
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
