"""A server whose every move a model is told of."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

import anyio
import msgpack  # type: ignore[import-untyped]  # has no types

from anyws import App
from tests.websocket.modelled import Model
from tests.websocket.scripted import Event
from tests.websocket.waiting import Habits, HabitualServer

HUGE = 100
"""Characters that a message may not have more of."""

# No server may say these in the middle of a connection.
_ODD_EVENTS: Final[tuple[Event, ...]] = (
    {"type": "websocket.odd"},
    {"type": "websocket.accept"},
    {"type": "http.request"},
    {"type": None},
    {},
)


class ModelledServer(HabitualServer):
    """A server that tells a model what it gives and gets, and a transcript as well.

    What the model finds wrong goes to `noting`: raised here, the framework would see it.
    """

    def __init__(
        self,
        app: App,
        model: Model,
        *,
        habits: Habits,
        http_version: str,
        log: Callable[[str], None],
        noting: Callable[[], AbstractContextManager[None]],
        **scope: Any,
    ) -> None:
        super().__init__(app, habits=habits, http_version=http_version, **scope)
        self.on_send = self._hold_up
        self.on_frame = self._hold_frame
        self._model = model
        self._tells_at_once = habits.before_take <= 1
        # Over HTTP/2 Hypercorn tells nothing after our own close.
        self._reports_close = http_version == "1.1"
        self._log = log
        self._noting = noting
        self._going_on = anyio.Event()
        self._going_on.set()
        self._jams = False
        self._failure: Exception | None = None
        self._asked = False
        self._sending = False

    @property
    def incoming(self) -> int:
        """So many events have not been asked for."""
        return len(self._events)

    @property
    def goes_on(self) -> bool:
        """Whether it takes what it is given."""
        return self._going_on.is_set()

    @property
    def is_departing(self) -> bool:
        """Whether the client has left, and who asks for the next event is told at once."""
        return (
            self._tells_at_once
            and self.incoming > 0
            and self._events[0].get("type") in ("websocket.disconnect", "error")
        )

    def do(self, what: str, number: int) -> bool:
        """Do one of a server's steps, or of its client's; `number` makes a message unique.

        Say if there was anything to do.
        """
        match what:
            case "leaves":
                self.push_disconnect(4000 + number)
            case "breaks the rules":
                self._events.append(_ODD_EVENTS[number % len(_ODD_EVENTS)])
                self._arrival.set()
            case "fails to receive":
                self.push("error", error=ConnectionError("receive"))
            case "fails to send":
                self._failure = RuntimeError("send")
            case "finds it lost":
                self._failure = OSError("lost")
            case "stalls" | "jams" if self.goes_on:
                self._going_on = anyio.Event()
                self._jams = what == "jams"
            case "goes on" if not self.goes_on:
                self._going_on.set()
            case "text":
                self.push("websocket.receive", text=str(number), form=what, number=number)
            case "bytes":
                packed = msgpack.packb(number)
                self.push("websocket.receive", bytes=packed, form=what, number=number)
            case "both":
                self.push(
                    "websocket.receive", text=str(number), bytes=b"", form=what, number=number
                )
            case "blank":
                self.push("websocket.receive", form=what, number=number)
            case "huge":
                self.push("websocket.receive", text="x" * (HUGE + 1), form=what)
            case _:
                return False
        return True

    async def receive(self) -> Event:
        with self._noting():
            assert not self._asked, "asked by two at once"
        self._asked = True
        try:
            event = await super().receive()
        finally:
            self._asked = False
        self._log(f"    the server gives {event}")
        if event.get("type") != "websocket.connect":
            with self._noting():
                self._model.hand_over(event)
        if event.get("type") == "error":
            raise event["error"]
        return event

    async def send(self, event: Event) -> None:
        self._log(f"    the server gets {event}")
        kind, number = _summary(event)
        with self._noting():
            assert not self._sending, "two sends at once"
            assert not self.broken, "half a frame"
            self._model.offer(kind, number)
        self._sending = True
        try:
            await super().send(event)
        except Exception as error:
            self._model.fail(kind, error)
            raise
        finally:
            self._sending = False
        self._model.let_go(kind)

    def write(self, event: Event) -> None:
        super().write(event)
        kind, number = _summary(event)
        self._model.write(kind, number)
        if kind == "close" and self._reports_close:
            self.push_disconnect(number)

    async def _hold_up(self, event: Event) -> None:
        if not self.goes_on and not self._jams:
            await self._going_on.wait()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    async def _hold_frame(self, event: Event) -> None:
        if not self.goes_on and self._jams:
            await self._going_on.wait()


def _summary(event: Event) -> tuple[str, int]:
    """Tell what an event is, and the number of its message, or the code that it closes with."""
    match event:
        case {"type": "websocket.accept"}:
            return "accept", 0
        case {"type": "websocket.close", "code": int(code)}:
            return "close", code
        case {"type": "websocket.http.response.start", "status": int(status)}:
            return "deny", 3000 + status
        case {"type": "websocket.http.response.body"}:
            return "deny body", 0
        case {"type": "websocket.send", "text": str(text)}:
            return "send", int(text)
        case {"type": "websocket.send", "bytes": bytes(data)}:
            return "send", int(msgpack.unpackb(data))
    raise AssertionError(f"an application sends no such event: {event}")
