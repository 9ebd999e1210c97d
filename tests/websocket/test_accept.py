"""`accept()`: what it sends, what it refuses, and a client that does not wait for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from anyws import OperationNotAllowed
from tests.websocket.held import HeldSocket, asgi


async def test_an_accept_is_one_event_with_no_key_for_what_was_not_chosen() -> None:
    async with HeldSocket(accept=False, subprotocols=["v1"]) as server:
        assert (server.ws.unaccepted, server.ws.ready) == (True, False)
        await server.ws.accept()
        assert server.sent == [{"type": "websocket.accept"}]
        assert (server.ws.unaccepted, server.ws.ready) == (False, True)


@pytest.mark.parametrize("headers", [[], (), {}, iter(())])
async def test_an_accept_with_no_headers_in_it_has_no_headers_key(headers: Any) -> None:
    async with HeldSocket(accept=False) as server:
        await server.ws.accept(headers=headers)
        assert server.sent == [{"type": "websocket.accept"}]


async def test_the_chosen_subprotocol_goes_out_with_the_accept() -> None:
    async with HeldSocket(accept=False, subprotocols=["v1", "v2"]) as server:
        await server.ws.accept("v2")
        assert server.sent == [{"type": "websocket.accept", "subprotocol": "v2"}]


@pytest.mark.parametrize("subprotocol", [b"v1", 1, ["v1"], True])
async def test_a_subprotocol_that_is_not_a_str_is_a_value_error(subprotocol: Any) -> None:
    async with HeldSocket(accept=False, subprotocols=["v1"]) as server:
        with pytest.raises(ValueError, match="subprotocol"):
            await server.ws.accept(subprotocol)
        assert server.ws.unaccepted
        assert server.sent == []


@pytest.mark.parametrize("subprotocol", ["v2", "V1", "", "v1, v2"])
async def test_a_subprotocol_that_the_client_did_not_offer_is_a_value_error(
    subprotocol: str,
) -> None:
    async with HeldSocket(accept=False, subprotocols=["v1"]) as server:
        with pytest.raises(ValueError, match="subprotocol"):
            await server.ws.accept(subprotocol)
        assert server.ws.unaccepted
        assert server.sent == []


class MultiDict:
    """An object that is no mapping, with repeated names among its items."""

    def items(self) -> list[tuple[str, str]]:
        return [("X-B", "2"), ("Set-Cookie", "a=1"), ("set-cookie", "b=2")]


HEADERS: list[Callable[[], Any]] = [
    lambda: [("X-B", "2"), ("Set-Cookie", "a=1"), ("set-cookie", "b=2")],
    lambda: (["X-B", "2"], ["Set-Cookie", "a=1"], ["set-cookie", "b=2"]),
    lambda: (pair for pair in MultiDict().items()),
    MultiDict,
]


@pytest.mark.parametrize("headers", HEADERS, ids=["list", "lists", "iterator", "items"])
async def test_headers_keep_their_order_and_go_out_in_lower_case_and_ascii(
    headers: Callable[[], Any],
) -> None:
    async with HeldSocket(accept=False) as server:
        await server.ws.accept(headers=headers())
        [event] = server.sent
    assert event == {
        "type": "websocket.accept",
        "headers": [(b"x-b", b"2"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")],
    }


async def test_headers_may_be_a_mapping() -> None:
    async with HeldSocket(accept=False) as server:
        await server.ws.accept(headers={"X-A": "1", "X-B": "2"})
        assert server.sent[0]["headers"] == [(b"x-a", b"1"), (b"x-b", b"2")]


NOT_ASCII = [[("x-a", "caf\xe9")], [("x-\xe9", "v")], [("x-a", "\u212a")], [("\u212ael", "v")]]
NOT_STR = [[(b"x-a", b"v")], [("x-a", 1)], [(1, "v")], [("x-a", None)], {"x-a": ["v"]}]
NOT_PAIRS = [["ab"], [("x-a",)], [("x-a", "v", "w")], ["x-a: v"], [{"x", "a"}], [1], "x-a"]
NOT_SENDABLE = [
    [("x-a", "v\r\nx-b: w")],
    [("x-a", "v\n")],
    [("x-a", "v\r")],
    [("x-a", "v\0")],
    [("", "v")],
    [("x a", "v")],
    [("x-a:", "v")],
    [("x-a\r\n", "v")],
    [("x\0", "v")],
]
SUBPROTOCOL_AMONG_HEADERS = [
    [("sec-websocket-protocol", "v1")],
    [("x-a", "v"), ("Sec-WebSocket-Protocol", "v1")],
    {"SEC-WEBSOCKET-PROTOCOL": "v1"},
]


async def refuse(error: type[Exception], headers: Any) -> Exception:
    """Have `accept()` refuse these headers; the socket is as before, and can be accepted."""
    async with HeldSocket(accept=False, subprotocols=["v1"]) as server:
        with pytest.raises(error) as raised:
            await server.ws.accept(headers=headers)
        assert server.ws.unaccepted
        assert server.sent == []
        await server.ws.accept("v1")
        assert server.sent == [{"type": "websocket.accept", "subprotocol": "v1"}]
    return raised.value


@pytest.mark.parametrize("headers", NOT_ASCII)
async def test_headers_that_are_not_ascii_are_a_unicode_encode_error(headers: Any) -> None:
    await refuse(UnicodeEncodeError, headers)


@pytest.mark.parametrize("headers", NOT_STR)
async def test_headers_that_are_not_str_are_a_type_error(headers: Any) -> None:
    await refuse(TypeError, headers)


@pytest.mark.parametrize("headers", NOT_PAIRS)
async def test_headers_that_are_not_pairs_are_a_value_error(headers: Any) -> None:
    await refuse(ValueError, headers)


@pytest.mark.parametrize("headers", NOT_SENDABLE)
async def test_headers_that_would_begin_another_line_or_have_no_name_are_a_value_error(
    headers: Any,
) -> None:
    await refuse(ValueError, headers)


@pytest.mark.parametrize("headers", SUBPROTOCOL_AMONG_HEADERS)
async def test_a_subprotocol_among_the_headers_is_a_value_error(headers: Any) -> None:
    error = await refuse(ValueError, headers)
    assert "subprotocol=" in str(error)


async def test_a_server_of_asgi_2_0_is_not_given_headers() -> None:
    async with HeldSocket(accept=False, asgi=asgi("2.0")) as server:
        assert server.ws.supports_accept_headers is False
        with pytest.raises(OperationNotAllowed, match=r"2\.0"):
            await server.ws.accept(headers=[("x-a", "v")])
        assert server.ws.unaccepted
        assert server.sent == []
        await server.ws.accept()
        assert server.sent == [{"type": "websocket.accept"}]


@pytest.mark.parametrize("version", ["2.1", "2.3", "2.10"])
async def test_a_later_server_is_given_headers(version: str) -> None:
    async with HeldSocket(accept=False, asgi=asgi(version)) as server:
        assert server.ws.supports_accept_headers is True
        await server.ws.accept(headers=[("x-a", "v")])
        assert server.sent[0]["headers"] == [(b"x-a", b"v")]


async def test_after_a_refused_argument_the_handshake_can_still_be_refused() -> None:
    async with HeldSocket(accept=False) as server:
        with pytest.raises(ValueError, match="subprotocol"):
            await server.ws.accept("v1")
        with pytest.raises(ValueError, match="name of a header"):
            await server.ws.accept(headers=[("", "v")])
        await server.ws.close(4001)
    assert server.kinds() == ["close"]
    assert server.close_event["code"] == 4001


async def test_a_second_accept_and_an_accept_after_a_close_are_refused_in_their_own_words() -> (
    None
):
    async with HeldSocket() as accepted, HeldSocket(accept=False) as denied:
        with pytest.raises(OperationNotAllowed) as twice:
            await accepted.ws.accept()
        assert accepted.ws.ready
        await accepted.ws.close()
        with pytest.raises(OperationNotAllowed) as closed:
            await accepted.ws.accept()
        await denied.ws.close()
        with pytest.raises(OperationNotAllowed) as too_late:
            await denied.ws.accept()
    assert str(closed.value) == str(too_late.value) != str(twice.value)
    assert accepted.kinds() == ["accept", "close"]
    assert denied.kinds() == ["close"]
