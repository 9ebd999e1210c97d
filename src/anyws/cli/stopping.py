"""When a server ends: who asks for it, and how urgently."""

from __future__ import annotations

import signal
import threading
from signal import SIG_DFL, SIG_IGN, SIGINT, SIGTERM, Signals
from typing import Protocol

from anyio import TASK_STATUS_IGNORED, Event, open_signal_receiver, sleep_forever
from anyio.abc import TaskStatus


class Stop:
    """What tells a server to end: in good order when `requested`, or `at_once`.

    `retire` is a request too, for a server whose place another one takes on the same socket: it
    accepts no more connections from then on, and serves whoever it has accepted, handshakes
    included. It has no effect after a request.
    """

    def __init__(self) -> None:
        self.requested: Event = Event()
        self.retire: Event = Event()
        self.at_once: Event = Event()


class Watch(Protocol):
    """A task that sets off a stop. It runs while the server does, and is cancelled after it."""

    async def __call__(
        self, stop: Stop, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED
    ) -> None: ...


async def watch_signals(
    stop: Stop, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED
) -> None:
    """Stop at the first SIGINT, SIGTERM or SIGHUP, and at once at the second; the third kills the
    process. A SIGHUP that `nohup` has the process ignore is ignored.

    The first one that a retiring server gets is the first all the same: who ends a whole group of
    servers means those that retire as well, and not that they should hurry.

    Does nothing outside the main thread, where Python delivers no signals.
    """
    if threading.current_thread() is not threading.main_thread():
        task_status.started()
        return
    asked = False
    with open_signal_receiver(SIGINT, SIGTERM, *_hangup()) as signals:
        task_status.started()
        async for _ in signals:
            if asked or (stop.requested.is_set() and not stop.retire.is_set()):
                break
            asked = True
            stop.requested.set()
    stop.at_once.set()
    # A KeyboardInterrupt would wait, like the rest, for a call that cannot be cancelled.
    before = signal.signal(SIGINT, SIG_DFL)
    try:
        await sleep_forever()
    finally:
        signal.signal(SIGINT, before)


def _hangup() -> tuple[Signals, ...]:
    # Windows has none.
    hangup: Signals | None = getattr(signal, "SIGHUP", None)
    return () if hangup is None or signal.getsignal(hangup) is SIG_IGN else (hangup,)


def watch_event(event: Event) -> Watch:
    """Stop when the event is set."""

    async def watch(stop: Stop, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        task_status.started()
        await event.wait()
        stop.requested.set()

    return watch
