"""Callbacks that run after a response was sent, and what a shutdown does to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import anyio
import pytest

import anyws
from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from tests.app.lifespans import Service

if TYPE_CHECKING:
    from anyws import Request, Response

virtual_time = pytest.mark.anyws_clock("virtual")


class Scheduling:
    """A resource that answers, and has callbacks called afterwards."""

    def __init__(self, *callbacks: Callable[[], Awaitable[object]]) -> None:
        self._callbacks = callbacks

    async def on_get(self, req: Request, resp: Response) -> None:
        for callback in self._callbacks:
            resp.schedule(callback)


def app_with(*callbacks: Callable[[], Awaitable[object]], **arguments: Any) -> anyws.App:
    app = anyws.App(**arguments)
    app.add_route("/", Scheduling(*callbacks))
    return app


@virtual_time
async def test_a_shutdown_waits_for_callbacks_before_it_ends_what_they_use() -> None:
    log: list[str] = []

    async def later() -> None:
        await anyio.sleep(4)
        log.append("callback")

    async with ASGIConductor(app_with(later, middleware=Service("a", log))) as conductor:
        await conductor.simulate_get("/")
    assert log == ["start a", "callback", "stop a"]


@virtual_time
async def test_callbacks_that_do_not_end_are_cancelled_after_5_seconds() -> None:
    log: list[str] = []

    async def never() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            log.append("cancelled")

    async with ASGIConductor(app_with(never, middleware=Service("a", log))) as conductor:
        await conductor.simulate_get("/")
        start = anyio.current_time()
    assert anyio.current_time() - start == pytest.approx(5)
    assert log == ["start a", "cancelled", "stop a"]


@virtual_time
async def test_tasks_of_the_application_are_there_while_callbacks_end() -> None:
    log: list[str] = []

    async def worker() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            log.append("worker")

    async def later() -> None:
        await anyio.sleep(1)
        log.append("callback")

    app = app_with(later)
    async with ASGIConductor(app) as conductor:
        app.task_group.start_soon(worker)
        await conductor.simulate_get("/")
    assert log == ["callback", "worker"]


async def test_an_error_of_a_callback_is_logged_and_the_others_run(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ran = anyio.Event()

    async def fail() -> None:
        raise ValueError("of the callback")

    async def later() -> None:
        await wait_all_tasks_blocked()
        ran.set()

    async with ASGIConductor(app_with(fail, later)) as conductor:
        assert (await conductor.simulate_get("/")).status_code == 200
    assert ran.is_set()
    assert "of the callback" in caplog.text
