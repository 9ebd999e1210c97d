"""What goes wrong in the world, on purpose: clients that stall, vanish and flood, servers that stop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest

from anyws.errors.usage import OperationNotAllowed
from anyws.errors.websocket import WebSocketDisconnected
from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from anyws.testing.link import CAPACITY
from anyws.testing.profiles import STRICT
from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Receive, Scope, Send


class Counter:
    """An application that sends numbers when it is told to, and counts those that went."""

    def __init__(self, count: int, *, close: int | None = None) -> None:
        self.go = anyio.Event()
        self.sent = 0
        self.closed = False
        self.left: Event = {}
        self._count = count
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        await apps.accept(receive, send)
        await self.go.wait()
        for number in range(self._count):
            await send({"type": "websocket.send", "text": str(number)})
            self.sent += 1
        if self._close is not None:
            await send({"type": "websocket.close", "code": self._close})
            self.closed = True
        self.left = await apps.disconnect(receive)


@pytest.mark.parametrize("room", [0, 1, 5])
async def test_a_stalled_client_holds_the_application_back(room: int) -> None:
    app = Counter(20)
    async with ASGIConductor(app) as conductor, conductor.simulate_ws() as ws:
        ws.stall(room)
        app.go.set()
        await wait_all_tasks_blocked()
        assert app.sent == room
        ws.resume()
        assert [await ws.receive_text() for _ in range(20)] == [
            str(number) for number in range(20)
        ]


@pytest.mark.anyws_clock("virtual")
async def test_a_stalled_client_gets_what_had_arrived_and_nothing_else() -> None:
    app = Counter(1)
    async with ASGIConductor(app) as conductor, conductor.simulate_ws() as ws:
        app.go.set()
        await wait_all_tasks_blocked()
        ws.stall()
        assert await ws.receive_text() == "0"
    app = Counter(1)
    async with ASGIConductor(app) as conductor, conductor.simulate_ws() as ws:
        ws.stall()
        app.go.set()
        with anyio.move_on_after(10) as deadline:
            await ws.receive_text()
        assert deadline.cancelled_caught
        ws.resume()
        assert await ws.receive_text() == "0"


async def test_a_stalled_client_does_not_see_the_end_and_can_still_send() -> None:
    app = Counter(1, close=4000)
    async with ASGIConductor(app) as conductor, conductor.simulate_ws() as ws:
        ws.stall(room=1)
        app.go.set()
        await wait_all_tasks_blocked()
        assert not ws.closed
        assert not app.closed
        await ws.send_text("too late")
        ws.resume()
        assert [message async for message in ws] == ["0"]
        assert ws.close_code == 4000
        assert app.closed


@pytest.mark.anyws_clock("virtual")
async def test_what_a_stalled_client_sends_after_the_end_is_lost() -> None:
    heard: list[object] = []

    async def close_and_read(scope: Scope, receive: Receive, send: Send) -> None:
        await started.wait()
        await send({"type": "websocket.close"})
        await sent.wait()
        with anyio.move_on_after(10):
            while True:
                heard.append((await receive())["type"])

    started, sent = anyio.Event(), anyio.Event()
    app = apps.accepting(close_and_read)
    server = replace(STRICT, forbids_receive_after_end=False)
    async with ASGIConductor(app, server=server) as conductor, conductor.simulate_ws() as ws:
        ws.stall(room=1)
        started.set()
        await wait_all_tasks_blocked()
        await ws.send_text("too late")
        sent.set()
    assert heard == ["websocket.disconnect"]


@pytest.mark.parametrize("gentle", [True, False])
async def test_what_a_stalled_client_has_not_read_is_lost_when_it_leaves(*, gentle: bool) -> None:
    app = Counter(3)
    async with ASGIConductor(app) as conductor, conductor.simulate_ws() as ws:
        ws.stall()
        app.go.set()
        await wait_all_tasks_blocked()
        if gentle:
            await ws.close(4001)
        else:
            ws.drop()
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
    assert app.left["code"] == (4001 if gentle else 1006)


async def test_leaving_does_not_wait_for_a_client_that_is_stalled() -> None:
    app = Counter(3)
    async with ASGIConductor(app) as conductor, conductor.simulate_ws() as ws:
        ws.stall()
        app.go.set()
        await wait_all_tasks_blocked()
    assert app.left["code"] == 1000


async def test_the_others_do_not_stall_with_one() -> None:
    app = Counter(5)
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_ws() as stalled,
        conductor.simulate_ws() as other,
    ):
        stalled.stall()
        app.go.set()
        assert [await other.receive_text() for _ in range(5)] == list("01234")


async def test_a_stream_stalls_as_well() -> None:
    sent = 0

    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal sent
        await send({"type": "http.response.start", "status": 200})
        for number in range(5):
            await anyio.lowlevel.checkpoint()
            await started.wait()
            more = number < 4
            body = str(number).encode()
            await send({"type": "http.response.body", "body": body, "more_body": more})
            sent += 1

    started = anyio.Event()
    async with (
        ASGIConductor(apps.app_of(talk)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        result.stall(room=2)
        started.set()
        await wait_all_tasks_blocked()
        assert sent == 2
        result.resume()
        assert await result.read() == b"01234"


async def test_what_a_stalled_stream_has_not_read_is_lost_when_its_client_leaves() -> None:
    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"before", "more_body": True})
        await stalled.wait()
        await send({"type": "http.response.body", "body": b"after", "more_body": True})
        await apps.for_ever(scope, receive, send)

    stalled = anyio.Event()
    async with (
        ASGIConductor(apps.app_of(talk)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        await wait_all_tasks_blocked()
        result.stall(room=1)
        stalled.set()
        await wait_all_tasks_blocked()
        result.leave()
        assert await result.read() == b"before"
        result.cancel_app()


async def test_a_flood_goes_out_as_fast_as_it_is_taken_and_all_of_it_comes_back() -> None:
    count = 3 * CAPACITY
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws() as ws:
        assert await ws.flood(count, b"x") == count
        answers = [await ws.receive_data() for _ in range(count)]
        assert set(answers) == {b"x"}


@pytest.mark.anyws_clock("virtual")
async def test_a_flood_waits_for_an_application_that_does_not_read() -> None:
    async with (
        ASGIConductor(apps.accepting(apps.for_ever)) as conductor,
        conductor.simulate_ws() as ws,
    ):
        with anyio.move_on_after(10) as deadline:
            await ws.flood(2)
        assert deadline.cancelled_caught
        ws.cancel_app()


async def test_a_flood_stops_where_the_application_ends_it() -> None:
    async def close_after_three(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(3):
            await receive()
        await send({"type": "websocket.close", "code": 1008})

    async with (
        ASGIConductor(apps.accepting(close_after_three)) as conductor,
        conductor.simulate_ws() as ws,
    ):
        assert await ws.flood(10 * CAPACITY) < 10 * CAPACITY
        assert ws.close_code == 1008


@pytest.mark.anyws_clock("virtual")
async def test_a_client_that_is_stalled_floods_without_reading() -> None:
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws() as ws:
        ws.stall()
        with anyio.move_on_after(10) as deadline:
            await ws.flood(10)
        assert deadline.cancelled_caught


async def test_after_a_flood_a_client_that_does_not_read_holds_the_application_back_again() -> (
    None
):
    app = Counter(CAPACITY + 5)
    async with ASGIConductor(app) as conductor, conductor.simulate_ws() as ws:
        app.go.set()
        await ws.flood(0)
        await wait_all_tasks_blocked()
        assert app.sent == CAPACITY


async def test_nobody_floods_before_the_accept() -> None:
    async with ASGIConductor(apps.echo) as conductor:
        with pytest.raises(OperationNotAllowed):
            await conductor.simulate_ws().flood(1)


async def test_an_application_that_is_cancelled_says_its_farewell() -> None:
    async def stay(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.move_on_after(1, shield=True):
                await send({"type": "websocket.close", "code": 1012, "reason": "restart"})

    async with ASGIConductor(apps.accepting(stay)) as conductor, conductor.simulate_ws() as ws:
        ws.cancel_app()
        assert [message async for message in ws] == []
    assert (ws.close_code, ws.close_reason) == (1012, "restart")


async def test_an_application_may_be_cancelled_in_the_handshake() -> None:
    async with ASGIConductor(apps.app_of(apps.for_ever)) as conductor:
        ws = conductor.simulate_ws()

        async def enter() -> None:
            with pytest.raises(WebSocketDisconnected) as ended:
                await ws.__aenter__()
            assert ended.value.code == 1011

        async with anyio.create_task_group() as group:
            group.start_soon(enter)
            await wait_all_tasks_blocked()
            ws.cancel_app()


async def test_a_request_that_is_cancelled_has_no_response() -> None:
    async with ASGIConductor(apps.app_of(apps.for_ever)) as conductor:

        async def get() -> None:
            with pytest.raises(RuntimeError, match="was cancelled before the response had begun"):
                await conductor.simulate_get()

        async with anyio.create_task_group() as group:
            group.start_soon(get)
            await wait_all_tasks_blocked()
            conductor.stop_server()


async def test_a_server_that_is_stopped_may_leave_responses_to_the_application() -> None:
    may_answer = anyio.Event()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await may_answer.wait()
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    async with ASGIConductor(apps.app_of(answer), server="uvicorn") as conductor:

        async def get() -> None:
            assert (await conductor.simulate_get()).status_code == 204

        async with anyio.create_task_group() as group:
            group.start_soon(get)
            await wait_all_tasks_blocked()
            conductor.stop_server()
            may_answer.set()


async def test_a_stream_that_is_cancelled_is_cut_off() -> None:
    async def begin(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await anyio.sleep_forever()

    async with (
        ASGIConductor(apps.app_of(begin)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        result.cancel_app()
        with pytest.raises(RuntimeError, match="was cancelled before the response was complete"):
            await result.read()


async def test_after_the_server_has_stopped_new_clients_may_come() -> None:
    async with ASGIConductor(apps.echo) as conductor:
        async with conductor.simulate_ws() as before:
            conductor.stop_server()
            assert [message async for message in before] == []
        async with conductor.simulate_ws() as after:
            await after.send_text("back")
            assert await after.receive_text() == "back"


async def test_the_journal_tells_of_faults_and_of_every_client() -> None:
    async with (
        ASGIConductor(apps.echo) as conductor,
        conductor.simulate_ws("/a") as a,
        conductor.simulate_ws("/b") as b,
    ):
        await b.send_text("hi")
        await b.receive_text()
        a.stall()
        a.resume()
        a.drop()
    told = [(entry.client, entry.summary) for entry in conductor.journal.entries]
    assert [what for who, what in told if who == "#1 WS /a"] == [
        "websocket.connect",
        "websocket.accept",
        "stall(0)",
        "resume()",
        "drop()",
        "websocket.disconnect code=1006",
    ]
    assert [what for who, what in told if who == "#2 WS /b"] == [
        "websocket.connect",
        "websocket.accept",
        "websocket.receive text='hi'",
        "websocket.send text='hi'",
        "websocket.disconnect code=1000",
    ]


async def test_the_journal_tells_of_requests() -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    async with ASGIConductor(apps.app_of(answer)) as conductor:
        await conductor.simulate_post("/x", body="hi")
        async with conductor.simulate_get_stream("/y"):
            pass
    told = [(entry.client, entry.summary.split()[0]) for entry in conductor.journal.entries]
    parts = ("http.request", "http.response.start", "http.response.body")
    assert told == [("#1 POST /x", part) for part in parts] + [
        ("#2 GET /y", part) for part in parts
    ]


async def test_two_sockets_a_post_and_a_stream_are_at_work_at_once_in_one_test() -> None:
    posted = anyio.Event()
    messages: list[object] = []

    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"], scope.get("method"):
            case "websocket", _:
                await apps.accept(receive, send)
                await posted.wait()
                await send({"type": "websocket.send", "text": str(messages[0])})
                await apps.until_left(scope, receive, send)
            case _, "POST":
                messages.append((await receive())["body"].decode())
                posted.set()
                await send({"type": "http.response.start", "status": 204})
                await send({"type": "http.response.body"})
            case _:
                await send({"type": "http.response.start", "status": 200})
                await posted.wait()
                data = f"data: {messages[0]}\n\n".encode()
                await send({"type": "http.response.body", "body": data, "more_body": False})

    async with (
        ASGIConductor(apps.app_of(talk)) as conductor,
        conductor.simulate_ws() as one,
        conductor.simulate_ws() as other,
        conductor.simulate_get_stream("/") as stream,
    ):
        assert (await conductor.simulate_post(body="news")).status_code == 204
        assert await one.receive_text() == await other.receive_text() == "news"
        assert [event.data async for event in stream.events()] == ["news"]
