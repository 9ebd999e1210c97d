"""What a strict server does not let an application do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from anyws.errors.websocket import WebSocketDisconnected
from anyws.testing import ASGIConductor, IllegalEvent, wait_all_tasks_blocked
from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Receive, Scope, Send

ACCEPT: dict[str, object] = {"type": "websocket.accept"}
CLOSE: dict[str, object] = {"type": "websocket.close", "code": 1000}
HELLO: dict[str, object] = {"type": "websocket.send", "text": "hello"}

IN_THE_HANDSHAKE = [
    pytest.param([ACCEPT], "before it had read", id="accept before connect was read"),
    pytest.param([CLOSE], "before it had read", id="close before connect was read"),
    pytest.param(["receive", HELLO], "in the handshake", id="send before accept"),
    pytest.param(
        ["receive", {"type": "websocket.http.response.body"}],
        "in the handshake",
        id="a body before its response",
    ),
    pytest.param(["receive", CLOSE, CLOSE], "had ended", id="two closes"),
    pytest.param(["receive", CLOSE, ACCEPT], "had ended", id="accept after close"),
    pytest.param(
        ["receive", ACCEPT | {"subprotocol": "v9"}], "offers", id="a subprotocol nobody offered"
    ),
    pytest.param(["receive", {"type": "websocket.open"}], "known here", id="an unknown event"),
    pytest.param(["receive"], "returned without having accepted", id="no answer"),
    pytest.param(["receive", CLOSE, "receive", "receive"], "again", id="a receive too many"),
]
AFTER_ACCEPT = [
    pytest.param([ACCEPT], "after it had accepted", id="a second accept"),
    pytest.param(
        [{"type": "websocket.http.response.start", "status": 401}],
        "after it had accepted",
        id="a response after accept",
    ),
    pytest.param([CLOSE, HELLO], "had ended", id="send after its own close"),
    pytest.param([CLOSE, CLOSE], "had ended", id="close after its own close"),
    pytest.param([{"type": "websocket.send"}], "either text or bytes", id="an empty send"),
    pytest.param([CLOSE, "receive", "receive"], "again", id="a receive after the disconnect"),
]


async def _take(steps: list[Event | str], receive: Receive, send: Send) -> None:
    for step in steps:
        if isinstance(step, str):
            await receive()
        else:
            await send(step)


@pytest.mark.parametrize(("steps", "complaint"), IN_THE_HANDSHAKE)
async def test_an_illegal_event_in_the_handshake_comes_out_of_the_entry(
    steps: list[Event | str], complaint: str
) -> None:
    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        await _take(steps, receive, send)

    async with ASGIConductor(apps.app_of(talk)) as conductor:
        with pytest.raises(IllegalEvent, match=complaint):
            async with conductor.simulate_ws(subprotocols=["v1"]):
                pytest.fail("the body must not run")


@pytest.mark.parametrize(("steps", "complaint"), AFTER_ACCEPT)
async def test_an_illegal_event_comes_out_of_the_exit(
    steps: list[Event | str], complaint: str
) -> None:
    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        await _take(steps, receive, send)

    async with ASGIConductor(apps.accepting(talk)) as conductor:
        with pytest.raises(IllegalEvent, match=complaint):
            async with conductor.simulate_ws():
                await wait_all_tasks_blocked()


async def test_an_illegal_event_raises_in_the_application_and_fails_the_test_if_swallowed() -> (
    None
):
    async def swallow(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(IllegalEvent):
            await send(ACCEPT)
        await apps.until_left(scope, receive, send)

    async with ASGIConductor(apps.accepting(swallow)) as conductor:
        with pytest.raises(IllegalEvent, match="after it had accepted"):
            async with conductor.simulate_ws():
                await wait_all_tasks_blocked()


@pytest.mark.anyws_clock("virtual")
async def test_an_illegal_event_ends_the_connection_lest_the_client_waits_for_ever() -> None:
    async def swallow(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(IllegalEvent):
            await send(ACCEPT)
        await apps.for_ever(scope, receive, send)

    async with ASGIConductor(apps.accepting(swallow)) as conductor:
        with pytest.raises(IllegalEvent) as illegal:
            async with conductor.simulate_ws(timeout=10) as ws:
                with pytest.raises(WebSocketDisconnected) as caught:
                    await ws.receive_text()
    assert caught.value.code == 1011
    assert caught.value.__cause__ is illegal.value


async def test_an_illegal_event_comes_out_in_the_place_of_the_exception_of_the_body() -> None:
    async def swallow(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(IllegalEvent):
            await send(ACCEPT)

    async with ASGIConductor(apps.accepting(swallow)) as conductor:
        with pytest.raises(IllegalEvent) as caught:
            async with conductor.simulate_ws() as ws:
                await ws.receive_text()
    assert isinstance(caught.value.__context__, WebSocketDisconnected)


async def test_the_first_illegal_event_is_the_one_that_comes_out() -> None:
    async def twice(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(IllegalEvent):
            await send(ACCEPT)
        await send({"type": "websocket.open"})

    async with ASGIConductor(apps.accepting(twice)) as conductor:
        with pytest.raises(IllegalEvent, match="after it had accepted"):
            async with conductor.simulate_ws():
                await wait_all_tasks_blocked()


async def test_an_illegal_event_does_not_replace_a_cancellation() -> None:
    async def swallow(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(IllegalEvent):
            await send(ACCEPT)

    async with ASGIConductor(apps.accepting(swallow)) as conductor:
        with anyio.CancelScope() as scope:
            async with conductor.simulate_ws():
                await wait_all_tasks_blocked()
                scope.cancel()
                await anyio.sleep_forever()
        assert scope.cancelled_caught


async def test_a_denial_response_needs_the_extension() -> None:
    async def deny(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.http.response.start", "status": 401})

    async with ASGIConductor(apps.app_of(deny)) as conductor:
        with pytest.raises(IllegalEvent, match=r"no extension websocket\.http\.response"):
            async with conductor.simulate_ws(extensions={}):
                pytest.fail("the body must not run")


async def test_a_code_that_cannot_be_sent_is_refused_and_may_be_replaced() -> None:
    async def close(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(ValueError, match="invalid close code 1005"):
            await send({"type": "websocket.close", "code": 1005})
        await send({"type": "websocket.close", "code": 3011})

    async with ASGIConductor(apps.accepting(close)) as conductor, conductor.simulate_ws() as ws:
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
    assert ws.close_code == 3011
