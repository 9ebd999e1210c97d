"""What a simulated client can do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anyio
import pytest
from anyio import wait_all_tasks_blocked

from anyws.errors.websocket import PayloadTypeError, WebSocketDisconnected
from anyws.testing import ASGIConductor, ASGIWebSocketSimulator
from tests.testing import apps

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyws._asgi.types import Receive, Scope, Send


async def test_each_kind_of_message_goes_there_and_back() -> None:
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws() as ws:
        await ws.send_text("")
        assert await ws.receive_text() == ""
        await ws.send_data(b"")
        assert await ws.receive_data() == b""
        await ws.send_json({"a": [1, "ä"]})
        assert await ws.receive_json() == {"a": [1, "ä"]}
        await ws.send_msgpack({"a": b"\x00"})
        assert await ws.receive_msgpack() == {"a": b"\x00"}


@pytest.mark.parametrize("payload", [b"abc", bytearray(b"abc"), memoryview(b"abc")])
async def test_any_bytes_like_object_can_be_sent(payload: bytes | bytearray | memoryview) -> None:
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws() as ws:
        await ws.send_data(payload)
        assert await ws.receive_data() == b"abc"


async def test_json_is_text_and_msgpack_is_binary() -> None:
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws() as ws:
        await ws.send_json({"a": 1})
        assert json.loads(await ws.receive_text()) == {"a": 1}
        await ws.send_msgpack(1)
        assert await ws.receive_data() == b"\x01"


async def test_the_wrong_kind_of_message_is_an_error_and_is_consumed() -> None:
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws() as ws:
        for message in ("text", "text", "more"):
            await ws.send_text(message)
        for data in (b"data", b"data", b"more"):
            await ws.send_data(data)
        with pytest.raises(PayloadTypeError, match="BINARY message was asked for"):
            await ws.receive_data()
        with pytest.raises(PayloadTypeError, match="BINARY message was asked for"):
            await ws.receive_msgpack()
        assert await ws.receive_text() == "more"
        with pytest.raises(PayloadTypeError, match="TEXT message was asked for"):
            await ws.receive_text()
        with pytest.raises(PayloadTypeError, match="TEXT message was asked for"):
            await ws.receive_json()
        assert await ws.receive_data() == b"more"


async def test_a_payload_of_the_wrong_type_is_not_sent() -> None:
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws() as ws:
        with pytest.raises(TypeError, match="payload must be a str"):
            await ws.send_text(b"data")  # type: ignore[arg-type]  # what is tested
        with pytest.raises(TypeError, match="payload must be bytes"):
            await ws.send_data("text")  # type: ignore[arg-type]  # what is tested
        await ws.send_text("right")
        assert await ws.receive_text() == "right"


@pytest.mark.parametrize(
    "call",
    [
        lambda ws: ws.send_text("late"),
        lambda ws: ws.send_data(b"late"),
        lambda ws: ws.send_json("late"),
        lambda ws: ws.send_msgpack("late"),
        lambda ws: ws.receive_text(),
        lambda ws: ws.receive_data(),
        lambda ws: ws.receive_json(),
        lambda ws: ws.receive_msgpack(),
    ],
)
async def test_after_the_end_every_call_raises_with_its_code(
    call: Callable[[ASGIWebSocketSimulator], Awaitable[object]],
) -> None:
    async def close(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.close", "code": 4001, "reason": "enough"})

    async with ASGIConductor(apps.accepting(close)) as conductor, conductor.simulate_ws() as ws:
        for _ in range(2):
            with pytest.raises(WebSocketDisconnected) as caught:
                await call(ws)
            assert (caught.value.code, caught.value.reason) == (4001, "enough")
        assert ws.closed
        assert not ws.ready
        assert (ws.close_code, ws.close_reason) == (4001, "enough")


async def test_a_close_by_the_client_wakes_its_own_receive() -> None:
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws() as ws:

        async def receive() -> None:
            with pytest.raises(WebSocketDisconnected) as caught:
                await ws.receive_text()
            assert caught.value.code == 4001

        async with anyio.create_task_group() as group:
            group.start_soon(receive)
            await wait_all_tasks_blocked()
            await ws.close(4001)


async def test_a_cancelled_receive_of_the_client_loses_no_message() -> None:
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws() as ws:
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as group:
                group.start_soon(ws.receive_text)
                await wait_all_tasks_blocked()
                await ws.send_text("kept")
                scope.cancel()
        assert await ws.receive_text() == "kept"


@pytest.mark.parametrize(
    ("spec_version", "event"),
    [
        ("2.2", {"type": "websocket.disconnect", "code": 1005}),
        ("2.3", {"type": "websocket.disconnect", "code": 1005, "reason": "odd"}),
    ],
)
async def test_the_application_is_told_the_code_and_from_2_3_on_the_reason(
    spec_version: str, event: dict[str, object]
) -> None:
    told: list[object] = []

    async def listen(scope: Scope, receive: Receive, send: Send) -> None:
        told.append(await receive())

    async with (
        ASGIConductor(apps.accepting(listen)) as conductor,
        conductor.simulate_ws(spec_version=spec_version) as ws,
    ):
        await ws.close(1005, "odd")
    assert told == [event]


async def test_a_close_reason_of_the_application_does_not_exist_before_2_3() -> None:
    async def close(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.close", "code": 4001, "reason": "enough"})

    async with (
        ASGIConductor(apps.accepting(close)) as conductor,
        conductor.simulate_ws(spec_version="2.2") as ws,
    ):
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
    assert (ws.close_code, ws.close_reason) == (4001, None)
