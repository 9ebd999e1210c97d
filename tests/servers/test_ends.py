"""Close codes and reasons, as either side gets them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from websockets.sync.client import connect

from tests.servers.clients import close_of, note_of
from tests.servers.processes import PATIENCE, Server


@pytest.mark.parametrize(
    ("code", "reason"),
    [(1000, "done"), (1001, "moving"), (1008, "too ☃"), (1013, "later"), (4999, "x" * 123)],
)
def test_the_client_gets_the_code_and_the_reason(server: Server, code: int, reason: str) -> None:
    with connect(f"{server.ws}/ends/closed/{code}?reason={quote(reason)}") as client:
        assert close_of(client) == (code, reason)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/ends/returned", (1000, "Normal Closure")),
        ("/ends/forbidden", (3403, "Forbidden")),
        ("/ends/closed/3404", (3404, "Not Found")),
        ("/ends/closed/4000", (4000, "")),
    ],
)
def test_codes_that_have_a_reason_get_it(
    server: Server, path: str, expected: tuple[int, str]
) -> None:
    with connect(server.ws + path) as client:
        assert close_of(client) == expected


def test_an_unhandled_error_is_a_1011_and_in_the_log(server: Server) -> None:
    with connect(f"{server.ws}/ends/broken") as client:
        assert close_of(client) == (1011, "Internal Server Error")
    server.log.excuse("LookupError: broken after the accept")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/greeted/nowhere", (3404, "Not Found")),
        ("/greeted/notes/key", (3405, "Method Not Allowed")),
    ],
)
def test_a_socket_that_middleware_accepted_is_told_that_nothing_is_there(
    server: Server, path: str, expected: tuple[int, str]
) -> None:
    with connect(server.ws + path) as client:
        assert client.recv(timeout=PATIENCE) == "welcome"
        assert close_of(client) == expected


@pytest.mark.parametrize("code", [1000, 1001, 4001])
def test_the_application_gets_of_the_clients_close_what_the_server_tells(
    server: Server, key: str, code: int
) -> None:
    with connect(f"{server.ws}/ends/by-client/{key}") as client:
        client.close(code, "bye")
    told = {"code": code, "reason": "bye"}
    untold = {"code": 1006, "reason": None}
    assert note_of(server, key) == (told if server.kind.tells_close else untold)
