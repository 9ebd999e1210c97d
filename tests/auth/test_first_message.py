"""A token in the first message."""

from __future__ import annotations

import logging

import pytest
from anyio import current_time, sleep

from anyws import (
    App,
    Request,
    WebSocket,
    WebSocketDisconnected,
    WebSocketOptions,
    before,
)
from anyws.auth import FirstMessage
from anyws.testing import ASGIConductor
from tests.auth.ways import FIRST_MESSAGE, SECRET, USER, Welcome, app_behind, verify
from tests.websocket.scripted import Route

virtual = pytest.mark.anyws_clock("virtual")


async def test_what_the_client_sends_behind_its_token_is_left_to_the_responder() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        async for message in ws:
            await ws.send_text(f"{ws.context.user}: {message!r}")

    app = App(middleware=FirstMessage(verify))
    app.add_route("/", Route(respond))
    async with ASGIConductor(app) as conductor, FIRST_MESSAGE.opened(conductor) as ws:
        await ws.send_text("hi")
        await ws.send_data(b"there")
        assert await ws.receive_text() == "bob: 'hi'"
        assert await ws.receive_text() == "bob: b'there'"


async def test_the_second_message_is_no_second_try() -> None:
    async with (
        ASGIConductor(app_behind(FirstMessage(verify))) as conductor,
        conductor.simulate_ws("/") as ws,
    ):
        await ws.send_text("wrong")
        await ws.send_text(SECRET)
        with pytest.raises(WebSocketDisconnected) as refused:
            await ws.receive_text()
    assert (refused.value.code, refused.value.reason) == (3401, "Unauthorized")


async def test_a_binary_message_is_not_verified_and_closes_with_3401(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "anyws")
    asked: list[str] = []

    async def find(secret: str) -> str | None:
        asked.append(secret)
        return USER

    async with (
        ASGIConductor(app_behind(FirstMessage(find))) as conductor,
        conductor.simulate_ws("/") as ws,
    ):
        await ws.send_data(SECRET.encode())
        with pytest.raises(WebSocketDisconnected) as refused:
            await ws.receive_text()
    assert refused.value.code == 3401
    assert asked == []
    assert "The first message must be text." in caplog.text


async def test_a_responder_may_accept_by_itself_before_it_asks() -> None:
    login = FirstMessage(verify)

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept("chat.v2", headers={"x-shard": "7"})
        await ws.send_text(await login.authenticate(req, ws))

    app = App()
    app.add_route("/", Route(respond))
    async with (
        ASGIConductor(app) as conductor,
        FIRST_MESSAGE.opened(conductor, subprotocols=["chat.v2"]) as ws,
    ):
        assert (ws.subprotocol, ws.headers["x-shard"]) == ("chat.v2", "7")
        assert await ws.receive_text() == USER


@pytest.mark.parametrize("place", ["component", "hook"])
async def test_the_size_of_the_message_is_limited_by_the_resource_where_it_is_a_hook(
    place: str,
) -> None:
    login = FirstMessage(verify)

    class Gate(Welcome):
        ws_options = WebSocketOptions(max_message_size=64)

    class GateWithHook(Gate):
        @before(login)
        async def on_websocket(self, req: Request, ws: WebSocket) -> None:
            await super().on_websocket(req, ws)

    app = App(middleware=login) if place == "component" else App()
    app.add_route("/", Gate() if place == "component" else GateWithHook())
    async with ASGIConductor(app) as conductor:
        refused = await FIRST_MESSAGE.refusal(conductor, "x" * 65)
    assert refused.code == (3401 if place == "component" else 1009)


async def test_a_client_that_leaves_without_a_message_is_not_asked_about() -> None:
    asked: list[str] = []

    async def find(secret: str) -> str | None:
        asked.append(secret)
        return USER

    async with (
        ASGIConductor(app_behind(FirstMessage(find))) as conductor,
        conductor.simulate_ws("/"),
    ):
        pass
    assert asked == []


@pytest.mark.parametrize("deadline", [0, -1, float("nan"), float("inf")])
def test_a_deadline_that_cannot_come_is_refused_at_once(deadline: float) -> None:
    with pytest.raises(ValueError, match="deadline must be a finite number of seconds above 0"):
        FirstMessage(verify, deadline=deadline)


@virtual
async def test_who_says_nothing_is_closed_with_3408(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "anyws")
    async with (
        ASGIConductor(app_behind(FirstMessage(verify, deadline=2))) as conductor,
        conductor.simulate_ws("/") as ws,
    ):
        with pytest.raises(WebSocketDisconnected) as refused:
            await ws.receive_text()
    assert (refused.value.code, refused.value.reason) == (3408, "Request Timeout")
    assert "No message within 2 seconds." in caplog.text


@virtual
async def test_the_deadline_is_ten_seconds_unless_it_is_given() -> None:
    async with (
        ASGIConductor(app_behind(FirstMessage(verify))) as conductor,
        conductor.simulate_ws("/") as ws,
    ):
        began = current_time()
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
        assert current_time() - began == pytest.approx(10)


@virtual
async def test_a_message_just_before_the_deadline_is_verified_for_as_long_as_it_takes() -> None:
    async def think(secret: str) -> str | None:
        await sleep(60)
        return await verify(secret)

    async with (
        ASGIConductor(app_behind(FirstMessage(think, deadline=5))) as conductor,
        conductor.simulate_ws("/") as ws,
    ):
        await sleep(4.9)
        await ws.send_text(SECRET)
        assert await ws.receive_text() == USER


@virtual
async def test_the_deadline_counts_from_when_it_begins_to_wait() -> None:
    class Greeting:
        async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
            await ws.accept()
            await sleep(30)

    app = App(middleware=[Greeting(), FirstMessage(verify, deadline=5)])
    app.add_route("/", Welcome())
    async with ASGIConductor(app) as conductor, conductor.simulate_ws("/") as ws:
        await sleep(34)
        await ws.send_text(SECRET)
        assert await ws.receive_text() == USER
