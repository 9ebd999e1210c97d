"""Serving an application from code."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from socket import socket

import anyio
from anyio import TASK_STATUS_IGNORED, Event, to_thread
from anyio.abc import TaskStatus

from anyws._asgi.types import ASGIApp
from anyws.cli.arguments import DEFAULT_BACKEND, DEFAULT_HOST, DEFAULT_PORT, Backend
from anyws.cli.listening import listen, port_of, url_of
from anyws.cli.options import ServeOptions
from anyws.cli.requirements import check_requirements
from anyws.cli.stopping import Watch, watch_event, watch_signals


def run(
    app: ASGIApp,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    backend: Backend = DEFAULT_BACKEND,
    uvloop: bool = False,
    options: ServeOptions | None = None,
) -> None:
    """Serve an application in an event loop of its own, until a signal ends it.

    Prints one line on stderr when clients can connect, with the port that the system picked where
    `port` is 0. The first SIGINT or SIGTERM ends it in good order within about a second, plus the
    application's own shutdown; the second ends it at once. `run` then returns. Outside the main
    thread there are no signals, and nothing ends it.

    `host` is a name, an IPv4 or an IPv6 address. `uvloop` goes with the backend asyncio.

    Raises `InvalidOption` (a ValueError), `MissingPackage` (an ImportError),
    `UnavailableAddress` (an OSError), each before anything has happened, and `ApplicationFailed`
    (a RuntimeError) if the application reports that its startup or shutdown failed, or if it does
    not end within a minute of a stop.
    """
    check_requirements(backend=backend, uvloop=uvloop)
    with closing(listen(host, port)) as listener:
        run_on(
            listener,
            app,
            name=_name_of(app),
            backend=backend,
            uvloop=uvloop,
            options=ServeOptions() if options is None else options,
        )


async def serve(
    app: ASGIApp,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    options: ServeOptions | None = None,
    shutdown: Event | None = None,
    task_status: TaskStatus[int] = TASK_STATUS_IGNORED,
) -> None:
    """Serve an application inside the running event loop, until `shutdown` is set.

    It leaves signals, and printing, to the program that it is part of. In a task group,
    `port = await task_group.start(partial(serve, app, port=0))` waits until clients can connect
    and gives the port.

    Setting `shutdown` makes it return in good order within about a second, plus the application's
    own shutdown. A cancellation ends it in the same way: when the cancellation has left `serve`,
    the clients have had their goodbye, the application's lifespan is shut down, and no task of
    either is left.

    Raises what `run` raises.
    """
    backend = _running_backend()
    check_requirements(backend=backend, uvloop=False)
    with closing(await to_thread.run_sync(listen, host, port)) as listener:
        await _serve_on(
            listener,
            app,
            backend=backend,
            options=ServeOptions() if options is None else options,
            watch=watch_event(Event() if shutdown is None else shutdown),
            on_start=partial(task_status.started, port_of(listener)),
        )


def run_on(
    listener: socket,
    app: ASGIApp,
    *,
    name: str,
    backend: Backend,
    uvloop: bool,
    options: ServeOptions,
) -> None:
    """Do what `run` does, on a socket that listens already. The caller closes it."""
    loop = f"{backend}, uvloop" if uvloop else backend
    banner = f"anyws: serving {name} on {url_of(listener)} ({loop}), Ctrl+C to stop\n"
    main = partial(
        _serve_on,
        listener,
        app,
        backend=backend,
        options=options,
        watch=watch_signals,
        on_start=partial(sys.stderr.write, banner),
    )
    loop_options = {"use_uvloop": uvloop} if backend == "asyncio" else {}
    anyio.run(main, backend=backend, backend_options=loop_options)


async def _serve_on(
    listener: socket,
    app: ASGIApp,
    *,
    backend: Backend,
    options: ServeOptions,
    watch: Watch,
    on_start: Callable[[], object],
) -> None:
    # Hypercorn is an optional dependency, and is behind this import.
    from anyws.cli.service import Service

    service = Service(app, listener, backend=backend, options=options, on_start=on_start)
    await service.run(watch)


def _running_backend() -> Backend:
    """Tell by its cancellations what event loop runs. Raises AnyIO's error if none does."""
    cancellation = anyio.get_cancelled_exc_class()
    return "asyncio" if issubclass(cancellation, asyncio.CancelledError) else "trio"


def _name_of(app: ASGIApp) -> str:
    name: str = getattr(app, "__qualname__", type(app).__qualname__)
    return name
