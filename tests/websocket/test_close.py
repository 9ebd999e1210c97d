"""`close()`: what it sends, what it refuses, and a server that can't send it any more."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from anyws import App, WebSocketDisconnected
from tests.websocket.held import Failing, HeldSocket, asgi


async def test_a_close_before_accept_refuses_the_handshake() -> None:
    async with HeldSocket(accept=False) as server:
        await server.ws.close()
        assert (server.ws.unaccepted, server.ws.ready, server.ws.closed) == (False, False, True)
    assert server.kinds() == ["close"]
    assert server.close_event["code"] == 1000


async def test_a_close_after_accept_is_sent_and_the_socket_is_closed_then() -> None:
    async with HeldSocket() as server:
        await server.ws.close(4001, "enough")
        assert (server.ws.unaccepted, server.ws.ready, server.ws.closed) == (False, False, True)
        assert (server.ws.close_code, server.ws.close_reason) == (4001, "enough")
    assert server.kinds() == ["accept", "close"]
    assert server.close_event == {"type": "websocket.close", "code": 4001, "reason": "enough"}


@pytest.mark.parametrize("accept", [True, False])
async def test_the_code_is_1000_unless_it_is_given(accept: bool) -> None:
    async with HeldSocket(accept=accept) as server:
        await server.ws.close()
        assert server.ws.close_code == 1000
    assert server.close_event["code"] == 1000


@pytest.mark.parametrize("accept", [True, False])
async def test_on_a_socket_that_we_closed_another_close_sends_nothing(accept: bool) -> None:
    async with HeldSocket(accept=accept) as server:
        await server.ws.close(4001)
        await server.ws.close(4002, "again")
        assert server.ws.close_code == 4001
        with pytest.raises(ValueError, match="Invalid close code"):
            await server.ws.close(1006)
        with pytest.raises(TypeError):
            await server.ws.close(1000, 5)  # type: ignore[arg-type]  # what is refused
    assert server.close_event["code"] == 4001


async def test_on_a_socket_that_the_client_closed_a_close_sends_nothing() -> None:
    async with HeldSocket() as server:
        server.push_disconnect(1001, "left")
        with pytest.raises(WebSocketDisconnected):
            await server.ws.receive_text()
        await server.ws.close(4001)
        assert (server.ws.close_code, server.ws.close_reason) == (1001, "left")
        with pytest.raises(ValueError, match="Invalid close code"):
            await server.ws.close(2000)
    assert server.kinds() == ["accept"]


REFUSED: list[tuple[Any, Any]] = [
    (1005, None),
    (2500, None),
    (5000, None),
    (True, None),
    ("1000", None),
    (1000, b"bye"),
    (1000, "x" * 124),
    (None, "x" * 124),
]


@pytest.mark.parametrize(("code", "reason"), REFUSED)
async def test_after_a_refused_close_the_socket_can_still_receive_and_send(
    code: Any, reason: Any
) -> None:
    async with HeldSocket() as server:
        with pytest.raises((ValueError, TypeError)):
            await server.ws.close(code, reason)
        assert server.ws.ready
        assert server.ws.close_code is None
        server.push_text("hello")
        await server.ws.send_text(await server.ws.receive_text())
        assert server.texts() == ["hello"]
        assert server.kinds() == ["accept", "send"]


@pytest.mark.parametrize(("code", "reason"), REFUSED)
async def test_after_a_refused_close_the_handshake_can_still_be_accepted(
    code: Any, reason: Any
) -> None:
    async with HeldSocket(accept=False) as server:
        with pytest.raises((ValueError, TypeError)):
            await server.ws.close(code, reason)
        assert server.ws.unaccepted
        assert server.sent == []
        await server.ws.accept()
        assert server.ws.ready


@pytest.mark.parametrize("reason", [b"bye", 1, b""])
async def test_a_reason_that_is_not_a_str_is_a_type_error(reason: Any) -> None:
    async with HeldSocket() as server:
        with pytest.raises(TypeError, match="reason"):
            await server.ws.close(1000, reason)


async def test_a_reason_that_is_too_long_is_a_value_error_before_2_3_as_well() -> None:
    async with HeldSocket(asgi=asgi("2.0")) as server:
        with pytest.raises(ValueError, match="123"):
            await server.ws.close(1000, "é" * 62)
        assert server.ws.ready


@pytest.mark.parametrize("reason", [None, ""])
@pytest.mark.parametrize("code", [1000, 3404, 4000])
async def test_the_reason_falls_back_to_that_of_the_options(code: int, reason: str | None) -> None:
    app = App()
    app.ws_options.default_close_reasons[4000] = "of the options"
    async with HeldSocket(app) as server:
        await server.ws.close(code, reason)
        expected = {1000: "Normal Closure", 3404: "Not Found", 4000: "of the options"}[code]
        assert server.ws.close_reason == expected
    assert server.close_event["reason"] == expected


async def test_a_code_without_a_default_reason_goes_out_without_one() -> None:
    async with HeldSocket() as server:
        await server.ws.close(4999)
        assert server.ws.close_reason is None
    assert not server.close_event.get("reason")


@pytest.mark.parametrize(
    ("version", "sent"),
    [("2.0", False), ("2.2", False), ("2.3", True), ("2.4", True), ("2.10", True), ("2.20", True)],
)
@pytest.mark.parametrize("accept", [True, False])
async def test_reasons_are_sent_from_2_3_on_and_2_10_is_newer(
    version: str, sent: bool, accept: bool
) -> None:
    async with HeldSocket(asgi=asgi(version), accept=accept) as server:
        await server.ws.close(4000, "given")
    assert ("reason" in server.close_event) is sent
    assert server.close_event.get("reason", "given") == "given"


@pytest.mark.parametrize("error", [OSError("gone"), ConnectionResetError(), BrokenPipeError()])
@pytest.mark.parametrize("accept", [True, False])
async def test_an_os_error_of_the_server_in_close_is_no_error(
    accept: bool, error: OSError
) -> None:
    async with HeldSocket(accept=accept) as server:
        server.on_send = Failing("close", error)
        await server.ws.close(4001)
        assert server.ws.closed
        assert not server.ws.ready
        assert not server.ws.unaccepted
    assert "close" not in server.kinds()


@pytest.mark.parametrize("accept", [True, False])
async def test_any_error_of_the_server_in_close_is_no_error_once_the_client_has_gone(
    accept: bool,
) -> None:
    async with HeldSocket(accept=accept) as server:
        server.push_disconnect(1001)
        server.on_send = Failing("close", RuntimeError("the connection is closed"))
        await server.ws.close(4001)
        assert server.ws.closed
        with pytest.raises(WebSocketDisconnected):
            await server.ws.receive_text()
    assert "close" not in server.kinds()


async def test_an_error_of_the_server_in_close_comes_as_it_is_while_the_client_is_there() -> None:
    broken = RuntimeError("out of order")
    async with HeldSocket() as server:
        server.on_send = Failing("close", broken)
        with pytest.raises(RuntimeError) as raised:
            await server.ws.close(4001)
        assert raised.value is broken
        assert server.ws.ready
        server.on_send = None
        await server.ws.send_text("still here")
        await server.ws.close(4002)
    assert server.kinds() == ["accept", "send", "close"]
    assert server.close_event["code"] == 4002


@pytest.mark.anyws_clock("virtual")
async def test_a_close_that_the_server_does_not_take_is_given_up_after_close_timeout() -> None:
    async def never(event: Any) -> None:
        if event["type"] == "websocket.close":
            await anyio.sleep_forever()

    async with HeldSocket() as server:
        server.on_send = never
        await server.ws.close(4001)
        assert anyio.current_time() == 5
        assert server.ws.closed
    assert server.kinds() == ["accept"]
