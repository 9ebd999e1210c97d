"""The applications that have made themselves known to the launcher: those it can drain."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Final, Protocol

from anyio import create_task_group

from anyws.app.application import App, registry_of
from anyws.websocket.options import WebSocketOptions

SERVICE_RESTART: Final = 1012

_USUAL_TIMEOUT: Final = 60.0
_LARGEST_SHARE: Final = 0.9

_logger = logging.getLogger("anyws")


class Drainable(Protocol):
    """An application as the launcher needs it: `anyws.App`."""

    @property
    def ws_options(self) -> WebSocketOptions: ...

    async def drain(self, *, deadline: float, code: int, spread: float, refuse: bool) -> None: ...


class Attached:
    """Any number of applications: an ASGI application may be made of several."""

    def __init__(self) -> None:
        self._apps: list[Drainable] = []

    def attach(self, app: Drainable) -> None:
        """Take one in, as it starts. Once is enough."""
        if not any(app is known for known in self._apps):
            self._apps.append(app)

    async def drain(self, *, deadline: float, spread: float, refuse: bool) -> None:
        """Drain them all, side by side; return when everybody has left, or at the deadline."""
        async with create_task_group() as tasks:
            for app in self._apps:
                tasks.start_soon(_drain, app, deadline, spread, refuse)

    @property
    def send_timeout(self) -> float:
        """The seconds that a send may be stuck in any of them."""
        timeouts = (options.send_timeout for app in self._apps for options in _options_of(app))
        return max(timeouts, default=_USUAL_TIMEOUT)


async def _drain(app: Drainable, deadline: float, spread: float, refuse: bool) -> None:
    spread = min(spread, deadline * _LARGEST_SHARE)
    try:
        await app.drain(deadline=deadline, code=SERVICE_RESTART, spread=spread, refuse=refuse)
    except Exception:
        _logger.exception("draining %r failed", app)


def _options_of(app: Drainable) -> Iterator[WebSocketOptions]:
    yield app.ws_options
    if isinstance(app, App):
        # Another router than the built-in one may not tell.
        for route in getattr(registry_of(app).router, "routes", ()):
            options = getattr(route.resource, "ws_options", None)
            if isinstance(options, WebSocketOptions):
                yield options
