"""The conductor: a server for one application, in the test's own task tree."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, NamedTuple

from anyws.testing.http import HTTPExchange, StreamedExchange
from anyws.testing.lifespan import Lifespan
from anyws.testing.link import WebSocketLink
from anyws.testing.protocol import features
from anyws.testing.requests import RequestArguments, make_request
from anyws.testing.running import AppTask, AppTasks
from anyws.testing.scopes import (
    DEFAULT_HOST,
    DEFAULT_REMOTE_ADDR,
    DEFAULT_SPEC_VERSION,
    HeadersArgument,
    create_scope_ws,
    merge_headers,
    split_target,
)
from anyws.testing.simulator import ASGIWebSocketSimulator, Patience
from anyws.testing.streams import StreamedResult
from anyws.testing.websocket import WebSocketExchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType
    from typing import Self, Unpack

    from anyws._asgi.types import ASGIApp
    from anyws.testing.result import Result

_log = logging.getLogger("anyws.testing")


class _Run(NamedTuple):
    """What there is between startup and shutdown."""

    stack: AsyncExitStack
    tasks: AppTasks
    lifespan: Lifespan


class ASGIConductor:
    """A server that runs an ASGI application for a test: `async with ASGIConductor(app) as c`.

    Entering starts the application, leaving shuts it down, also where the body raises; the body's
    exception comes out as it is. An application without lifespan is run without. Everything that
    the conductor starts lives in its own task group, and nothing is left of it after the context:
    what is still at work then is cancelled before the shutdown. A cancellation from outside
    cancels the application as well.

    Entering raises `RuntimeError` with the application's message where its startup fails, and so
    does leaving where its shutdown fails. `headers` go with every request and every handshake
    that has no header of the same name.
    """

    def __init__(self, app: ASGIApp, headers: HeadersArgument | None = None) -> None:
        self._app = app
        self._headers = merge_headers(None, headers)
        self._run: _Run | None = None

    @property
    def app(self) -> ASGIApp:
        """The application."""
        return self._app

    async def __aenter__(self) -> Self:
        if self._run is not None:
            raise RuntimeError("the conductor has been entered already")
        refusal: Exception | None = None
        async with AsyncExitStack() as stack:
            tasks = await stack.enter_async_context(AppTasks())
            lifespan = Lifespan(self._app)
            tasks.start(lifespan.task)
            refusal = await lifespan.start()
            if refusal is None:
                self._run = _Run(stack.pop_all(), tasks, lifespan)
        if refusal is not None:
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
        refusal: Exception | None = None
        async with run.stack:
            await run.tasks.end_all_but(run.lifespan.task)
            refusal = await run.lifespan.stop()
        if refusal is None:
            return
        if error is None:
            raise refusal
        _log.error("the application's lifespan failed, too", exc_info=refusal)

    def simulate_ws(
        self,
        path: str = "/",
        *,
        query_string: str | bytes | None = None,
        params: Mapping[str, object] | None = None,
        headers: HeadersArgument | None = None,
        cookies: Mapping[str, str] | None = None,
        subprotocols: Iterable[str] | None = None,
        spec_version: str | None = DEFAULT_SPEC_VERSION,
        timeout: float | None = None,
        extensions: Mapping[str, Mapping[str, object]] | None = None,
        host: str = DEFAULT_HOST,
        scheme: str = "ws",
        http_version: str = "1.1",
        remote_addr: str | None = DEFAULT_REMOTE_ADDR,
        root_path: str = "",
    ) -> ASGIWebSocketSimulator:
        """Open a WebSocket: `async with conductor.simulate_ws("/path?a=1") as ws`.

        The query is given in the path, in `query_string` or in `params`. `timeout`, in seconds,
        replaces the 5 seconds for the application's answer and the 30 for its return. The other
        arguments are those of `create_scope_ws`.
        """
        run = self._running()
        path, query_string = split_target(path, query_string, params)
        scope = create_scope_ws(
            path,
            query_string,
            merge_headers(self._headers, headers),
            cookies=cookies,
            subprotocols=subprotocols,
            spec_version=spec_version,
            extensions=extensions,
            host=host,
            scheme=scheme,
            http_version=http_version,
            remote_addr=remote_addr,
            root_path=root_path,
        )
        scope["state"] = dict(run.lifespan.state)
        link = WebSocketLink(features(scope))
        patience = Patience() if timeout is None else Patience(answer=timeout, end=timeout)
        task = AppTask(self._app, scope, WebSocketExchange(scope, link))
        return ASGIWebSocketSimulator(link, task, run.tasks.start, patience)

    async def simulate_request(
        self, method: str = "GET", path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send a request, and wait until the application has answered it and returned.

        What the application raises comes out as it was raised, and `RuntimeError` where it returns
        before its response is complete. A cancelled call cancels the application's task.
        """
        run = self._running()
        scope, body = make_request(method, path, self._headers, arguments)
        scope["state"] = dict(run.lifespan.state)
        exchange = HTTPExchange(scope, body)
        task = AppTask(self._app, scope, exchange)
        run.tasks.start(task)
        try:
            await task.finished.wait()
        finally:
            task.cancel()
        return exchange.result()

    async def simulate_get(self, path: str = "/", **arguments: Unpack[RequestArguments]) -> Result:
        """Send a GET request. As `simulate_request`."""
        return await self.simulate_request("GET", path, **arguments)

    async def simulate_head(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send a HEAD request. As `simulate_request`; the result has what body was sent."""
        return await self.simulate_request("HEAD", path, **arguments)

    async def simulate_post(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send a POST request. As `simulate_request`."""
        return await self.simulate_request("POST", path, **arguments)

    async def simulate_put(self, path: str = "/", **arguments: Unpack[RequestArguments]) -> Result:
        """Send a PUT request. As `simulate_request`."""
        return await self.simulate_request("PUT", path, **arguments)

    async def simulate_patch(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send a PATCH request. As `simulate_request`."""
        return await self.simulate_request("PATCH", path, **arguments)

    async def simulate_delete(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send a DELETE request. As `simulate_request`."""
        return await self.simulate_request("DELETE", path, **arguments)

    async def simulate_options(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send an OPTIONS request. As `simulate_request`."""
        return await self.simulate_request("OPTIONS", path, **arguments)

    def simulate_stream(
        self, method: str = "GET", path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> StreamedResult:
        """Send a request, and read the response while it comes.

        For responses that have no end of their own, and for clients that leave before it:
        `async with conductor.simulate_stream("GET", "/") as result`.
        """
        run = self._running()
        scope, body = make_request(method, path, self._headers, arguments)
        scope["state"] = dict(run.lifespan.state)
        exchange = StreamedExchange(scope, body)
        task = AppTask(self._app, scope, exchange)
        return StreamedResult(exchange, task, run.tasks.start, Patience())

    def simulate_get_stream(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> StreamedResult:
        """Send a GET request, and read the response while it comes. As `simulate_stream`."""
        return self.simulate_stream("GET", path, **arguments)

    def _running(self) -> _Run:
        if self._run is None:
            raise RuntimeError(
                "the conductor is not running: call it inside `async with ASGIConductor(app) as c`"
            )
        return self._run
