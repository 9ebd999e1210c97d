"""Serving an application from code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from socket import socket

import anyio
from anyio import TASK_STATUS_IGNORED, Event, to_thread
from anyio.abc import TaskStatus

from anyws._asgi.types import ASGIApp
from anyws.cli.addresses import DEFAULT_HOST, DEFAULT_PORT, Address, TcpAddress, parse_address
from anyws.cli.arguments import DEFAULT_BACKEND, Backend
from anyws.cli.complaints import say, tell
from anyws.cli.errors import InvalidOption
from anyws.cli.listening import listening_on, port_of, url_of
from anyws.cli.loading import refuse_while_importing
from anyws.cli.options import ServeOptions
from anyws.cli.requirements import check_requirements
from anyws.cli.settling import settle
from anyws.cli.stopping import Watch, watch_event, watch_signals
from anyws.cli.summary import summary_of
from anyws.cli.systemd import Notifier, watch_telling


def run(
    app: ASGIApp,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    bind: str | None = None,
    backend: Backend = DEFAULT_BACKEND,
    uvloop: bool = False,
    options: ServeOptions | None = None,
) -> None:
    """Serve an application in an event loop of its own, until a signal ends it.

    Prints one line on stderr when clients can connect, with the port that the system picked where
    `port` is 0. The first SIGINT or SIGTERM ends it in good order: each `App` is drained, other
    applications' WebSockets are cancelled at once, and requests may finish. Nobody is left
    `options.drain_deadline` seconds after the signal at the latest; then comes the application's
    own shutdown, which has a minute. The second signal ends it at once. `run` then returns.
    Outside the main thread there are no signals, and nothing ends it.

    `host` is a name, an IPv4 or an IPv6 address. `bind` stands for both: `"host:port"`,
    `"unix:/path/of.sock"`, or `"fd://3"` for a listening socket that was inherited. `uvloop` goes
    with the backend asyncio.

    Raises `InvalidOption` (a ValueError), `MissingPackage` (an ImportError),
    `UnavailableAddress` (an OSError), each before anything has happened, and `ApplicationFailed`
    (a RuntimeError) if the application reports that its startup or shutdown failed, or if it does
    not end in that time. A module that `anyws serve` imports gets a RuntimeError: there the call
    belongs below `if __name__ == "__main__"`.
    """
    refuse_while_importing()
    check_requirements(backend=backend, uvloop=uvloop)
    settled = settle(ServeOptions() if options is None else options)
    with listening_on(_address_of(bind, host, port)) as listener:
        run_on(
            listener,
            app,
            name=_name_of(app),
            backend=backend,
            uvloop=uvloop,
            options=settled,
        )


async def serve(
    app: ASGIApp,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    bind: str | None = None,
    options: ServeOptions | None = None,
    shutdown: Event | None = None,
    task_status: TaskStatus[int] = TASK_STATUS_IGNORED,
) -> None:
    """Serve an application inside the running event loop, until `shutdown` is set.

    It leaves signals, and printing, to the program that it is part of. In a task group,
    `port = await task_group.start(partial(serve, app, port=0))` waits until clients can connect
    and gives the port, 0 for a Unix socket.

    Setting `shutdown` makes it return in good order, as a signal does for `run`: as soon as
    everybody has left, at most `options.drain_deadline` seconds later, plus the application's own
    shutdown, a minute at most. A cancellation ends it in the same way and takes as long: when the
    cancellation has left `serve`, the clients have had their goodbye, the application's lifespan
    is shut down, and no task of either is left.

    Raises what `run` raises.
    """
    backend = _running_backend()
    check_requirements(backend=backend, uvloop=False)
    settled = settle(ServeOptions() if options is None else options)
    address = _address_of(bind, host, port)
    with ExitStack() as opened:
        listener = await to_thread.run_sync(opened.enter_context, listening_on(address))
        await _serve_on(
            listener,
            app,
            backend=backend,
            options=settled,
            watch=watch_event(Event() if shutdown is None else shutdown),
            on_start=partial(task_status.started, port_of(listener)),
            on_wait=keep_quiet,
        )


def run_on(
    listener: socket,
    app: ASGIApp,
    *,
    name: str,
    backend: Backend,
    uvloop: bool,
    options: ServeOptions,
    origin: str = "",
) -> None:
    """Do what `run` does, on a socket that listens already. The caller closes it."""
    notifier = Notifier.of_environment()
    banner = banner_of(
        listener,
        name=name,
        backend=backend,
        uvloop=uvloop,
        secure=options.certfile is not None,
        origin=origin,
    )

    def announce() -> None:
        tell(banner + summary_of(app, options))
        notifier.ready()

    run_in_loop(
        listener,
        app,
        backend=backend,
        uvloop=uvloop,
        options=options,
        watch=watch_telling(watch_signals, notifier),
        on_start=announce,
        on_wait=lambda clients: say(waiting_for(clients, options)),
    )


def waiting_for(clients: int, options: ServeOptions) -> str:
    """Say what keeps a server that was asked to stop."""
    who = "1 client" if clients == 1 else f"{clients} clients"
    seconds = f"{options.drain_deadline:g} s"
    return f"stopping: {who} may take up to {seconds} to leave; another signal ends it at once"


def keep_quiet(clients: int) -> None:
    """Leave it to whoever runs the server to say anything."""


def banner_of(
    listener: socket,
    *,
    name: str,
    backend: Backend,
    uvloop: bool,
    secure: bool,
    workers: int = 1,
    origin: str,
) -> str:
    """Say what is served where; `origin` is where the socket came from, if it is worth a word."""
    how = f"{backend}, uvloop" if uvloop else backend
    if workers > 1:
        how = f"{how}, {workers} workers"
    url = url_of(listener, scheme="https" if secure else "http")
    return f"anyws: serving {name} on {url}{origin} ({how}), Ctrl+C to stop\n"


def run_in_loop(
    listener: socket,
    app: ASGIApp,
    *,
    backend: Backend,
    uvloop: bool,
    options: ServeOptions,
    watch: Watch,
    on_start: Callable[[], object],
    on_wait: Callable[[int], object],
) -> None:
    """Serve in an event loop of its own until `watch` asks for an end. Raises what `run` does."""
    main = partial(
        _serve_on,
        listener,
        app,
        backend=backend,
        options=options,
        watch=watch,
        on_start=on_start,
        on_wait=on_wait,
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
    on_wait: Callable[[int], object],
) -> None:
    # Hypercorn is an optional dependency, and is behind this import.
    from anyws.cli.service import Service

    service = Service(
        app, listener, backend=backend, options=options, on_start=on_start, on_wait=on_wait
    )
    await service.run(watch)


def _address_of(bind: str | None, host: str, port: int) -> Address:
    if bind is None:
        return TcpAddress(host, port)
    if (host, port) != (DEFAULT_HOST, DEFAULT_PORT):
        raise InvalidOption(f"bind={bind!r} stands for host and port together: give it alone")
    return parse_address(bind)


def _running_backend() -> Backend:
    """Tell by its cancellations what event loop runs. Raises AnyIO's error if none does."""
    cancellation = anyio.get_cancelled_exc_class()
    return "asyncio" if issubclass(cancellation, asyncio.CancelledError) else "trio"


def _name_of(app: ASGIApp) -> str:
    name: str = getattr(app, "__qualname__", type(app).__qualname__)
    return name
