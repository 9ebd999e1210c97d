"""The conductor: a server for one application, in the test's own task tree."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from anyws.testing.clock import check_clock, demand_clock
from anyws.testing.entering import AsyncEntered
from anyws.testing.journal import Journal
from anyws.testing.leaks import LeakedTask, LeakedTasksError, LeakFinder
from anyws.testing.patience import Patience, long_enough
from anyws.testing.profiles import STRICT, ServerProfile, find_profile
from anyws.testing.requests import RequestArguments, make_request
from anyws.testing.running import AppTasks
from anyws.testing.scopes import (
    DEFAULT_HOST,
    DEFAULT_REMOTE_ADDR,
    SERVERS_OWN,
    HeadersArgument,
    ServersOwn,
    create_scope_ws,
    merge_headers,
    split_target,
)
from anyws.testing.serving import SimulatedServer
from anyws.testing.shuffling import scheduler_draws_from, tell_seed
from anyws.testing.verbs import HTTPVerbs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType
    from typing import Self, Unpack

    from anyws._asgi.types import ASGIApp, Scope
    from anyws.testing.clock import Clock
    from anyws.testing.result import Result
    from anyws.testing.simulator import ASGIWebSocketSimulator
    from anyws.testing.streams import StreamedResult

_log = logging.getLogger("anyws.testing")


class _Run(NamedTuple):
    """What there is between startup and shutdown, and how it is taken down."""

    stack: AsyncExitStack
    server: SimulatedServer


class ASGIConductor(AsyncEntered, HTTPVerbs):
    """A server that runs an ASGI application for a test: `async with ASGIConductor(app) as c`.

    Entering starts the application, leaving shuts it down, also where the body raises; the body's
    exception comes out as it is. An application without lifespan is run without. Everything that
    the conductor starts lives in its own task group, and nothing is left of it after the context:
    what is still at work then is cancelled before the shutdown. A cancellation from outside
    cancels the application as well.

    Entering raises `RuntimeError` with the application's message where its startup fails, and so
    does leaving where its shutdown fails. Leaving raises `LeakedTasksError` where tasks that were
    started from within a connection go on after it.

    `headers` go with every request and every handshake that has no header of the same name.

    `server` is the server whose habits the application is to meet: `"strict"`, `"hypercorn"`,
    `"hypercorn-trio"`, `"uvicorn"`, or a `ServerProfile`.

    `seed` shuffles the order in which what is under way to different connections at the same time
    arrives. The same seed gives the same run, as far as time and other threads play no part; a
    failing test tells the seed in a note of its exception. None delivers at once.

    `may_outlive` holds the names of tasks that are meant to go on after the connection they were
    started from, as `LeakedTask.name` gives them.

    `clock` is the clock that the test is written for, "virtual" or "real": entering raises
    `RuntimeError` where the event loop has the other one. It does not choose one; the marker
    `anyws_clock` of the pytest plugin does, and `virtual_clock()`. None takes either.
    """

    def __init__(
        self,
        app: ASGIApp,
        headers: HeadersArgument | None = None,
        *,
        server: str | ServerProfile = STRICT,
        seed: int | None = None,
        may_outlive: Iterable[str] = (),
        clock: Clock | None = None,
    ) -> None:
        if not callable(app):
            raise TypeError(f"app is an ASGI application, not {app!r}")
        self._app = app
        self._headers = merge_headers(None, headers)
        self._profile = find_profile(server)
        self._seed = seed
        self._may_outlive = frozenset(may_outlive)
        self._clock: Clock | None = None if clock is None else check_clock(clock)
        self._journal = Journal(seed)
        self._run: _Run | None = None

    @property
    def app(self) -> ASGIApp:
        """The application."""
        return self._app

    @property
    def journal(self) -> Journal:
        """What went over the wire of each client."""
        return self._journal

    async def __aenter__(self) -> Self:
        if self._run is not None:
            raise RuntimeError("the conductor has been entered already")
        demand_clock(self._clock)
        refusal: Exception | None = None
        async with AsyncExitStack() as stack:
            self._journal.begin()
            if self._seed is not None:
                stack.enter_context(scheduler_draws_from(Random(self._seed)))
            leaks = stack.enter_context(LeakFinder(self._may_outlive))
            tasks = await stack.enter_async_context(AppTasks())
            server = SimulatedServer(self._app, tasks, leaks, self._journal, self._seed)
            refusal = await server.start()
            if refusal is None:
                self._run = _Run(stack.pop_all(), server)
        if refusal is not None:
            self._tell_seed(refusal)
            raise refusal
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        run = self._running()
        self._run = None
        problems: list[Exception] = []
        async with run.stack:
            await run.server.tasks.end()
            leaked = await run.server.leaks.find_after_grace()
            refusal = await run.server.lifespan.stop()
            if refusal is not None:
                problems.append(refusal)
            if leaked:
                problems.append(LeakedTasksError(leaked))
        raised = problems.pop(0) if error is None and problems else None
        for problem in problems:
            _log.error("beside what the test raised: %s", problem, exc_info=problem)
        for told in (error, raised):
            if told is not None:
                self._tell_seed(told)
        if raised is not None:
            raise raised

    def leaks(self) -> list[LeakedTask]:
        """Give the tasks that were started from within a connection or a request, and outlived it.

        They go on although the application's call for that connection has returned, and are not in
        the care of another connection. What was started in `app.task_group` is the application's
        and not among them. A task that is about to end may be: leaving the conductor gives it some
        turns of the scheduler before it raises `LeakedTasksError`.
        """
        return self._running().server.leaks.find()

    def stop_server(self) -> None:
        """End every connection as the server does that is told to stop; nothing is waited for.

        Most cancel the application where it waits, and what farewell it says on its way out is
        what the client sees. uvicorn closes each WebSocket with 1012, tells the application and
        waits for it. The lifespan goes on until the conductor is left, and so new clients may
        come: as after a restart, if the application keeps nothing in memory.
        """
        self._running().server.tasks.stop()

    def simulate_ws(
        self,
        path: str = "/",
        *,
        query_string: str | bytes | None = None,
        params: Mapping[str, object] | None = None,
        headers: HeadersArgument | None = None,
        cookies: Mapping[str, str] | None = None,
        subprotocols: Iterable[str] | None = None,
        spec_version: str | ServersOwn | None = SERVERS_OWN,
        timeout: float | None = None,
        server: str | ServerProfile | None = None,
        extensions: Mapping[str, Mapping[str, object]] | None = None,
        host: str = DEFAULT_HOST,
        scheme: str = "ws",
        http_version: str = "1.1",
        remote_addr: str | None = DEFAULT_REMOTE_ADDR,
        root_path: str = "",
    ) -> ASGIWebSocketSimulator:
        """Open a WebSocket: `async with conductor.simulate_ws("/path?a=1") as ws`.

        The query is given in the path, in `query_string` or in `params`. `timeout`, in seconds,
        replaces the 5 seconds for the application's answer and the 30 for its return. `server` is
        the server that this connection goes through, if it is not the conductor's; its version
        and its extensions are the defaults of `spec_version` and `extensions`. The other arguments
        are those of `create_scope_ws`.
        """
        run = self._running()
        profile = self._profile if server is None else find_profile(server)
        path, query_string = split_target(path, query_string, params)
        scope = create_scope_ws(
            path,
            query_string,
            merge_headers(self._headers, headers),
            cookies=cookies,
            subprotocols=subprotocols,
            spec_version=profile.spec_version if spec_version is SERVERS_OWN else spec_version,
            extensions=profile.extensions if extensions is None else extensions,
            host=host,
            scheme=scheme,
            http_version=http_version,
            remote_addr=remote_addr,
            root_path=root_path,
        )
        patience = Patience() if timeout is None else Patience(answer=timeout, end=timeout)
        return run.server.connect(scope, profile, patience)

    async def simulate_request(
        self, method: str = "GET", path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send a request, and wait until the application has answered it and returned.

        What the application raises comes out as it was raised, and `RuntimeError` where it returns
        before its response is complete. `TimeoutError` says where the application waits if it has
        not done so within `timeout` seconds, by default half a minute, and on the virtual clock a
        week. A cancelled call cancels the application's task.
        """
        run = self._running()
        scope, body = self._make_request(method, path, arguments)
        timeout = arguments.get("timeout")
        patience = Patience(end=long_enough() if timeout is None else timeout)
        return await run.server.request(scope, body, self._profile, patience)

    def simulate_stream(
        self, method: str = "GET", path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> StreamedResult:
        """Send a request, and read the response while it comes.

        For responses that have no end of their own, and for clients that leave before it:
        `async with conductor.simulate_stream("GET", "/") as result`. `timeout`, in seconds,
        replaces the 5 seconds for the beginning of the response, the half minute for each part of
        it, a week on the virtual clock, and the 30 seconds for the application's return.
        """
        run = self._running()
        scope, body = self._make_request(method, path, arguments)
        timeout = arguments.get("timeout")
        patience = Patience() if timeout is None else Patience(timeout, timeout, timeout)
        return run.server.stream(scope, body, self._profile, patience)

    def _make_request(
        self, method: str, path: str, arguments: RequestArguments
    ) -> tuple[Scope, bytes]:
        arguments.setdefault("spec_version", self._profile.http_spec_version)
        return make_request(method, path, self._headers, arguments)

    def _tell_seed(self, error: BaseException) -> None:
        if self._seed is not None:
            error.add_note(tell_seed(self._seed))

    def _running(self) -> _Run:
        if self._run is None:
            raise RuntimeError(
                "the conductor is not running: call it inside `async with ASGIConductor(app) as c`"
            )
        return self._run
