"""What a simulated client can do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anyio
import pytest

from anyws.errors.websocket import PayloadTypeError, WebSocketDisconnected
from anyws.testing import ASGIConductor, ASGIWebSocketSimulator, wait_all_tasks_blocked
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


async def test_iterating_gives_the_messages_and_ends_with_the_connection() -> None:
    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.send", "text": "text"})
        await send({"type": "websocket.send", "bytes": b"data"})
        await send({"type": "websocket.close", "code": 4001})

    async with ASGIConductor(apps.accepting(talk)) as conductor, conductor.simulate_ws() as ws:
        assert [message async for message in ws] == ["text", b"data"]
        assert ws.close_code == 4001


async def test_draining_gives_what_has_arrived_and_does_not_wait() -> None:
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws() as ws:
        assert ws.drain() == []
        await ws.send_text("one")
        await ws.send_data(b"two")
        await wait_all_tasks_blocked()
        assert ws.drain() == ["one", b"two"]
        assert ws.drain() == []


@pytest.mark.anyws_clock("virtual")
@pytest.mark.parametrize(
    "receive",
    [
        lambda ws: ws.receive_text(timeout=10),
        lambda ws: ws.receive_data(timeout=10),
        lambda ws: ws.receive_json(timeout=10),
        lambda ws: ws.receive_msgpack(timeout=10),
    ],
)
async def test_a_receive_may_have_a_deadline_and_then_says_what_the_application_is_doing(
    receive: Callable[[ASGIWebSocketSimulator], Awaitable[object]],
) -> None:
    async def idle(scope: Scope, receive: Receive, send: Send) -> None:
        await wait_for_better_days()

    async def wait_for_better_days() -> None:
        await anyio.sleep_forever()

    async with ASGIConductor(apps.accepting(idle)) as conductor, conductor.simulate_ws() as ws:
        with pytest.raises(TimeoutError) as late:
            await receive(ws)
        ws.cancel_app()
    lines = str(late.value).splitlines()
    assert lines[0] == (
        "no message has come within 10 seconds; it last received websocket.connect and last "
        "sent websocket.accept, and it waits at"
    )
    assert [line.rpartition(" ")[2] for line in lines[1:]] == [
        "app",
        "accepted",
        "idle",
        "wait_for_better_days",
        "sleep_forever",
    ]


async def test_a_deadline_that_is_kept_changes_nothing() -> None:
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws() as ws:
        await ws.send_text("hi")
        assert await ws.receive_text(timeout=5) == "hi"
        with pytest.raises(WebSocketDisconnected):
            ws.drop()
            await ws.receive_text(timeout=5)


@pytest.mark.anyws_clock("virtual")
async def test_a_send_that_waits_for_another_client_is_told_of() -> None:
    async def write_home(scope: Scope, receive: Receive, send: Send) -> None:
        senders[scope["path"]] = send
        if scope["path"] == "/b":
            await started.wait()
            await senders["/a"]({"type": "websocket.send", "text": "dear mother"})
        await apps.until_left(scope, receive, send)

    senders: dict[str, Send] = {}
    started = anyio.Event()
    async with (
        ASGIConductor(apps.accepting(write_home)) as conductor,
        conductor.simulate_ws("/a") as a,
        conductor.simulate_ws("/b") as b,
    ):
        a.stall()
        started.set()
        with pytest.raises(TimeoutError) as stuck:
            await b.receive_text(timeout=10)
        assert f"does not read:\n  to #1 WS /a, from {__file__}:" in str(stuck.value)
        a.resume()
        with pytest.raises(TimeoutError) as free:
            await b.receive_text(timeout=10)
        assert "does not read" not in str(free.value)


@pytest.mark.anyws_clock("virtual")
async def test_a_send_that_waits_for_a_stream_is_told_of() -> None:
    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await apps.for_ever(scope, receive, send)
        await send({"type": "http.response.start", "status": 200})
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})

    async with (
        ASGIConductor(apps.app_of(talk)) as conductor,
        conductor.simulate_get_stream("/") as stream,
    ):
        await wait_all_tasks_blocked()
        with pytest.raises(TimeoutError, match="does not read:\n  to #1 GET /, from"):
            await conductor.simulate_ws(timeout=10).__aenter__()
        stream.cancel_app()
