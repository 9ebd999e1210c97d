"""The virtual clock on asyncio: an event loop whose time jumps when nothing can run."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import math
import selectors
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, TypeVarTuple, Unpack

from anyio.to_thread import current_default_thread_limiter

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from typing import TypeVar

    T = TypeVar("T")

Arguments = TypeVarTuple("Arguments")


class VirtualEventLoop(asyncio.SelectorEventLoop):
    """An event loop that never waits for a timer: its clock begins at 0 and jumps to the next one.

    It jumps when no task can run and nothing has come from outside. What else runs is as on any
    event loop. Timers for the same moment are due in the order in which they were set.

    While a thread works for this loop, time passes as it does on the wall; it then stands still
    unless a timer is reached. Known are threads that `anyio.to_thread` runs with its default
    limiter, and the loop's own executors'. For sockets and other processes it does not wait.

    `anyio.wait_all_tasks_blocked()` takes no time.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._numbers = itertools.count()
        self._in_executors = 0
        self._when_idle: deque[Callable[[], object]] = deque()
        super().__init__(_Selector(self._wait))

    def time(self) -> float:
        """Seconds since the loop was made, all of them virtual."""
        return self._now

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Arguments]], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call back at a time, behind what was to be called at the same time already."""
        if when == math.inf:
            # The loop would wake for it once a day, and a jump makes each day a microsecond.
            return asyncio.TimerHandle(when, callback, args, self, context)
        # Sums of floats go astray. What is less than a nanosecond early is for the same moment, and
        # never comes before its time.
        moment = _Moment(max(when, round(when, 9)))
        moment.number = next(self._numbers)
        return super().call_at(moment, callback, *args, context=context)

    def call_later(
        self,
        delay: float,
        callback: Callable[[Unpack[Arguments]], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call back after so many seconds."""
        if not _waits_for_blocked_tasks():
            return self.call_at(self._now + delay, callback, *args, context=context)
        # The callback is asyncio's own, and does nothing once the sleep has been cancelled.
        self._when_idle.append(lambda: self.call_soon(callback, *args, context=context))
        return asyncio.TimerHandle(self._now, callback, args, self, context)

    def run_in_executor(
        self,
        executor: Executor | None,
        func: Callable[[Unpack[Arguments]], T],
        *args: *Arguments,
    ) -> asyncio.Future[T]:
        """Run a function in an executor's thread, and let time pass as it does there."""
        future = super().run_in_executor(executor, func, *args)
        self._in_executors += 1
        future.add_done_callback(self._left_executor)
        return future

    async def shutdown_default_executor(self, *args: float | None) -> None:
        """Wait for the executor's threads, as long as they need on the wall."""
        self._in_executors += 1
        try:
            await super().shutdown_default_executor(*args)
        finally:
            self._in_executors -= 1

    def _left_executor(self, future: asyncio.Future[T]) -> None:
        self._in_executors -= 1

    def _wait(self, select: _Select, timeout: float | None) -> _Ready:
        """Do what a selector does, and jump where it would wait in vain."""
        ready = select(0)
        if ready or timeout == 0:
            return ready
        if self._when_idle:
            while self._when_idle:
                self._when_idle.popleft()()
            return ready
        if timeout is None or self._in_executors or _worker_threads():
            ready = select(timeout)
        if timeout is not None and not ready:
            self._now = self._next_moment(timeout)
        return ready

    def _next_moment(self, timeout: float) -> float:
        """Give the time at which the wait is over: the timer's own, since sums go astray."""
        timers: list[asyncio.TimerHandle] = vars(self)["_scheduled"]
        moment = self._now + timeout
        return timers[0].when() if math.isclose(timers[0].when(), moment) else moment


_Ready = list[tuple[selectors.SelectorKey, int]]
_Select = Callable[[float | None], _Ready]


class _Selector(selectors.DefaultSelector):
    """A selector that lets somebody else decide how long to wait."""

    def __init__(self, wait: Callable[[_Select, float | None], _Ready]) -> None:
        super().__init__()
        self._wait = wait

    def select(self, timeout: float | None = None) -> _Ready:
        """Give the files that are ready."""
        return self._wait(super().select, timeout)


class _Moment(float):
    """When a timer is due; of two for the same time the one that was set first is earlier."""

    __slots__ = ("number",)

    number: int

    def __lt__(self, other: float) -> bool:
        if isinstance(other, _Moment) and self == other:
            return self.number < other.number
        return super().__lt__(other)


def _waits_for_blocked_tasks() -> bool:
    """Whether the timer that is being set is that of AnyIO's `wait_all_tasks_blocked()`.

    It sleeps a tenth of a second between two looks at the tasks, and nothing else tells its sleep
    from another. On Trio no time passes in it.
    """
    frame = inspect.currentframe()
    # This function, call_later(), asyncio.sleep(), and whoever awaits that.
    for _ in range(3):
        frame = None if frame is None else frame.f_back
    if frame is None or frame.f_code.co_name != "wait_all_tasks_blocked":
        return False
    return str(frame.f_globals.get("__name__")).startswith("anyio.")


def _worker_threads() -> int:
    """How many threads AnyIO has at work for the running loop."""
    try:
        limiter = current_default_thread_limiter()
    except RuntimeError:
        # Between two tasks AnyIO knows the loop only if it was started by AnyIO.
        return 0
    return limiter.borrowed_tokens
