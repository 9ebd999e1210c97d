"""The task that receives and the one that reads ahead take turns: nothing is lost between them."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest
from anyio import create_task_group

from anyws import Request, WebSocket, WebSocketDisconnected
from tests.websocket.scripted import Event, ScriptedServer, app_with, settle
from tests.websocket.sockets import cancel_at, pass_turns
from tests.websocket.waiting import Habits, WaitingServer, served

TEXTS = [str(number) for number in range(40)]
DEEDS = ("receive", "receive", "receive", "cancel", "send", "send", "fail", "look", "wait")


async def _refuse(event: Event) -> None:
    raise ValueError("not this one")


async def _use(server: WaitingServer, chance: Random, got: list[str], *, cancels: bool) -> None:
    """Do this and that with a WebSocket until it ends, and note what is received."""
    ws = server.ws
    while True:
        match chance.choice(DEEDS):
            case "cancel" if cancels:
                struck = await cancel_at(chance.randrange(5), ws.receive_text())
                got += struck.returned or []
            case "send":
                with suppress(WebSocketDisconnected):
                    await ws.send_text("out")
            case "fail":
                server.on_send = _refuse
                with pytest.raises((ValueError, WebSocketDisconnected)):
                    await ws.send_text("refused")
                server.on_send = None
            case "look":
                assert ws.ready is not ws.closed
            case "wait":
                await pass_turns(chance.randrange(6))
            case _:
                got.append(await ws.receive_text())


async def _push(server: WaitingServer, chance: Random) -> None:
    for text in TEXTS:
        server.push_text(text)
        await pass_turns(chance.choice((0, 0, 0, 1, 2, 5)))
    server.push_disconnect(4000)


@pytest.mark.parametrize("queue", [0, 1, 2, 4])
@pytest.mark.parametrize("turns", [0, 1])
@pytest.mark.parametrize("cancels", [False, True], ids=["", "cancelled at times"])
@pytest.mark.parametrize("seed", range(8))
async def test_whoever_reads_every_message_comes_once_and_in_order(
    seed: int, cancels: bool, turns: int, queue: int
) -> None:
    chance = Random(seed)
    got: list[str] = []
    async with (
        served(Habits(before_take=turns), max_receive_queue=queue) as server,
        create_task_group() as group,
    ):
        group.start_soon(_push, server, chance)
        with pytest.raises(WebSocketDisconnected) as raised:
            await _use(server, chance, got, cancels=cancels)
        assert raised.value.code == 4000
    assert got == TEXTS
    assert cancels or server.receives == len(TEXTS) + 2


@pytest.mark.parametrize("queue", [1, 4])
async def test_an_error_handler_can_receive_what_its_responder_left_in_order(queue: int) -> None:
    got: list[str] = []

    async def responder(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        assert ws.ready
        await settle()
        raise KeyError

    async def handle(
        req: Request, resp: object, ex: Exception, params: object, ws: WebSocket | None = None
    ) -> None:
        assert ws is not None
        async for message in ws:
            got.append(str(message))

    app = app_with(responder, max_receive_queue=queue)
    app.add_error_handler(KeyError, handle)
    async with ScriptedServer(app, connect=False) as server:
        server.push("websocket.connect")
        for text in TEXTS[:9]:
            server.push_text(text)
        server.push_disconnect(4000)
    assert got == TEXTS[:9]
