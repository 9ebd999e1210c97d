"""What a client sees of the handshake."""

from __future__ import annotations

import json

import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.servers.clients import refusal_of
from tests.servers.processes import PATIENCE, Server


def test_the_client_offers_subprotocols_and_gets_the_one_that_was_chosen(server: Server) -> None:
    offered = [Subprotocol("first.v1"), Subprotocol("second.v2")]
    with connect(f"{server.ws}/handshake/subprotocol", subprotocols=offered) as client:
        assert client.subprotocol == "second.v2"
        assert json.loads(client.recv(timeout=PATIENCE)) == offered


def test_the_headers_of_the_accept_reach_the_client_in_their_order(server: Server) -> None:
    with connect(f"{server.ws}/handshake/headers") as client:
        assert client.response is not None
        assert client.response.headers.get_all("X-Part") == ["one", "two"]


@pytest.mark.parametrize("answer", ["closed", "forbidden", "unanswered"])
def test_a_refused_handshake_is_a_403(server: Server, answer: str) -> None:
    assert refusal_of(server, f"/handshake/{answer}") == 403


@pytest.mark.parametrize("path", ["/nowhere", "/notes/of-anybody"])
def test_where_no_socket_is_the_handshake_is_a_403(server: Server, path: str) -> None:
    assert refusal_of(server, path) == 403


def test_an_error_before_the_accept_is_a_403_and_in_the_log(server: Server) -> None:
    assert refusal_of(server, "/handshake/broken") == 403
    server.log.excuse("LookupError: broken before the accept")


def test_a_refused_client_can_try_again(server: Server) -> None:
    assert refusal_of(server, "/handshake/closed") == 403
    with connect(f"{server.ws}/echo") as client:
        client.send("here")
        assert client.recv(timeout=PATIENCE) == "here"
