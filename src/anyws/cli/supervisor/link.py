"""What a worker and its supervisor say to each other, over a pair of connected sockets.

The worker says that it is ready, and what it serves in words for people. The supervisor says when
it is to end, and how; and its own end, of whatever kind, closes its side, so that no worker is
left alone.

Signals would not do. A service manager may send them to all processes at once, and the one that
the supervisor passes on would be the second, which ends a worker without a drain.
"""

from __future__ import annotations

from socket import socket
from typing import Final

from anyio import TASK_STATUS_IGNORED, Event, create_task_group, wait_readable
from anyio.abc import TaskStatus

from anyws.cli.stopping import Stop, Watch, watch_signals

READY: Final = b"r"
RETIRE: Final = b"q"
STOP: Final = b"s"
HURRY: Final = b"h"


def watch_supervisor(link: socket) -> Watch:
    """Stop as the supervisor says, and at its end; signals do what they do to any server."""

    async def watch(stop: Stop, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        by_signal = Stop()
        async with create_task_group() as tasks:
            await tasks.start(watch_signals, by_signal)
            tasks.start_soon(_pass_on, by_signal.requested, stop.requested)
            tasks.start_soon(_pass_on, by_signal.at_once, stop.at_once)
            task_status.started()
            while (heard := await _hear(link)) != b"":
                _obey(heard, stop)
            stop.requested.set()

    return watch


async def _pass_on(happened: Event, to: Event) -> None:
    await happened.wait()
    to.set()


async def _hear(link: socket) -> bytes:
    while True:
        await wait_readable(link)
        try:
            return link.recv(1)
        except BlockingIOError:
            continue  # It has been woken for nothing (select(2), "Bugs").
        except OSError:  # Reset: what the worker said last was not read any more.
            return b""


def _obey(heard: bytes, stop: Stop) -> None:
    if heard == RETIRE:
        stop.retire.set()
        return
    stop.requested.set()
    if heard == HURRY:
        stop.at_once.set()
