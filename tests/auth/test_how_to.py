"""The page on authentication."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from anyws import App, WebSocketDisconnected
from anyws.testing import ASGIConductor
from tests.house.pages import app_of

TOKEN = "open-sesame"
KEY = {"Authorization": f"Bearer {TOKEN}"}
SESSION = {"session": "c2Vzc2lvbi1vZi1ib2I"}
OTHER_PAGE = {"Origin": "https://elsewhere.example"}


def program(name: str) -> App:
    return app_of(f"how-to/code/authenticate/{name}.py")


@pytest.fixture(autouse=True)
def no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Check what the programs have logged."""
    caplog.set_level(logging.DEBUG)
    yield
    assert TOKEN not in caplog.text
    assert SESSION["session"] not in caplog.text


async def refusal(conductor: ASGIConductor, target: str, **handshake: object) -> int:
    with pytest.raises(WebSocketDisconnected) as refused:
        async with conductor.simulate_ws(target, **handshake):  # type: ignore[arg-type]  # a table's
            pass
    return refused.value.code


async def test_a_token_goes_as_a_subprotocol() -> None:
    async with ASGIConductor(program("bearer")) as conductor:
        async with conductor.simulate_ws("/greeting", subprotocols=["bearer", TOKEN]) as ws:
            assert ws.subprotocol == "bearer"
            assert await ws.receive_text() == "hello, bob"
        assert await refusal(conductor, "/greeting") == 3401
        assert await refusal(conductor, "/greeting", subprotocols=["bearer", "guess"]) == 3401


async def test_a_ticket_is_got_over_http_and_good_once() -> None:
    async with ASGIConductor(program("tickets")) as conductor:
        assert (await conductor.simulate_post("/tickets")).status_code == 401
        result = await conductor.simulate_post("/tickets", headers=KEY)
        assert result.headers["cache-control"] == "no-store"
        assert isinstance(result.json, dict)
        target = f"/greeting?ticket={result.json['ticket']}"
        async with conductor.simulate_ws(target) as ws:
            assert await ws.receive_text() == "hello, bob"
        assert await refusal(conductor, target) == 3401


@pytest.mark.parametrize(
    "message", ["open-sesame", '{"token": "guess"}', '{"token": 5}', "{}", "[" * 100_000]
)
async def test_a_first_message_that_is_no_login_closes_with_3401(message: str) -> None:
    async with (
        ASGIConductor(program("first_message")) as conductor,
        conductor.simulate_ws("/greeting") as ws,
    ):
        await ws.send_text(message)
        with pytest.raises(WebSocketDisconnected) as refused:
            await ws.receive_text()
    assert refused.value.code == 3401


async def test_the_first_message_logs_in_and_one_responder_needs_none() -> None:
    async with ASGIConductor(program("first_message")) as conductor:
        async with conductor.simulate_ws("/greeting") as ws:
            await ws.send_json({"token": TOKEN})
            assert await ws.receive_text() == "hello, bob"
        async with conductor.simulate_ws("/open") as ws:
            assert await ws.receive_text() == "hello, whoever you are"


async def test_a_cookie_counts_for_pages_of_the_same_site_alone() -> None:
    async with ASGIConductor(program("cookie")) as conductor:
        async with conductor.simulate_ws("/greeting", cookies=SESSION) as ws:
            assert await ws.receive_text() == "hello, bob"
        assert await refusal(conductor, "/greeting") == 3401
        assert await refusal(conductor, "/greeting", cookies=SESSION, headers=OTHER_PAGE) == 3403
