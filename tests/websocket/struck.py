"""A connection whose responder makes one call, which is cancelled on the way."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

import anyio
import msgpack  # type: ignore[import-untyped]  # has no types
import pytest

from anyws import Request, WebSocket, WebSocketDisconnected
from tests.websocket.calls import Call, Situation
from tests.websocket.scripted import Event, app_with
from tests.websocket.sockets import PATIENCE, Struck, pass_turns
from tests.websocket.waiting import Habits, HabitualServer

MESSAGES: Final = [1, 2, 3]
"""What the client sends."""

LEFT: Final = 4001

Strike = Callable[[Coroutine[Any, Any, object]], Coroutine[Any, Any, Struck[object]]]
"""Makes a call, and cancels it on the way."""


class ServerError(Exception):
    """What a server may raise."""


class Trial(HabitualServer):
    """A server whose application makes a call that is struck, and then sees what is left."""

    struck: Struck[object]

    def __init__(self, call: Call, situation: Situation, habits: Habits, strike: Strike) -> None:
        queue = 0 if situation is Situation.NO_QUEUE else 4
        super().__init__(
            app_with(self._respond, max_receive_queue=queue),
            habits=habits,
            subprotocols=["chat"],
            extensions={"websocket.http.response": {}},
        )
        self._call = call
        self._situation = situation
        self._strike = strike
        self._others = 0
        self._failed = False
        self._error: Exception | None = None

    async def run(self) -> Struck[object]:
        """Serve one connection, and give how the call ended."""
        before = {task.id for task in anyio.get_running_tasks()}
        try:
            with anyio.fail_after(PATIENCE):
                await self.app(self.scope, self.receive, self.send)
        finally:
            self.shut()
        if self._error is not None:
            raise self._error
        assert self.kinds().count("accept") <= 1
        assert self._goodbyes <= 1
        assert {task.id for task in anyio.get_running_tasks()} == before, "a task is left"
        return self.struck

    @property
    def _goodbyes(self) -> int:
        kinds = self.kinds()
        return kinds.count("close") + kinds.count("http.response.body")

    async def _respond(self, req: Request, ws: WebSocket) -> None:
        try:
            await self._act(ws)
        except Exception as error:
            # The framework would see to it, and the test not know of it.
            self._error = error

    async def _act(self, ws: WebSocket) -> None:
        if self._call.accepted:
            await ws.accept()
            self._push_messages()
        if self._situation is Situation.LEFT:
            self.push_disconnect(LEFT)
        if self._situation is Situation.READ_AHEAD:
            assert ws.ready
            await pass_turns(10)
        if self._situation is Situation.TALKING:
            self._others = 1
            await ws.send_text("before")
        if self._situation is Situation.CROWDED:
            self._others = 1
            ws.task_group.start_soon(ws.send_text, "beside")
            await pass_turns(2)
        self.on_send = self._fail
        self.struck = await self._strike(self._make_call(ws))
        self.on_send = None
        if self._goodbyes:
            await self._check_closed(ws)
        elif self._situation is Situation.LEFT:
            await self._check_left(ws)
        elif self._failed and self._situation is Situation.LOST:
            assert (ws.closed, ws.ready, ws.close_code) == (True, False, 1006)
        else:
            await self._check_open(ws)

    def _push_messages(self) -> None:
        for number in MESSAGES:
            if self._call.binary:
                self.push("websocket.receive", bytes=msgpack.packb(number))
            else:
                self.push_text(str(number))

    async def _fail(self, event: Event) -> None:
        if not self._failed and self._situation in (Situation.FAILING, Situation.LOST):
            self._failed = True
            raise OSError if self._situation is Situation.LOST else ServerError

    async def _make_call(self, ws: WebSocket) -> object:
        try:
            return await self._call.make(ws)
        except (WebSocketDisconnected, ServerError) as error:
            return error

    @property
    def _got(self) -> list[object]:
        """The messages that the call itself has given."""
        returned = self.struck.returned or []
        return [
            msgpack.unpackb(value) if isinstance(value, bytes) else int(value)
            for value in returned
            if isinstance(value, (int, str, bytes)) and value != LEFT
        ]

    @property
    def _has_returned(self) -> bool:
        return self.struck.returned == [None]

    async def _check_closed(self, ws: WebSocket) -> None:
        assert self._goodbyes == 1
        assert self.kinds().count("send") == self._others
        assert (ws.closed, ws.ready, ws.unaccepted) == (True, False, False)
        for call in (ws.send_text("after"), ws.receive_text()):
            with pytest.raises(WebSocketDisconnected):
                await call

    async def _check_left(self, ws: WebSocket) -> None:
        if "accept" not in self.kinds():
            await pass_turns(1)
            with pytest.raises(WebSocketDisconnected):
                await ws.accept()
        elif self._call.discards:
            assert await ws.wait_disconnected() == LEFT
        else:
            got = self._got
            with pytest.raises(WebSocketDisconnected):
                while True:
                    got.append(await ws.receive_media())
            assert got == (MESSAGES if self._call.accepted else [])
        assert (ws.closed, ws.ready, ws.close_code) == (True, False, LEFT)
        with pytest.raises(WebSocketDisconnected):
            await ws.send_text("after")

    async def _check_open(self, ws: WebSocket) -> None:
        assert not ws.closed
        if not self._call.accepted:
            assert ws.unaccepted is ("accept" not in self.kinds())
            if ws.unaccepted:
                assert not self._has_returned
                await ws.accept()
            self._push_messages()
        assert ws.ready
        await ws.send_text("after")
        own = self.kinds().count("send") - self._others - 1
        assert own in (0, 1)
        if self._call.sends and self._call.accepted and self._has_returned:
            assert own == 1
        assert self.texts()[-1] == "after"
        if self._call.discards:
            return
        rest = [await ws.receive_media() for _ in MESSAGES[len(self._got) :]]
        assert self._got + rest == MESSAGES
