"""How long a simulator waits when nothing else is said: on the virtual clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from anyws.testing import ASGIConductor
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
