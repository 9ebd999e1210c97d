"""Serving with several processes, or with one that is replaced: `anyws serve --workers 4`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from socket import socket
from typing import Final

import anyio
from anyio import Event, create_task_group

from anyws.cli.arguments import ServeArguments
from anyws.cli.complaints import tell
from anyws.cli.errors import ApplicationFailed
from anyws.cli.server import banner_of
from anyws.cli.supervisor.process import Launch
from anyws.cli.supervisor.supervisor import Supervisor
from anyws.cli.systemd import Notifier

_OVERTIME: Final = 65.0
"""Seconds after the drain's deadline in which a worker gives up by itself whatever holds it."""


def supervise(
    listener: socket, given: ServeArguments, typed: Sequence[str], *, origin: str
) -> None:
    """Serve in processes of their own on a socket that listens, until a signal ends them.

    `typed` is the command line, which each of them is given. The caller closes the socket.

    Raises `ApplicationFailed` if none could be started, or if one ended badly at the end.
    """
    notifier = Notifier.of_environment()
    banner = banner_of(
        listener,
        name=given.target,
        backend=given.backend,
        uvloop=given.uvloop,
        secure=given.options.certfile is not None,
        workers=given.processes.workers,
        origin=origin,
    )

    def announce(introduction: str) -> None:
        tell(banner + introduction)
        notifier.ready()

    supervisor = Supervisor(
        Launch(listener, typed, patience=given.options.drain_deadline + _OVERTIME),
        given.processes,
        notifier,
        on_ready=announce,
    )
    # The event loop of the workers is another matter: this one is there wherever Python is.
    anyio.run(partial(_supervise, supervisor, reload=given.processes.reload), backend="asyncio")
    if supervisor.failure is not None:
        raise ApplicationFailed(supervisor.failure)


async def _supervise(supervisor: Supervisor, *, reload: bool) -> None:
    if not reload:
        await supervisor.run()
        return
    # The package that watches files is installed for development only.
    from anyws.cli.supervisor.changes import reload_at_changes

    end = Event()
    async with create_task_group() as tasks:
        tasks.start_soon(reload_at_changes, supervisor, Path.cwd(), end)
        await supervisor.run()
        end.set()
