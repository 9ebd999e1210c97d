"""The habits of servers: each a fact that an application meets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest

from anyws.errors.websocket import WebSocketDisconnected, WebSocketPathNotFound
from anyws.testing import ASGIConductor, ServerProfile, wait_all_tasks_blocked
from anyws.testing.profiles import HYPERCORN, HYPERCORN_TRIO, STRICT, UVICORN
from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Receive, Scope, Send

ACCEPT: Event = {"type": "websocket.accept"}
CLOSE: Event = {"type": "websocket.close", "code": 4000, "reason": "enough"}
REFUSE: Event = {"type": "websocket.close", "code": 3404}
DENY: Event = {"type": "websocket.http.response.start", "status": 404}
DENIED: Event = {"type": "websocket.http.response.body", "body": b"no"}
MESSAGE: Event = {"type": "websocket.send", "text": "message"}

Told = list[object]


def strict_but(**differences: object) -> ServerProfile:
    """A server that differs from the strict one in this alone."""
    return replace(STRICT, name="test", **differences)  # type: ignore[arg-type]  # any field


class Script:
    """An application that sends some events, and then reads as many disconnects as it is told."""

    def __init__(self, *events: Event, reads: int = 1) -> None:
        self.scope: Scope = {}
        self.told: Told = []
        self._events = events
        self._reads = reads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        self.scope = scope
        await receive()
        for event in self._events:
            await send(event)
        for _ in range(self._reads):
            event = await apps.disconnect(receive)
            self.told.append((event["code"], event.get("reason")))


@pytest.mark.parametrize(
    ("name", "version", "http_version"),
    [
        ("strict", "2.3", "2.3"),
        ("hypercorn", "2.3", "2.1"),
        ("hypercorn-trio", "2.3", "2.1"),
        ("uvicorn", "2.4", "2.3"),
    ],
)
async def test_a_server_has_its_versions_and_its_extensions(
    name: str, version: str, http_version: str
) -> None:
    script = Script(ACCEPT)
    versions: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        versions.append(scope.get("asgi", {}).get("spec_version"))
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 204})
            await send({"type": "http.response.body"})
            return
        await script(scope, receive, send)

    async with ASGIConductor(app, server=name) as conductor:
        async with conductor.simulate_ws():
            pass
        await conductor.simulate_get()
    assert versions[1:] == [version, http_version]
    assert "websocket.http.response" in script.scope["extensions"]


async def test_a_version_of_the_test_goes_before_the_servers() -> None:
    script = Script(ACCEPT)
    async with (
        ASGIConductor(script, server="uvicorn") as conductor,
        conductor.simulate_ws(spec_version=None, extensions={"mine": {}}),
    ):
        assert "spec_version" not in script.scope["asgi"]
        assert script.scope["extensions"] == {"mine": {}}


async def test_a_server_may_have_no_denial_responses() -> None:
    script = Script(ACCEPT)
    server = strict_but(denial_responses=False)
    async with ASGIConductor(script, server=server) as conductor, conductor.simulate_ws():
        assert script.scope["extensions"] == {}


async def test_one_connection_may_go_through_another_server() -> None:
    script = Script(ACCEPT)
    async with ASGIConductor(script) as conductor:
        for server in (None, strict_but(tells_close=False)):
            async with conductor.simulate_ws(server=server) as ws:
                await ws.close(4001)
    assert script.told == [(4001, None), (1006, None)]


@pytest.mark.parametrize("server", [UVICORN, "uvicorn"])
async def test_a_server_is_given_by_its_name_or_as_a_profile(server: str | ServerProfile) -> None:
    script = Script(ACCEPT)
    async with ASGIConductor(script, server=server) as conductor, conductor.simulate_ws():
        assert script.scope["asgi"]["spec_version"] == "2.4"


def test_a_server_that_nobody_knows_is_refused_with_the_names_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"'daphne' is not known.*strict, hypercorn, hyper"):
        ASGIConductor(apps.echo, server="daphne")


@pytest.mark.parametrize(
    ("server", "keys"),
    [
        (STRICT, ["bytes", "text", "type"]),
        (HYPERCORN, ["bytes", "text", "type"]),
        (UVICORN, ["text", "type"]),
    ],
)
async def test_a_message_has_both_keys_or_only_the_one_it_needs(
    server: ServerProfile, keys: list[str]
) -> None:
    heard: list[Event] = []

    async def listen(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append(await receive())

    async with (
        ASGIConductor(apps.accepting(listen), server=server) as conductor,
        conductor.simulate_ws() as ws,
    ):
        await ws.send_text("hi")
    assert sorted(heard[0]) == keys


@pytest.mark.parametrize(
    ("server", "told"),
    [(STRICT, (4001, "bye")), (HYPERCORN, (1006, None)), (UVICORN, (4001, "bye"))],
)
async def test_the_code_of_the_client_is_told_or_lost(server: ServerProfile, told: object) -> None:
    script = Script(ACCEPT)
    async with (
        ASGIConductor(script, server=server) as conductor,
        conductor.simulate_ws() as ws,
    ):
        await ws.close(4001, "bye")
    assert script.told == [told]
    assert (ws.close_code, ws.close_reason) == (4001, "bye")


@pytest.mark.parametrize(("server", "code"), [(STRICT, 1006), (HYPERCORN, 1006), (UVICORN, 1005)])
async def test_a_departure_without_a_word_has_the_servers_code(
    server: ServerProfile, code: int
) -> None:
    script = Script(ACCEPT)
    async with (
        ASGIConductor(script, server=server) as conductor,
        conductor.simulate_ws() as ws,
    ):
        ws.drop()
    assert script.told == [(code, None)]
    assert ws.close_code == 1006


async def test_a_departure_in_the_handshake_is_1006_on_every_server() -> None:
    script = Script()
    async with ASGIConductor(script, server=UVICORN) as conductor:
        ws = conductor.simulate_ws()
        async with anyio.create_task_group() as group:

            async def enter() -> None:
                with pytest.raises(WebSocketDisconnected):
                    await ws.__aenter__()

            group.start_soon(enter)
            await wait_all_tasks_blocked()
            ws.drop()
    assert script.told == [(1006, None)]


@pytest.mark.parametrize(
    ("server", "told"),
    [
        (STRICT, [(4000, "enough")]),
        (HYPERCORN, [(1000, None)]),
        (UVICORN, [(4000, "enough"), (1005, None)]),
    ],
)
async def test_an_application_reads_of_its_own_close_what_the_server_tells(
    server: ServerProfile, told: Told
) -> None:
    script = Script(ACCEPT, CLOSE, reads=len(told))
    async with (
        ASGIConductor(script, server=server) as conductor,
        conductor.simulate_ws() as ws,
    ):
        assert [message async for message in ws] == []
    assert script.told == told
    assert ws.close_code == 4000


@pytest.mark.parametrize(("server", "at_once"), [(UVICORN, True), (HYPERCORN, False)])
async def test_an_application_reads_of_its_own_close_at_once_or_when_the_client_has_answered(
    server: ServerProfile, *, at_once: bool
) -> None:
    started = anyio.Event()
    told: list[object] = []

    async def close(scope: Scope, receive: Receive, send: Send) -> None:
        await started.wait()
        await send(CLOSE)
        told.append((await receive())["code"])

    async with (
        ASGIConductor(apps.accepting(close), server=server) as conductor,
        conductor.simulate_ws() as ws,
    ):
        ws.stall(room=1)
        started.set()
        await wait_all_tasks_blocked()
        assert bool(told) is at_once
        ws.resume()
        await wait_all_tasks_blocked()
        assert told
        assert ws.close_code == 4000


async def test_a_close_that_the_client_has_not_seen_is_what_its_departure_is_told_as() -> None:
    started = anyio.Event()
    told: list[object] = []

    async def close(scope: Scope, receive: Receive, send: Send) -> None:
        await started.wait()
        await send(CLOSE)
        told.append((await receive())["code"])

    async with (
        ASGIConductor(apps.accepting(close), server=HYPERCORN) as conductor,
        conductor.simulate_ws() as ws,
    ):
        ws.stall(room=1)
        started.set()
        await wait_all_tasks_blocked()
        ws.drop()
    assert told == [1000]
    assert ws.close_code == 1006


@pytest.mark.parametrize(
    ("server", "told"),
    [
        (STRICT, [(3404, None)]),
        (HYPERCORN, [(1000, None)]),
        (UVICORN, [(1006, None), (1005, None)]),
    ],
)
async def test_an_application_reads_of_its_refusal_what_the_server_tells(
    server: ServerProfile, told: Told
) -> None:
    script = Script(REFUSE, reads=len(told))
    async with ASGIConductor(script, server=server) as conductor:
        with pytest.raises(WebSocketDisconnected):
            await conductor.simulate_ws().__aenter__()
    assert script.told == told


@pytest.mark.parametrize(
    ("server", "told"),
    [
        (STRICT, [(1006, None)]),
        (HYPERCORN, [(1000, None)]),
        (UVICORN, [(1006, None), (1006, None)]),
    ],
)
async def test_an_application_reads_of_its_denial_what_the_server_tells(
    server: ServerProfile, told: Told
) -> None:
    script = Script(DENY, DENIED, reads=len(told))
    async with ASGIConductor(script, server=server) as conductor:
        with pytest.raises(WebSocketDisconnected) as denied:
            await conductor.simulate_ws().__aenter__()
    assert script.told == told
    assert denied.value.response is not None
    assert (denied.value.response.status_code, denied.value.response.body) == (404, b"no")


async def test_only_the_strict_server_shows_the_code_of_a_refusal_to_the_client() -> None:
    async with ASGIConductor(Script(REFUSE)) as conductor:
        with pytest.raises(WebSocketPathNotFound) as strict:
            await conductor.simulate_ws().__aenter__()
        assert strict.value.response is None
    async with ASGIConductor(Script(REFUSE), server=HYPERCORN) as conductor:
        with pytest.raises(WebSocketDisconnected) as refused:
            await conductor.simulate_ws().__aenter__()
    assert type(refused.value) is WebSocketDisconnected
    assert refused.value.code == 3403
    assert refused.value.response is not None
    assert (refused.value.response.status_code, refused.value.response.body) == (403, b"")


@pytest.mark.anyws_clock("virtual")
async def test_after_the_disconnect_a_receive_waits_for_ever_and_the_test_is_told_why() -> None:
    script = Script(ACCEPT, reads=2)
    async with ASGIConductor(script, server=HYPERCORN) as conductor:
        with pytest.raises(TimeoutError, match=r"called receive\(\) again, which never returns"):
            async with conductor.simulate_ws():
                pass
    assert script.told == [(1006, None)]


async def test_a_second_receive_may_give_a_second_disconnect() -> None:
    script = Script(ACCEPT, reads=2)
    async with (
        ASGIConductor(script, server=UVICORN) as conductor,
        conductor.simulate_ws() as ws,
    ):
        await ws.close(4001, "bye")
    assert script.told == [(4001, "bye"), (1005, None)]


@pytest.mark.anyws_clock("virtual")
@pytest.mark.parametrize(("server", "expected"), [(STRICT, 2), (HYPERCORN, 2), (UVICORN, 1)])
async def test_a_send_that_is_cancelled_while_it_waits_has_gone_out_or_not(
    server: ServerProfile, expected: int
) -> None:
    stalled, sent = anyio.Event(), anyio.Event()

    async def send_twice(scope: Scope, receive: Receive, send: Send) -> None:
        await stalled.wait()
        for _ in range(2):
            with anyio.move_on_after(10):
                await send(MESSAGE)
        sent.set()
        await apps.until_left(scope, receive, send)

    async with (
        ASGIConductor(apps.accepting(send_twice), server=server) as conductor,
        conductor.simulate_ws() as ws,
    ):
        ws.stall()
        stalled.set()
        await sent.wait()
        ws.resume()
        await ws.close()
        assert len([message async for message in ws]) == expected


@pytest.mark.parametrize(
    ("server", "heard"),
    [(STRICT, "cut"), (HYPERCORN, "cut"), (HYPERCORN_TRIO, "whole"), (UVICORN, "cut")],
)
async def test_a_send_from_a_cancelled_scope_goes_out_unless_the_server_waits_first(
    server: ServerProfile, heard: str
) -> None:
    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        with anyio.CancelScope() as cancelled:
            cancelled.cancel()
            await send({"type": "websocket.send", "text": "cut"})
        await send({"type": "websocket.send", "text": "whole"})
        await apps.until_left(scope, receive, send)

    async with (
        ASGIConductor(apps.accepting(talk), server=server) as conductor,
        conductor.simulate_ws() as ws,
    ):
        assert await ws.receive_text() == heard


@pytest.mark.anyws_clock("virtual")
@pytest.mark.parametrize(
    ("server", "cancelled"),
    [(STRICT, True), (HYPERCORN, True), (HYPERCORN_TRIO, False), (UVICORN, True)],
)
async def test_a_stuck_send_can_be_cancelled_unless_the_server_shields_it(
    server: ServerProfile, *, cancelled: bool
) -> None:
    stalled, let_go = anyio.Event(), anyio.Event()

    async def send_much(scope: Scope, receive: Receive, send: Send) -> None:
        await stalled.wait()
        with anyio.move_on_after(1):
            while True:
                await send(MESSAGE)
                await anyio.lowlevel.checkpoint()
        let_go.set()
        await apps.until_left(scope, receive, send)

    async with (
        ASGIConductor(apps.accepting(send_much), server=server) as conductor,
        conductor.simulate_ws() as ws,
    ):
        ws.stall(room=3)
        stalled.set()
        with anyio.move_on_after(10):
            await let_go.wait()
        assert let_go.is_set() is cancelled
        ws.drop()
        await let_go.wait()


@pytest.mark.parametrize(("server", "code"), [(STRICT, 1011), (HYPERCORN, 1011), (UVICORN, 1006)])
async def test_an_application_that_returns_leaves_its_client_with_a_close_or_without(
    server: ServerProfile, code: int
) -> None:
    async def leave(scope: Scope, receive: Receive, send: Send) -> None:
        """Say nothing."""

    async with (
        ASGIConductor(apps.accepting(leave), server=server) as conductor,
        conductor.simulate_ws() as ws,
    ):
        assert [message async for message in ws] == []
        assert ws.close_code == code


@pytest.mark.parametrize(
    ("server", "code"), [(STRICT, 1011), (HYPERCORN, 1011), (HYPERCORN_TRIO, 1006)]
)
async def test_an_application_that_is_cancelled_leaves_its_client_with_a_close_or_without(
    server: ServerProfile, code: int
) -> None:
    app = apps.accepting(apps.for_ever)
    async with ASGIConductor(app, server=server) as conductor, conductor.simulate_ws() as ws:
        ws.cancel_app()
        assert [message async for message in ws] == []
        assert ws.close_code == code


async def test_a_server_that_is_stopped_cancels_its_applications() -> None:
    cancelled: list[object] = []

    async def stay(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await apps.for_ever(scope, receive, send)
        except anyio.get_cancelled_exc_class():
            cancelled.append(scope["path"])
            raise

    async with (
        ASGIConductor(apps.accepting(stay)) as conductor,
        conductor.simulate_ws("/a") as a,
        conductor.simulate_ws("/b") as b,
    ):
        conductor.stop_server()
        for ws in (a, b):
            assert [message async for message in ws] == []
            assert ws.close_code == 1011
    assert sorted(map(str, cancelled)) == ["/a", "/b"]


async def test_a_server_that_is_stopped_may_say_1012_to_both_sides_and_wait() -> None:
    script = Script(ACCEPT, reads=2)
    async with (
        ASGIConductor(script, server=UVICORN) as conductor,
        conductor.simulate_ws() as ws,
    ):
        conductor.stop_server()
        assert [message async for message in ws] == []
        assert ws.close_code == 1012
    assert script.told == [(1012, None), (1005, None)]


@pytest.mark.parametrize(("server", "code"), [(UVICORN, 1006), (STRICT, None)])
async def test_a_server_that_is_stopped_ends_handshakes_too(
    server: ServerProfile, code: int | None
) -> None:
    script = Script()
    async with ASGIConductor(script, server=server) as conductor:

        async def enter() -> None:
            with pytest.raises(WebSocketDisconnected) as ended:
                await conductor.simulate_ws().__aenter__()
            assert ended.value.code == 1011

        async with anyio.create_task_group() as group:
            group.start_soon(enter)
            await wait_all_tasks_blocked()
            conductor.stop_server()
    assert script.told == ([] if code is None else [(code, None)])
