"""Steps of a client, a server and an application, played over one connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import anyio
import anyio.abc
import msgpack  # type: ignore[import-untyped]  # has no types
from anyio.lowlevel import checkpoint

from anyws import Request, WebSocket, WebSocketDisconnected
from tests.websocket.modelled import CANCELLED, RECEIVES, Call, Model
from tests.websocket.modelled_server import HUGE, ModelledServer
from tests.websocket.scripted import app_with
from tests.websocket.sockets import pass_turns
from tests.websocket.waiting import Habits

# Turns of the scheduler after which nothing moves any more, however the server waits.
_TURNS_TO_REST: Final = 40
_ENDINGS: Final = {"returns": 1000, "fails": 1011, "is cancelled": 1001}


class Step(NamedTuple):
    """Who does what next: a task makes a call, the server does something, or time goes by."""

    who: str
    what: str


@dataclass(frozen=True)
class Setting:
    """What a script is played with."""

    habits: Habits = field(default_factory=Habits)
    queue: int = 4
    counting: bool = False
    """Whether every message is held against a limit."""
    http_version: str = "1.1"
    denial_responses: bool = True
    ending: str = "returns"
    """How the responder ends: "returns", "fails" or "is cancelled"."""


async def _wait_inside(scope: Any) -> bool:
    with scope:
        await anyio.sleep_forever()
    return bool(scope.cancelled_caught)


async def _watch(ws: WebSocket) -> int | None:
    return ws.close_code if await _wait_inside(ws.move_on_disconnect()) else None


async def _finish_first(ws: WebSocket) -> None:
    async with ws.finish_first():
        await checkpoint()


async def _discard(ws: WebSocket) -> None:
    ws.discard_incoming()


async def _next(ws: WebSocket, messages: Any) -> object:
    try:
        return await anext(messages)
    except StopAsyncIteration:
        raise WebSocketDisconnected(ws.close_code) from None


CALLS: Final[dict[str, Callable[[WebSocket, int], Awaitable[object]]]] = {
    "accept": lambda ws, number: ws.accept(),
    "close": lambda ws, number: ws.close(3000 + number),
    "deny": lambda ws, number: ws.deny(200 + number % 400),
    "send_text": lambda ws, number: ws.send_text(str(number)),
    "send_data": lambda ws, number: ws.send_data(msgpack.packb(number)),
    "send_media": lambda ws, number: ws.send_media(number),
    "send_json": lambda ws, number: ws.send_json(number),
    "send_msgpack": lambda ws, number: ws.send_msgpack(number),
    "receive_text": lambda ws, number: ws.receive_text(),
    "receive_data": lambda ws, number: ws.receive_data(),
    "receive_media": lambda ws, number: ws.receive_media(),
    "receive_json": lambda ws, number: ws.receive_json(),
    "receive_msgpack": lambda ws, number: ws.receive_msgpack(),
    "iterate": lambda ws, number: _next(ws, aiter(ws)),
    "iter_text": lambda ws, number: _next(ws, ws.iter_text()),
    "iter_data": lambda ws, number: _next(ws, ws.iter_data()),
    "discard_incoming": lambda ws, number: _discard(ws),
    "finish_first": lambda ws, number: _finish_first(ws),
    "wait_disconnected": lambda ws, number: ws.wait_disconnected(),
    "move_on_disconnect": lambda ws, number: _watch(ws),
    "fail_on_disconnect": lambda ws, number: _wait_inside(ws.fail_on_disconnect()),
}


def _number(payload: object) -> object:
    """The number that a message carries."""
    if isinstance(payload, bytes):
        return msgpack.unpackb(payload)
    return int(payload) if isinstance(payload, str) else payload


class OwnError(Exception):
    """What a responder fails with."""


class Play:
    """One connection, from its beginning to its end."""

    def __init__(self, setting: Setting) -> None:
        self.model = Model(setting.queue)
        app = app_with(
            self._respond,
            max_receive_queue=setting.queue,
            max_message_size=HUGE,
            receive_rate=(1e6, 1000) if setting.counting else None,
            # What waits for so long has failed already.
            close_timeout=2,
            send_timeout=2,
        )
        self._server = ModelledServer(
            app,
            self.model,
            habits=setting.habits,
            http_version=setting.http_version,
            extensions={"websocket.http.response": {}} if setting.denial_responses else {},
            log=self._log,
            noting=self._noting,
        )
        self.steps_taken = 0
        """The steps that did something: a task that is busy can't make another call."""
        self._ending = setting.ending
        self._ended = False
        self._transcript: list[str] = [str(setting)]
        self._violations: list[AssertionError] = []
        self._scopes: dict[str, anyio.CancelScope] = {}
        self._own: str | None = None
        self._wake = anyio.Event()
        self._ws: WebSocket
        self._nested: anyio.abc.TaskGroup
        self._foreign: anyio.abc.TaskGroup

    async def run(self, steps: list[Step]) -> None:
        """Play the steps, and see that all that the model says holds."""
        try:
            await self._run(steps)
        except BaseException as error:
            error.add_note("\n".join(self._transcript))
            raise

    def _log(self, line: str) -> None:
        """Have a line in the transcript."""
        self._transcript.append(line)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Keep what is violated inside, where a framework might handle it, for the test."""
        try:
            yield
        except AssertionError as violation:
            self._log(f"    VIOLATED: {violation}")
            self._violations.append(violation)

    async def _run(self, steps: list[Step]) -> None:
        before = {task.id for task in anyio.get_running_tasks()}
        failed: Exception | None = None
        async with anyio.create_task_group() as self._foreign:
            try:
                async with self._server:
                    for step in steps:
                        self._log(f"{step.who} {step.what}")
                        self.steps_taken += await self._take(step)
                        if self._violations:
                            break
                    await self._end()
            except (OSError, RuntimeError) as error:
                failed = error
            await self._rest()
            with self._noting():
                self._judge_end(failed)
            self._foreign.cancel_scope.cancel()
        if self._violations:
            raise self._violations[0]
        assert {task.id for task in anyio.get_running_tasks()} == before, "a task is left"

    async def _take(self, step: Step) -> bool:
        """Take a step; say if there was anything to do."""
        who, what = step
        if who == "time":
            await pass_turns(int(what)) if what.isdigit() else await self._rest()
        elif who == "anybody":
            self._look()
        elif who == "server":
            return self._server.do(what, self.model.next_number())
        elif (what == "cancelled") != (who in self._scopes):
            return False
        elif what == "cancelled":
            self._scopes[who].cancel()
        else:
            self._start(who, what)
        return True

    def _start(self, who: str, what: str) -> None:
        self._scopes[who] = anyio.CancelScope()
        match who:
            case "own":
                self._own = what
                self._wake.set()
            case "nested":
                self._nested.start_soon(self._perform, who, what)
            case "child":
                self._ws.task_group.start_soon(self._perform, who, what)
            case "foreign":
                self._foreign.start_soon(self._perform, who, what)

    async def _respond(self, req: Request, ws: WebSocket) -> None:
        self._ws = ws
        async with anyio.create_task_group() as self._nested:
            while True:
                await self._wake.wait()
                self._wake = anyio.Event()
                if self._own is not None:
                    what, self._own = self._own, None
                    await self._perform("own", what)
                if self._ended:
                    break
            if self._ending == "is cancelled":
                await anyio.sleep_forever()
            if self._ending == "fails":
                raise OwnError
            self._nested.cancel_scope.cancel()

    async def _perform(self, who: str, what: str) -> None:
        with self._scopes[who] as scope:
            call = self.model.begin(what, departing=self._server.is_departing)
            self._log(f"  {who} begins {what} {call.number}")
            result: object = CANCELLED
            try:
                value = await CALLS[what](self._ws, call.number)
                result = _number(value) if what in RECEIVES else value
            except Exception as error:
                result = error
            finally:
                self._judge(who, call, result, scope)
            if scope.cancel_called:
                await checkpoint()
                with self._noting():
                    raise AssertionError("the cancellation was swallowed")
        del self._scopes[who]

    def _judge(self, who: str, call: Call, result: object, scope: anyio.CancelScope) -> None:
        words = "CANCELLED" if result is CANCELLED else repr(result)
        self._log(f"  {who}'s {call.name} {call.number} came to {words}")
        with self._noting():
            self.model.see(self._ws.close_code)
            self.model.judge(call, result)
            assert result is not CANCELLED or scope.cancel_called or self._ended, "by whom?"

    def _look(self) -> None:
        model, ws = self.model, self._ws
        self._log(f"    {ws.ready=} {ws.closed=} {ws.unaccepted=}")
        with self._noting():
            model.see(ws.close_code)
            assert ws.closed == (model.end is not None)
            assert ws.ready == (model.phase == "open" and model.end is None)
            assert ws.unaccepted == (model.phase == "connecting" and model.end is None)

    async def _rest(self) -> None:
        await pass_turns(_TURNS_TO_REST)
        with self._noting():
            self.model.see(self._ws.close_code)
            if self._server.goes_on:
                self.model.rest(self._server.incoming)

    async def _end(self) -> None:
        self._log(f"the responder {self._ending}")
        self._ended = self.model.ending = True
        self._server.do("goes on", 0)
        self.model.asked.add(_ENDINGS[self._ending])
        if self._ending == "is cancelled":
            self._server.cancel_scope.cancel()
        elif "own" in self._scopes:
            self._scopes["own"].cancel()
        self._wake.set()
        await self._rest()
        with self._noting():
            assert self._server.done, "the application hangs"

    def _judge_end(self, failed: Exception | None) -> None:
        assert self._ws.closed and not self._ws.ready
        assert failed is None or failed in self.model.failures
        if self._ending == "is cancelled":
            assert self._server.cancel_scope.cancelled_caught, "the cancellation was swallowed"
        assert self.model.pending == [], "a call is left"
