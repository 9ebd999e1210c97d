"""A connection whose responder makes one call, which is cancelled on the way."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import anyio
import msgpack  # type: ignore[import-untyped]  # has no types
import pytest

from anyws import Request, WebSocket, WebSocketDisconnected
from tests.websocket.scripted import Event, app_with
from tests.websocket.sockets import PATIENCE, Struck, cancel_at, pass_turns
from tests.websocket.waiting import Habits, HabitualServer

MESSAGES: Final = [1, 2, 3]
"""What the client sends."""

LEFT: Final = 4001


class Situation(Enum):
    """What else is the matter while a call is cancelled."""

    NOTHING = "nothing"
    NO_QUEUE = "nothing is read ahead"
    READ_AHEAD = "messages are read ahead"
    LEFT = "the client has left"
    FAILING = "the server fails"
    LOST = "the server finds it lost"


@dataclass(frozen=True)
class Call:
    """A coroutine method of a WebSocket, and how it is called."""

    name: str
    make: Callable[[WebSocket], Coroutine[Any, Any, object]]
    accepted: bool = True
    sends: bool = False
    binary: bool = False
    watches: bool = False
    """Whether it needs somebody to read ahead."""
    endless: bool = False
    """Whether it lasts until the client leaves."""

    def fits(self, situation: Situation) -> bool:
        """Whether the situation makes a difference to the call."""
        match situation:
            case Situation.FAILING | Situation.LOST:
                return self.sends
            case Situation.READ_AHEAD:
                return self.accepted and not self.endless
            case Situation.NO_QUEUE:
                return not self.watches
            case Situation.NOTHING:
                return not self.endless
        return True


async def _inside(scope: Any, call: Callable[[], Coroutine[Any, Any, object]]) -> object:
    with scope:
        return await call()
    return None


async def _first(messages: Any) -> object:
    async for message in messages:
        return message
    return None


CALLS: Final = [
    Call("accept", lambda ws: ws.accept(), accepted=False, sends=True),
    Call(
        "accept with a subprotocol and headers",
        lambda ws: ws.accept("chat", [("x-a", "b")]),
        accepted=False,
        sends=True,
    ),
    Call("deny", lambda ws: ws.deny(403, text="no"), accepted=False, sends=True),
    Call("close in the handshake", lambda ws: ws.close(), accepted=False, sends=True),
    Call("close", lambda ws: ws.close(4000, "reason"), sends=True),
    Call("send_text", lambda ws: ws.send_text("sent"), sends=True),
    Call("send_data", lambda ws: ws.send_data(b"sent"), sends=True),
    Call("send_media", lambda ws: ws.send_media("sent"), sends=True),
    Call("send_json", lambda ws: ws.send_json("sent"), sends=True),
    Call("send_msgpack", lambda ws: ws.send_msgpack("sent"), sends=True),
    Call("receive_text", lambda ws: ws.receive_text()),
    Call("receive_data", lambda ws: ws.receive_data(), binary=True),
    Call("receive_media", lambda ws: ws.receive_media()),
    Call("receive_json", lambda ws: ws.receive_json(type=int)),
    Call("receive_msgpack", lambda ws: ws.receive_msgpack(), binary=True),
    Call("iteration", lambda ws: _first(ws)),
    Call("iter_text", lambda ws: _first(ws.iter_text())),
    Call("iter_data", lambda ws: _first(ws.iter_data()), binary=True),
    Call("iter_media", lambda ws: _first(ws.iter_media())),
    Call("wait_disconnected", lambda ws: ws.wait_disconnected(), watches=True, endless=True),
    Call(
        "move_on_disconnect",
        lambda ws: _inside(ws.move_on_disconnect(), anyio.sleep_forever),
        watches=True,
        endless=True,
    ),
    Call(
        "fail_on_disconnect",
        lambda ws: _inside(ws.fail_on_disconnect(), anyio.sleep_forever),
        watches=True,
        endless=True,
    ),
    Call(
        "receive_text in move_on_disconnect",
        lambda ws: _inside(ws.move_on_disconnect(), ws.receive_text),
        watches=True,
    ),
    Call(
        "send_text in fail_on_disconnect",
        lambda ws: _inside(ws.fail_on_disconnect(), lambda: ws.send_text("sent")),
        sends=True,
        watches=True,
    ),
]


class ServerError(Exception):
    """What a server may raise."""


class Trial(HabitualServer):
    """A server whose application makes a call that is struck, and then sees what is left."""

    struck: Struck[object]

    def __init__(self, call: Call, situation: Situation, habits: Habits, suspension: int) -> None:
        queue = 0 if situation is Situation.NO_QUEUE else 4
        super().__init__(
            app_with(self._respond, max_receive_queue=queue),
            habits=habits,
            subprotocols=["chat"],
            extensions={"websocket.http.response": {}},
        )
        self._call = call
        self._situation = situation
        self._suspension = suspension
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
        assert not self.broken
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
        self.on_send = self._fail
        self.struck = await cancel_at(self._suspension, self._make_call(ws))
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
        assert (ws.closed, ws.ready, ws.unaccepted) == (True, False, False)
        for call in (ws.send_text("after"), ws.receive_text()):
            with pytest.raises(WebSocketDisconnected):
                await call

    async def _check_left(self, ws: WebSocket) -> None:
        if "accept" not in self.kinds():
            await pass_turns(1)
            with pytest.raises(WebSocketDisconnected):
                await ws.accept()
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
        assert self.kinds().count("send") <= 2
        if self._call.sends and self._call.accepted and self._has_returned:
            assert self.kinds().count("send") == 2
        assert self.texts()[-1] == "after"
        rest = [await ws.receive_media() for _ in MESSAGES[len(self._got) :]]
        assert self._got + rest == MESSAGES
