"""The steps of a stop: whoever is there is seen out, then cancelled, then cut."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from anyio import CancelScope, Event, create_task_group, current_time, sleep

from anyws.cli.attached import Attached
from anyws.cli.calls import Calls
from anyws.cli.live import Live
from anyws.cli.options import ServeOptions
from anyws.cli.stopping import Stop
from anyws.cli.worker.reception import Reception

_LONGEST_STEP: Final = 2.0
_SHARE: Final = 1 / 6


class Ending:
    """Ends what is going on in a server, within `options.drain_deadline` seconds.

    Most of that time is for the drain; the last two steps have a sixth of it each, two seconds at
    most: one for calls that were cancelled, one for connections that were cut. A step is over when
    there is nothing left for it to do, and at once when `stop.at_once` is set.
    """

    def __init__(
        self,
        stop: Stop,
        options: ServeOptions,
        *,
        attached: Attached,
        calls: Calls,
        connections: Live,
        reception: Reception,
    ) -> None:
        self.accepting_over: Event = Event()
        """Set when the server is to accept no more connections."""
        self._stop = stop
        self._options = options
        self._attached = attached
        self._calls = calls
        self._connections = connections
        self._reception = reception

    async def run(self) -> bool:
        """Take the steps; say whether nothing is left."""
        step = min(_LONGEST_STEP, self._options.drain_deadline * _SHARE)
        ends = current_time() + self._options.drain_deadline
        self._calls.last_ones = True
        if self._stop.retire.is_set():
            self.accepting_over.set()
            await self._until(ends - 2 * step, lambda: self._retire(ends - 2 * step, step))
        else:
            await self._until(ends - 2 * step, lambda: self._drain(ends - 2 * step, refuse=True))
        self.accepting_over.set()
        self._calls.websockets.end_all()
        self._reception.over.set()
        await self._until(ends - 2 * step, self._calls.requests.wait_empty)
        self._calls.requests.end_all()
        await self._until(ends - step, self._connections.wait_empty)
        self._connections.end_all()
        self._reception.cut.set()
        await self._until(ends, self._connections.wait_empty)
        return not self._connections

    async def _retire(self, ends: float, settling: float) -> None:
        """Serve whoever was accepted: they ask for something, or are shown out by a timeout."""
        async with create_task_group() as tasks:
            tasks.start_soon(lambda: self._drain(ends, refuse=False))
            # What has just been accepted, or is in the middle of TLS' handshake, isn't known yet.
            await sleep(settling)
            await self._reception.waiting.wait_empty()
        await self._drain(ends, refuse=False)

    async def _drain(self, ends: float, *, refuse: bool) -> None:
        left = ends - current_time()
        if left > 0:
            await self._attached.drain(
                deadline=left, spread=self._options.drain_spread, refuse=refuse
            )

    async def _until(self, ends: float, wait: Callable[[], Awaitable[None]]) -> None:
        async with create_task_group() as tasks:
            tasks.cancel_scope.deadline = ends
            tasks.start_soon(self._hurry, tasks.cancel_scope)
            await wait()
            tasks.cancel_scope.cancel()

    async def _hurry(self, scope: CancelScope) -> None:
        await self._stop.at_once.wait()
        scope.cancel()
