"""An application whose route `/` answers with a stream of events."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable
from typing import TYPE_CHECKING

import pytest

import anyws

if TYPE_CHECKING:
    from anyws import Request, Response
    from anyws.sse import SSEvent

# Where all tasks wait, time jumps to the next deadline.
virtual_time = pytest.mark.anyws_clock("virtual")

Source = AsyncIterable["SSEvent | None"]


class Events:
    """A resource; a new source is made for each request."""

    def __init__(self, make_source: Callable[[], Source]) -> None:
        self._make_source = make_source

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.sse = self._make_source()


def app_of(make_source: Callable[[], Source], *, ping_interval: float | None = None) -> anyws.App:
    """Make the application."""
    app = anyws.App()
    app.resp_options.sse_ping_interval = ping_interval
    app.add_route("/", Events(make_source))
    return app
