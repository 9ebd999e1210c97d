"""The one task of a worker that sees to it that the clients of WebSockets are still there."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Protocol

from anyio import create_task_group, current_time, move_on_after, sleep_until
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint
from hypercorn.protocol.ws_stream import WSStream

from anyws.cli.worker.frames import WorkerProtocol, is_closing, send_ping
from anyws.cli.worker.progress import Readable, acknowledged

_LOOKS: Final = 8
"""Looks at all connections in the shorter one of interval and timeout."""

_AT_A_TIME: Final = 500
"""Connections that are looked at before others get a turn, which is less than a millisecond."""

_SHORTEST: Final = 0.005
"""Seconds from look to look, at least."""


class Lock(Protocol):
    """What the writes of a connection take turns with."""

    def locked(self) -> bool: ...


class Connection(Protocol):
    """A connection of either worker. It has a `protocol` once its TLS handshake is done."""

    @property
    def send_lock(self) -> Lock: ...

    @property
    def socket(self) -> Readable: ...

    def cut(self) -> None: ...


class _Watched:
    """What is known of a connection."""

    __slots__ = ("connection", "looks", "stuck_at", "waiting")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.looks = 0
        """Looks since the last ping."""
        self.waiting = False
        """Whether nothing has come from the client since then."""
        self.stuck_at: tuple[int, int | None] | None = None
        """How far the writing was when a write was found waiting for the client."""


class Heartbeat:
    """Pings WebSockets, and drops the connections whose clients have gone mute.

    A client is mute when nothing has come from it for the timeout after a ping. It is not while
    the application is too busy to read, nor while it takes, if slowly, what waits to be written,
    since pings wait behind that. Time is counted in looks: a loop that stood still has looked
    once, and every client gets a turn to be heard before the next look.
    """

    def __init__(
        self,
        interval: float,
        timeout: float,
        confined: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """`confined` keeps what Hypercorn raises in a ping from ending more than the ping."""
        self._step = max(_SHORTEST, min(interval, timeout) / _LOOKS)
        # A look early, so that the looks' own coarseness does not add to the bound.
        self._interval = max(1, round(interval / self._step) - 1)
        self._timeout = max(1, round(timeout / self._step))
        self._seconds = timeout
        self._confined = confined
        self._watched: set[_Watched] = set()

    @contextmanager
    def watch(self, connection: Connection) -> Generator[None]:
        """Look after a connection until the block ends."""
        watched = _Watched(connection)
        self._watched.add(watched)
        try:
            yield
        finally:
            self._watched.remove(watched)

    async def run(self) -> None:
        """Look after the connections until cancelled."""
        async with create_task_group() as pings:
            look = current_time()
            while True:
                look = max(look + self._step, current_time())
                await sleep_until(look)
                for number, watched in enumerate(tuple(self._watched)):
                    self._look(watched, pings)
                    if number % _AT_A_TIME == 0:
                        await checkpoint()

    def _look(self, watched: _Watched, pings: TaskGroup) -> None:
        protocol = getattr(watched.connection, "protocol", None)
        streams = protocol.websockets() if isinstance(protocol, WorkerProtocol) else []
        if protocol is None or not streams:
            watched.looks, watched.waiting = 0, False
            return
        watched.looks += 1
        if _shows_life(watched, protocol, streams):
            watched.waiting = False
        if watched.waiting and watched.looks >= self._timeout:
            watched.connection.cut()
        elif not watched.waiting and watched.looks >= self._interval:
            watched.looks, watched.waiting = 0, True
            for stream in streams:
                pings.start_soon(self._ping, stream)

    async def _ping(self, stream: WSStream) -> None:
        # It may have to wait for its turn to be written, and ends with the connection at the latest.
        with self._confined(), move_on_after(self._seconds):
            await send_ping(stream)


def _shows_life(watched: _Watched, protocol: WorkerProtocol, streams: list[WSStream]) -> bool:
    heard, protocol.heard = protocol.heard, False
    answered = heard and not all(is_closing(stream) for stream in streams)
    return _takes_more(watched, protocol.written) or answered or protocol.engaged


def _takes_more(watched: _Watched, written: int) -> bool:
    """Tell whether the client has taken some of what waited for it at the last look.

    Between two writes that go through there may be megabytes, which a slow client takes its time
    for: the system knows how many of them have arrived.
    """
    before, watched.stuck_at = watched.stuck_at, None
    if watched.connection.send_lock.locked():
        watched.stuck_at = (written, acknowledged(watched.connection.socket))
        return before is not None and watched.stuck_at != before
    return before is not None and before[0] != written
