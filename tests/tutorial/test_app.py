"""The tutorial's application, in process, on every backend."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from anyws import WebSocketDisconnected
from anyws.testing import ASGIConductor
from examples.tutorial.app import create_app


@pytest.fixture
async def conductor(token: str) -> AsyncIterator[ASGIConductor]:
    async with ASGIConductor(create_app(token)) as conductor:
        yield conductor


async def test_hello_answers_over_http(conductor: ASGIConductor) -> None:
    result = await conductor.simulate_get("/hello")
    assert result.json == {"hello": "world"}


async def test_the_echo_says_it_again_with_the_date(conductor: ASGIConductor) -> None:
    async with conductor.simulate_ws("/echo") as ws:
        for message in ("hi", "", "grüße"):
            await ws.send_text(message)
            answer = await ws.receive_json()
            assert isinstance(answer, dict)
            assert answer["message"] == message
            assert datetime.fromisoformat(answer["date"]).tzinfo is not None


async def test_a_binary_message_is_answered_with_1003(conductor: ASGIConductor) -> None:
    async with conductor.simulate_ws("/echo") as ws:
        await ws.send_data(b"\x00")
        with pytest.raises(WebSocketDisconnected) as ended:
            await ws.receive_text()
    assert (ended.value.code, ended.value.reason) == (1003, "text messages only")


async def test_a_report_is_found_by_its_name(conductor: ASGIConductor, token: str) -> None:
    async with conductor.simulate_ws("/reports") as ws:
        await ws.send_text(token)
        await ws.send_text("wind")
        answer = await ws.receive_json()
    assert answer == {"name": "wind", "report": "a gale on the 9th, calm otherwise"}


async def test_an_unknown_report_is_an_error_and_the_connection_goes_on(
    conductor: ASGIConductor, token: str
) -> None:
    async with conductor.simulate_ws("/reports") as ws:
        await ws.send_text(token)
        await ws.send_text("snow")
        assert await ws.receive_json() == {
            "error": "report not found",
            "known": ["rain", "sun", "wind"],
        }
        await ws.send_text("sun")
        assert await ws.receive_json() == {"name": "sun", "report": "118 hours in October"}


@pytest.mark.parametrize("answer", ["", "open sesame", "žeton"])
async def test_a_wrong_token_is_closed_with_1008(conductor: ASGIConductor, answer: str) -> None:
    async with conductor.simulate_ws("/reports") as ws:
        await ws.send_text(answer)
        with pytest.raises(WebSocketDisconnected) as ended:
            await ws.receive_text()
    assert ended.value.code == 1008


async def test_the_log_tells_of_beginning_and_end_and_never_the_token(
    conductor: ASGIConductor, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with conductor.simulate_ws("/reports") as ws:
            await ws.send_text(token)
            await ws.send_text("sun")
            await ws.receive_json()
            await ws.close(4001)
    ours = [record.getMessage() for record in caplog.records if record.name == "tutorial"]
    assert ours == [
        "a client of '/reports' has shown its token",
        "connection to '/reports'",
        "connection to '/reports' has ended with code 4001",
    ]
    assert token not in caplog.text


async def test_the_page_is_served_at_the_root_and_at_any_other_path(
    conductor: ASGIConductor,
) -> None:
    root = await conductor.simulate_get("/")
    elsewhere = await conductor.simulate_get("/no/such/page")
    assert root.status_code == elsewhere.status_code == 200
    assert root.text == elsewhere.text
    assert "<h1>Two sockets</h1>" in root.text
    assert root.headers["content-type"].startswith("text/html")
