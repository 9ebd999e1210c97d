"""Requests and responses that are small enough to be one part each, and what errors become."""

from __future__ import annotations

import time
from contextlib import closing
from http.client import HTTPConnection

import httpx
import pytest

from tests.servers.clients import note_of
from tests.servers.http_side import FRIEND
from tests.servers.processes import PATIENCE, Server

FOE = "https://foe.example"
DELAYED_ACKNOWLEDGEMENT = 0.04
"""Seconds that a response takes at least whose second part waits until the first has arrived."""


def test_json_goes_there_and_back(client: httpx.Client, protocol: str) -> None:
    response = client.get("/things", params={"a": "1", "b": "ä"})
    assert (response.status_code, response.http_version) == (200, protocol)
    version = protocol.removeprefix("HTTP/")
    assert response.json() == {"query": {"a": "1", "b": "ä"}, "version": version}
    sent = {"text": "ä", "numbers": [1, 2.5, None]}
    response = client.post("/things", json=sent)
    assert (response.status_code, response.headers["location"]) == (201, "/things/1")
    assert response.json() == {"echo": sent}


def test_many_bodies_in_a_row_are_answered_on_one_connection_and_at_once(
    client: httpx.Client,
) -> None:
    durations = []
    for number in range(30):
        begun = time.monotonic()
        assert client.post("/things", json=number).json() == {"echo": number}
        durations.append(time.monotonic() - begun)
    assert min(durations[-10:]) < DELAYED_ACKNOWLEDGEMENT


def test_head_gives_the_headers_of_get_without_its_body(client: httpx.Client) -> None:
    got, asked = client.get("/things"), client.head("/things")
    assert (asked.status_code, asked.content) == (200, b"")
    for name in ("content-length", "content-type"):
        assert asked.headers[name] == got.headers[name]


@pytest.mark.parametrize("path", ["/downloads/endless/x", "/feeds/vigil/x"])
def test_head_of_a_stream_ends_at_once(client: httpx.Client, path: str) -> None:
    assert client.head(path).status_code == 200
    assert client.get("/things").status_code == 200


def test_options_tell_the_methods(client: httpx.Client) -> None:
    response = client.options("/things")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_preflight_is_answered_for_friends_alone(client: httpx.Client) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "X-Own"}
    granted = client.options("/things", headers=asked | {"Origin": FRIEND})
    assert granted.is_success
    assert granted.headers["access-control-allow-origin"] == FRIEND
    assert granted.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS, POST"
    assert granted.headers["access-control-allow-headers"] == "X-Own"
    refused = client.options("/things", headers=asked | {"Origin": FOE})
    assert not [name for name in refused.headers if name.startswith("access-control-")]
    for response in (granted, refused, client.get("/things")):
        assert "Origin" in response.headers["vary"]


def test_a_friend_may_read_the_response(client: httpx.Client) -> None:
    response = client.get("/things", headers={"Origin": FRIEND})
    assert response.headers["access-control-allow-origin"] == FRIEND
    assert response.headers["access-control-expose-headers"] == "X-Total"


def test_a_path_that_nobody_knows_is_a_404(client: httpx.Client) -> None:
    response = client.get("/nothing")
    assert (response.status_code, response.json()) == (404, {"title": "404 Not Found"})


def test_a_method_that_is_not_there_is_a_405(client: httpx.Client) -> None:
    response = client.delete("/things")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_malformed_json_is_a_400(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    assert client.post("/things", content=b'{"a":', headers=headers).status_code == 400


def test_an_error_that_nobody_foresaw_is_a_500_that_says_nothing_of_it(
    client: httpx.Client, server: Server
) -> None:
    response = client.get("/things/broken")
    assert response.status_code == 500
    assert response.json() == {"title": "500 Internal Server Error"}
    server.log.excuse("LookupError: broken on purpose")
    assert client.get("/things").status_code == 200


def test_scheduled_callbacks_run_after_the_response(
    client: httpx.Client, server: Server, key: str
) -> None:
    assert client.get(f"/later/{key}").text == "the rest follows"
    assert client.post(f"/later/{key}").status_code == 200
    assert note_of(server, key) == {"done": True}


def test_a_connection_serves_many_requests(server: Server) -> None:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as connection:
        for method, status in [("GET", 200), ("HEAD", 200), ("DELETE", 405), ("GET", 200)]:
            connection.request(method, "/things")
            opened = connection.sock
            response = connection.getresponse()
            response.read()
            assert response.status == status
            assert connection.sock is opened
