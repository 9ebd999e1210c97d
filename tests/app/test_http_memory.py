"""What a request holds is free as soon as it has been answered."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

import anyws
from anyws import Request, Response
from anyws.testing import ASGIConductor


@pytest.fixture
def _no_collector() -> Iterator[None]:
    """Leave it to the counts of references alone to free anything."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Echo:
    def __init__(self) -> None:
        self.requests: list[weakref.ref[Request]] = []

    async def on_post(self, req: Request, resp: Response) -> None:
        self.requests.append(weakref.ref(req))
        req.context.seen = True
        resp.media = await req.get_media()


@pytest.mark.usefixtures("_no_collector")
async def test_a_request_and_its_body_are_gone_without_the_garbage_collector() -> None:
    echo = Echo()
    app = anyws.App()
    app.add_route("/", echo)
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_post("/", json={"a": 1})).json == {"a": 1}
    (request,) = echo.requests
    assert request() is None
