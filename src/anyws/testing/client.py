"""The conductor's HTTP side for tests that have no event loop."""

from __future__ import annotations

import functools
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from anyio.from_thread import start_blocking_portal

from anyws.testing.blocking import BlockingStream, Running
from anyws.testing.conductor import ASGIConductor
from anyws.testing.scopes import HeadersArgument, merge_headers

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from types import TracebackType
    from typing import Self, Unpack

    from anyws._asgi.types import ASGIApp
    from anyws.testing.requests import RequestArguments
    from anyws.testing.result import Result


class TestClient:
    """Requests without `await`: `TestClient(app).simulate_get("/")`.

    The application runs on an event loop in another thread. In a `with` block it is started once
    and shut down at the end of the block; without one, around each call. It has no WebSockets: a
    test of several parties that wait for each other is one that runs on an event loop. Not for use
    inside of a
    running event loop, which it would block: an `ASGIConductor` is.
    """

    __test__ = False  # pytest would collect the class for its name.

    def __init__(
        self,
        app: ASGIApp,
        headers: HeadersArgument | None = None,
        *,
        backend: str = "asyncio",
        backend_options: Mapping[str, object] | None = None,
    ) -> None:
        self._app = app
        self._headers = merge_headers(None, headers)
        self._backend = backend
        self._backend_options = None if backend_options is None else dict(backend_options)
        self._stack = ExitStack()
        self._running: Running | None = None

    @property
    def app(self) -> ASGIApp:
        """The application."""
        return self._app

    def __enter__(self) -> Self:
        if self._running is not None:
            raise RuntimeError("the client has been entered already")
        self._running = self._stack.enter_context(self._run())
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._running = None
        self._stack.__exit__(exc_type, error, traceback)

    def simulate_request(
        self, method: str = "GET", path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send a request, and wait until the application has answered it and returned.

        As `ASGIConductor.simulate_request`.
        """
        with self._use() as (portal, conductor):
            request = functools.partial(conductor.simulate_request, method, path, **arguments)
            return portal.call(request)

    def simulate_get(self, path: str = "/", **arguments: Unpack[RequestArguments]) -> Result:
        """Send a GET request."""
        return self.simulate_request("GET", path, **arguments)

    def simulate_head(self, path: str = "/", **arguments: Unpack[RequestArguments]) -> Result:
        """Send a HEAD request; the result has what body was sent."""
        return self.simulate_request("HEAD", path, **arguments)

    def simulate_post(self, path: str = "/", **arguments: Unpack[RequestArguments]) -> Result:
        """Send a POST request."""
        return self.simulate_request("POST", path, **arguments)

    def simulate_put(self, path: str = "/", **arguments: Unpack[RequestArguments]) -> Result:
        """Send a PUT request."""
        return self.simulate_request("PUT", path, **arguments)

    def simulate_patch(self, path: str = "/", **arguments: Unpack[RequestArguments]) -> Result:
        """Send a PATCH request."""
        return self.simulate_request("PATCH", path, **arguments)

    def simulate_delete(self, path: str = "/", **arguments: Unpack[RequestArguments]) -> Result:
        """Send a DELETE request."""
        return self.simulate_request("DELETE", path, **arguments)

    def simulate_options(self, path: str = "/", **arguments: Unpack[RequestArguments]) -> Result:
        """Send an OPTIONS request."""
        return self.simulate_request("OPTIONS", path, **arguments)

    def simulate_stream(
        self, method: str = "GET", path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> BlockingStream:
        """Send a request, and read the response while it comes.

        `with client.simulate_stream("GET", "/") as result`. As `ASGIConductor.simulate_stream`.
        """
        return BlockingStream(
            self._use, lambda conductor: conductor.simulate_stream(method, path, **arguments)
        )

    def simulate_get_stream(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> BlockingStream:
        """Send a GET request, and read the response while it comes. As `simulate_stream`."""
        return self.simulate_stream("GET", path, **arguments)

    @contextmanager
    def _use(self) -> Generator[Running]:
        """Give the application that runs, or run it for this one call."""
        if self._running is not None:
            yield self._running
            return
        with self._run() as running:
            yield running

    @contextmanager
    def _run(self) -> Generator[Running]:
        """Run an event loop in a thread, and the application on it."""
        with start_blocking_portal(self._backend, self._backend_options) as portal:
            conductor = ASGIConductor(self._app, self._headers)
            with portal.wrap_async_context_manager(conductor):
                yield Running(portal, conductor)
