"""When a server ends: who asks for it, and how urgently."""

from __future__ import annotations

import threading
from signal import SIG_DFL, SIGINT, SIGTERM, signal
from typing import Protocol

from anyio import TASK_STATUS_IGNORED, Event, open_signal_receiver, sleep_forever
from anyio.abc import TaskStatus


class Stop:
    """What tells a server to end: in good order when `requested`, or `at_once`."""

    def __init__(self) -> None:
        self.requested: Event = Event()
        self.at_once: Event = Event()


class Watch(Protocol):
    """A task that sets off a stop. It runs while the server does, and is cancelled after it."""

    async def __call__(
        self, stop: Stop, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED
    ) -> None: ...


async def watch_signals(
    stop: Stop, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED
) -> None:
    """Stop at the first SIGINT or SIGTERM, and at once at the second; the third kills the process.

    Does nothing outside the main thread, where Python delivers no signals.
    """
    if threading.current_thread() is not threading.main_thread():
        task_status.started()
        return
    with open_signal_receiver(SIGINT, SIGTERM) as signals:
        task_status.started()
        async for _ in signals:
            if stop.requested.is_set():
                break
            stop.requested.set()
    stop.at_once.set()
    # A KeyboardInterrupt would wait, like the rest, for a call that cannot be cancelled.
    before = signal(SIGINT, SIG_DFL)
    try:
        await sleep_forever()
    finally:
        signal(SIGINT, before)


def watch_event(event: Event) -> Watch:
    """Stop when the event is set."""

    async def watch(stop: Stop, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        task_status.started()
        await event.wait()
        stop.requested.set()

    return watch
