"""Middleware components that tests put around a WebSocket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from anyws import Request, WebSocket

Step = Callable[[Request, WebSocket], Awaitable[object]]


class Noting:
    """A component that notes in a list, shared with others, which of its methods are called.

    `on_request`, `on_resource` and `on_disconnect` run inside of the method of the same name.
    """

    def __init__(
        self,
        name: str,
        calls: list[str],
        *,
        on_request: Step | None = None,
        on_resource: Step | None = None,
        on_disconnect: Step | None = None,
    ) -> None:
        self.name = name
        self.errors: list[Exception | None] = []
        self.resources: list[object] = []
        self._calls = calls
        self._on_request = on_request
        self._on_resource = on_resource
        self._on_disconnect = on_disconnect

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        await self._run("request", self._on_request, req, ws)

    async def process_resource_ws(
        self, req: Request, ws: WebSocket, resource: object, params: dict[str, object]
    ) -> None:
        await self._run("resource", self._on_resource, req, ws)

    async def process_disconnect_ws(
        self, req: Request, ws: WebSocket, resource: object, error: Exception | None
    ) -> None:
        self.errors.append(error)
        self.resources.append(resource)
        await self._run("disconnect", self._on_disconnect, req, ws)

    async def _run(self, method: str, step: Step | None, req: Request, ws: WebSocket) -> None:
        self._calls.append(f"{self.name} {method}")
        if step is not None:
            await step(req, ws)
