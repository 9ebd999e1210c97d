"""A connection that is cancelled from outside, wherever its application waits."""

from __future__ import annotations

from itertools import count
from typing import Any

import anyio
import pytest

from anyws import HTTPForbidden, Request, WebSocket, WebSocketDisconnected
from tests.conftest import BACKENDS
from tests.websocket.scripted import Event, Responder, app_with
from tests.websocket.sockets import PATIENCE, Struck, cancel_at, cancel_task_at
from tests.websocket.waiting import HABITS, LATE_HABITS, Habits, HabitualServer


async def talk(req: Request, ws: WebSocket) -> None:
    """Do a bit of everything, and return."""
    await ws.accept()
    await ws.send_text(await ws.receive_text())
    assert ws.ready
    await ws.send_json(1)
    with ws.move_on_disconnect():
        await ws.receive_media()
    async for _ in ws.iter_text():
        break
    await ws.send_data(b"end")


async def talk_with_children(req: Request, ws: WebSocket) -> None:
    """Let children of the connection do the talking, until the last of them closes."""
    await ws.accept()
    ws.task_group.start_soon(ws.wait_disconnected)
    async with anyio.create_task_group() as group:
        for number in range(3):
            group.start_soon(ws.send_json, number)
    await ws.receive_text()
    ws.task_group.start_soon(ws.close, 4000)
    with pytest.raises(WebSocketDisconnected):
        while True:
            await ws.receive_text()


async def fail(req: Request, ws: WebSocket) -> None:
    """Fail while a child is at work."""
    await ws.accept()
    ws.task_group.start_soon(anyio.sleep_forever)
    await ws.receive_text()
    raise KeyError("lost")


async def refuse(req: Request, ws: WebSocket) -> None:
    """Raise in the handshake what is answered by a response."""
    await anyio.lowlevel.checkpoint()
    raise HTTPForbidden


async def deny(req: Request, ws: WebSocket) -> None:
    """Answer the handshake with a response."""
    await ws.deny(401, media={"title": "no"})


async def wait_for_the_end(req: Request, ws: WebSocket) -> None:
    """Stay until the client has left."""
    await ws.accept()
    with ws.fail_on_disconnect():
        await anyio.sleep_forever()


class Connection(HabitualServer):
    """A connection whose application is struck; it keeps what happened after that."""

    def __init__(self, responder: Responder, habits: Habits) -> None:
        app = app_with(self._respond, denial_responses=True)
        app.add_middleware(self)
        super().__init__(app, habits=habits, extensions={"websocket.http.response": {}})
        for text in ("1", "2", "3"):
            self.push_text(text)
        if responder is wait_for_the_end:
            self.push_disconnect(4001)
        self._responder = responder
        self.begun_to_respond = False
        self.was_cancelled = False
        self.goodbyes = 0
        self._error: AssertionError | None = None
        self.partings = 0

    async def _respond(self, req: Request, ws: WebSocket) -> None:
        self.begun_to_respond = True
        try:
            await self._responder(req, ws)
        except anyio.get_cancelled_exc_class():
            self.was_cancelled = True
            raise
        except AssertionError as error:
            self._error = error

    async def process_disconnect_ws(
        self, req: Request, ws: WebSocket, resource: object, error: Exception | None
    ) -> None:
        self.partings += 1
        assert ws.closed

    async def run(self, suspension: int, cancel: Any) -> Struck[None]:
        """Serve the connection, and see to it that all is in order afterwards."""
        before = {task.id for task in anyio.get_running_tasks()}
        try:
            with anyio.fail_after(PATIENCE):
                call = self.app(self.scope, self.receive, self.send)
                struck: Struck[None] = await cancel(suspension, call)
        finally:
            self.shut()
        assert {task.id for task in anyio.get_running_tasks()} == before, "a task is left"
        assert self.partings == self.begun_to_respond
        if self._error is not None:
            raise self._error
        return struck

    async def send(self, event: Event) -> None:
        if event["type"] in ("websocket.close", "websocket.http.response.start"):
            self.goodbyes += 1
        await super().send(event)


RESPONDERS = pytest.mark.parametrize(
    "responder",
    [talk, talk_with_children, fail, refuse, deny, wait_for_the_end],
    ids=lambda responder: responder.__name__,
)


@RESPONDERS
async def test_a_connection_that_is_cancelled_wherever_it_waits_says_goodbye_once(
    responder: Responder, backend_name: str
) -> None:
    for habits in [*HABITS, *LATE_HABITS[backend_name]]:
        for suspension in count():
            connection = Connection(responder, habits)
            struck = await connection.run(suspension, cancel_at)
            left = responder is wait_for_the_end and connection.goodbyes == 0
            assert not connection.broken
            assert connection.goodbyes == (connection.begun_to_respond and not left)
            if struck.through:
                break
            assert struck.cancelled
            # What the responder has seen of it comes back to the server.
            assert struck.returned is None or not connection.was_cancelled


@RESPONDERS
@pytest.mark.parametrize("anyio_backend", BACKENDS[:2])
async def test_a_connection_whose_task_asyncio_cancels_wherever_it_waits_says_goodbye_once(
    responder: Responder,
) -> None:
    for habits in HABITS:
        for suspension in count(1):
            connection = Connection(responder, habits)
            struck = await connection.run(suspension, cancel_task_at)
            left = responder is wait_for_the_end and connection.goodbyes == 0
            assert connection.goodbyes == (connection.begun_to_respond and not left)
            if struck.through:
                break
            assert struck.cancelled
