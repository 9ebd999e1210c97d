"""A token among the subprotocols."""

from __future__ import annotations

import logging

import anyio
import pytest

from anyws import App, OperationNotAllowed, Request, WebSocket, WebSocketDisconnected
from anyws.auth import BearerSubprotocol
from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from tests.auth.ways import BEARER, SECRET, USER, app_behind, verify
from tests.websocket.scripted import Route, ScriptedServer

OFFER = "Offer two subprotocols: 'bearer', and the token right after it."


async def test_the_name_is_selected_and_the_token_never_sent_back() -> None:
    async with ScriptedServer(
        app_behind(BearerSubprotocol(verify)), subprotocols=["bearer", SECRET]
    ) as server:
        server.push_disconnect()
    accept = server.sent[0]
    assert accept == {"type": "websocket.accept", "subprotocol": "bearer"}
    assert SECRET not in repr(server.sent)


async def test_the_subprotocols_stay_what_the_client_sent() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.send_json(list(ws.subprotocols))

    app = App(middleware=BearerSubprotocol(verify))
    app.add_route("/", Route(respond))
    async with ASGIConductor(app) as conductor, BEARER.opened(conductor) as ws:
        assert await ws.receive_json() == ["bearer", SECRET]


@pytest.mark.parametrize(
    "offered",
    [
        ["bearer", SECRET],
        ["chat.v2", "bearer", SECRET],
        ["bearer", SECRET, "chat.v2"],
    ],
    ids=["alone", "behind another", "before another"],
)
async def test_the_token_is_what_follows_the_name(offered: list[str]) -> None:
    async with (
        ASGIConductor(app_behind(BearerSubprotocol(verify))) as conductor,
        conductor.simulate_ws("/", subprotocols=offered) as ws,
    ):
        assert ws.subprotocol == "bearer"
        assert await ws.receive_text() == USER


@pytest.mark.parametrize(
    ("offered", "complaint"),
    [
        ([], OFFER),
        ([SECRET], OFFER),
        (["bearer"], OFFER),
        ([SECRET, "bearer"], OFFER),
        (["Bearer", SECRET], OFFER),
        (["bearer", "bearer", SECRET], OFFER),
        (["bearer", "wrong", SECRET], "What was shown is not valid, or not any more."),
        (["bearer", "", SECRET], "The token has characters that a subprotocol can't have"),
    ],
    ids=repr,
)
async def test_an_offer_without_a_valid_token_behind_the_name_is_refused(
    offered: list[str], complaint: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "anyws")
    async with ASGIConductor(app_behind(BearerSubprotocol(verify))) as conductor:
        with pytest.raises(WebSocketDisconnected) as refused:
            async with conductor.simulate_ws("/", subprotocols=offered):
                pass
    assert refused.value.code == 3401
    assert complaint in caplog.text


@pytest.mark.parametrize("token", ["c2VjcmV0Pz8/", "c2VjcmV0Pw==", "a b", "ä", "a\x00", 'a"b"'])
async def test_a_token_with_characters_that_do_not_fit_is_not_verified_and_told_apart(
    token: str, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    async def find(secret: str) -> str | None:
        asked.append(secret)
        return USER

    caplog.set_level(logging.INFO, "anyws")
    # A server that has split the field badly may hand over anything.
    async with ScriptedServer(
        app_behind(BearerSubprotocol(find)), subprotocols=["bearer", token]
    ) as server:
        pass
    assert server.close_event["code"] == 3401
    assert asked == []
    assert "encode it as base64url without padding" in caplog.text
    assert token not in caplog.text


async def test_the_name_may_be_another_one() -> None:
    guard = BearerSubprotocol(verify, name="v1.token")
    async with (
        ASGIConductor(app_behind(guard)) as conductor,
        conductor.simulate_ws("/", subprotocols=["v1.token", SECRET]) as ws,
    ):
        assert ws.subprotocol == "v1.token"


@pytest.mark.parametrize("name", ["", "my token", "bearer,", "a/b", "ä"])
def test_a_name_that_can_be_no_subprotocol_is_refused_at_once(name: str) -> None:
    with pytest.raises(ValueError, match="can't be a subprotocol"):
        BearerSubprotocol(verify, name=name)


async def test_a_responder_behind_it_does_not_accept_again() -> None:
    raised: list[Exception] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        try:
            await ws.accept("bearer")
        except OperationNotAllowed as error:
            raised.append(error)

    app = App(middleware=BearerSubprotocol(verify))
    app.add_route("/", Route(respond))
    async with ASGIConductor(app) as conductor, BEARER.opened(conductor):
        pass
    assert "has been accepted already" in str(raised[0])


async def test_a_client_that_leaves_during_the_verification_is_not_accepted() -> None:
    asked, answer = anyio.Event(), anyio.Event()

    async def think(secret: str) -> str | None:
        asked.set()
        await answer.wait()
        return USER

    async with ScriptedServer(
        app_behind(BearerSubprotocol(think)), subprotocols=["bearer", SECRET]
    ) as server:
        await asked.wait()
        server.push_disconnect(1006)
        await wait_all_tasks_blocked()
        answer.set()
    assert server.sent == []
