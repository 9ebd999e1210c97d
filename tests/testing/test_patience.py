"""How long a simulator waits when nothing else is said: on the virtual clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from anyws.testing import ASGIConductor
from anyws.testing.patience import long_enough
from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import Receive, Scope, Send


pytestmark = pytest.mark.anyws_clock("virtual")


async def test_the_answer_is_waited_for_for_five_seconds() -> None:
    async with ASGIConductor(apps.app_of(apps.for_ever)) as conductor:
        began = anyio.current_time()
        with pytest.raises(TimeoutError, match="within 5 seconds"):
            async with conductor.simulate_ws():
                pytest.fail("the body must not run")
        assert anyio.current_time() - began == pytest.approx(5)


async def test_the_end_is_waited_for_for_thirty_seconds() -> None:
    async with ASGIConductor(apps.accepting(apps.for_ever)) as conductor:
        with pytest.raises(TimeoutError, match="for 30 seconds"):
            async with conductor.simulate_ws():
                began = anyio.current_time()
        assert anyio.current_time() - began == pytest.approx(30)


async def test_the_end_is_waited_for_after_a_denial_too() -> None:
    async def deny_and_stay(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.close", "code": 3401})
        await anyio.sleep_forever()

    async with ASGIConductor(apps.app_of(deny_and_stay)) as conductor:
        began = anyio.current_time()
        with pytest.raises(TimeoutError, match="for 30 seconds"):
            async with conductor.simulate_ws():
                pytest.fail("the body must not run")
        assert anyio.current_time() - began == pytest.approx(30)


async def test_one_timeout_replaces_both() -> None:
    async with ASGIConductor(apps.app_of(apps.for_ever)) as conductor:
        with pytest.raises(TimeoutError, match="within 60 seconds"):
            async with conductor.simulate_ws(timeout=60):
                pytest.fail("the body must not run")
    async with ASGIConductor(apps.accepting(apps.for_ever)) as conductor:
        with pytest.raises(TimeoutError, match="for 60 seconds"):
            async with conductor.simulate_ws(timeout=60):
                pass


A_WEEK = 604_800


async def stay_silent(scope: Scope, receive: Receive, send: Send) -> None:
    """Begin an answer of any kind, and say no more."""
    if scope["type"] == "websocket":
        await apps.accept(receive, send)
    elif scope["path"] == "/begins":
        await send({"type": "http.response.start", "status": 200})
    await anyio.sleep_forever()


@pytest.mark.parametrize(("timeout", "seconds"), [(None, A_WEEK), (7, 7)])
async def test_a_message_that_never_comes_is_told_of_after_a_virtual_week(
    timeout: float | None, seconds: float
) -> None:
    app = apps.app_of(stay_silent)
    async with ASGIConductor(app) as conductor, conductor.simulate_ws() as ws:
        with pytest.raises(TimeoutError, match=rf"within {seconds} seconds; .*(.|\n)*stay_silent"):
            await ws.receive_text(timeout=timeout)
        assert anyio.current_time() == seconds
        if timeout is None:
            with pytest.raises(TimeoutError, match="no message has come"):
                await anext(ws)
        ws.cancel_app()


@pytest.mark.parametrize(("timeout", "seconds"), [(None, A_WEEK), (7, 7)])
async def test_a_response_that_never_comes_is_told_of_after_a_virtual_week(
    timeout: float | None, seconds: float
) -> None:
    async with ASGIConductor(apps.app_of(stay_silent)) as conductor:
        with pytest.raises(
            TimeoutError, match=rf"not answered within {seconds} seconds; .*(.|\n)*stay_silent"
        ):
            await conductor.simulate_get("/", timeout=timeout)
        assert anyio.current_time() == seconds


@pytest.mark.parametrize(("timeout", "seconds"), [(None, A_WEEK), (7, 7)])
async def test_a_part_of_a_response_that_never_comes_is_told_of_after_a_virtual_week(
    timeout: float | None, seconds: float
) -> None:
    async with ASGIConductor(apps.app_of(stay_silent)) as conductor:
        stream = await conductor.simulate_get_stream("/begins", timeout=timeout).__aenter__()
        with pytest.raises(
            TimeoutError, match=rf"no part .* within {seconds} seconds; .*(.|\n)*stay_silent"
        ):
            await stream.read()
        assert anyio.current_time() == seconds
        stream.cancel_app()


@pytest.mark.parametrize(("timeout", "seconds"), [(None, 5), (7, 7)])
async def test_the_beginning_of_a_stream_is_waited_for_for_five_seconds(
    timeout: float | None, seconds: float
) -> None:
    async with ASGIConductor(apps.app_of(stay_silent)) as conductor:
        with pytest.raises(TimeoutError, match=f"within {seconds} seconds"):
            async with conductor.simulate_get_stream("/", timeout=timeout):
                pytest.fail("the body must not run")
        assert anyio.current_time() == seconds


@pytest.mark.anyws_clock("real")
async def test_in_real_time_half_a_minute_is_long_enough() -> None:
    assert long_enough() == 30
