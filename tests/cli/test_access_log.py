"""The access log."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from wsproto.events import CloseConnection

from anyws import ServeOptions
from anyws._asgi.types import Event, Receive, Scope, Send
from anyws.cli.access_log import AccessLog, Format
from anyws.testing import create_scope, create_scope_ws
from tests.cli.launching import OPTIONS, SHOP
from tests.cli.talking import served, talking


async def written_by(
    events: list[Event],
    scope: Scope,
    *,
    format: Format = "json",
    received: Event | None = None,
    error: Exception | None = None,
) -> str:
    """Give the line for an application that sends those events."""
    lines: list[str] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if received is not None:
            await receive()
        for event in events:
            await send(event)
        if error is not None:
            raise error

    async def receive() -> Event:
        assert received is not None
        return received

    async def send(event: Event) -> None:
        pass

    log = AccessLog(application, format, write=lines.append)
    try:
        await log(scope, receive, send)
    except LookupError:
        assert error is not None
    [line] = lines
    return line


RESPONSE: list[Event] = [
    {"type": "http.response.start", "status": 201, "headers": []},
    {"type": "http.response.body", "body": b"one", "more_body": True},
    {"type": "http.response.body", "body": b"three"},
]
ACCEPT: Event = {"type": "websocket.accept"}


async def test_a_request_is_an_object_without_its_query() -> None:
    scope = create_scope(path="/a b", query_string="token=secret", method="PUT")
    scope["client"] = ("10.0.0.7", 4711)
    found = json.loads(await written_by(RESPONSE, scope))
    assert found.pop("seconds") < 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", found.pop("time"))
    assert found == {
        "peer": "10.0.0.7",
        "method": "PUT",
        "path": "/a%20b",
        "http": "1.1",
        "status": 201,
        "sent": 8,
    }


async def test_a_request_is_a_line_that_nobody_can_break() -> None:
    scope = create_scope()
    scope["path"] = "/a\n2026 forged\x1b[31m\ud800"
    scope["client"] = None
    line = await written_by(RESPONSE, scope, format="line")
    rest = line.partition(" ")[2]
    assert re.fullmatch(r"- GET /a%0A2026%20forged%1B%5B31m%5Cud800 201 \d+\.\dms\n", rest)


@pytest.mark.parametrize(
    ("events", "received", "status", "code"),
    [
        ([ACCEPT, {"type": "websocket.close", "code": 4000}], None, 101, 4000),
        ([ACCEPT, {"type": "websocket.close"}], None, 101, 1000),
        ([ACCEPT], {"type": "websocket.disconnect", "code": 1006}, 101, 1006),
        ([ACCEPT], None, 101, 1011),
        ([{"type": "websocket.close", "code": 1008}], None, 403, None),
        ([{"type": "websocket.http.response.start", "status": 503}], None, 503, None),
        ([], None, 500, None),
    ],
)
async def test_a_websocket_is_an_object_with_its_end(
    events: list[Event], received: Event | None, status: int, code: int | None
) -> None:
    scope = create_scope_ws(path="/chat")
    found = json.loads(await written_by(events, scope, received=received))
    assert found["method"] == "WEBSOCKET"
    assert found["path"] == "/chat"
    assert (found["status"], found.get("close_code")) == (status, code)


async def test_a_failure_before_the_response_is_a_500() -> None:
    line = await written_by([], create_scope(), error=LookupError("lost"))
    assert json.loads(line)["status"] == 500


async def test_the_servers_write_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    async def greet(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4001})

    async with (
        served(greet, ServeOptions(access_log="line")) as port,
        talking(port, "/greet?token=secret") as (talker, _),
    ):
        assert isinstance(await talker.next(), CloseConnection)
        await talker.read_to_the_end()
    out = capsys.readouterr().out
    assert re.fullmatch(r"\S+ 127\.0\.0\.1 WEBSOCKET /greet 4001 \d+\.\dms\n", out)


async def test_a_reader_of_the_log_that_has_left_is_not_the_clients_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken:
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Broken())

    async def application(scope: Scope, receive: Receive, send: Send) -> None: ...

    async def unused() -> Event:
        raise AssertionError

    async def send(event: Event) -> None: ...

    await AccessLog(application, "line")(create_scope(), unused, send)


@pytest.mark.parametrize("name", OPTIONS)
def test_the_command_writes_each_line_at_once(name: str, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    command = ["serve", "shop:app", "--port", "0", "--access-log", "json", *OPTIONS[name]]
    with subprocess.Popen(
        [sys.executable, "-m", "anyws", *command],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        try:
            port = re.search(r":(\d+) ", process.stderr.readline())
            assert port is not None
            assert httpx.get(f"http://127.0.0.1:{port[1]}/it?a=b").text == "hello"
            found = json.loads(process.stdout.readline())
        finally:
            process.kill()
    assert (found["path"], found["status"], found["sent"]) == ("/it", 200, 5)
