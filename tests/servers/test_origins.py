"""Which pages may connect, by what a handshake says of its page and of the host."""

from __future__ import annotations

import subprocess
import sys

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.servers.clients import raw_socket
from tests.servers.limits import FRIEND
from tests.servers.processes import PATIENCE, Server

LET_IN, REFUSED = 101, 403


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        ("http://127.0.0.1:{port}", "127.0.0.1:{port}", LET_IN),
        ("https://127.0.0.1:{port}", "127.0.0.1:{port}", LET_IN),
        ("http://127.0.0.1:1", "127.0.0.1:{port}", REFUSED),
        ("http://127.0.0.1", "127.0.0.1:{port}", REFUSED),
        ("http://localhost:{port}", "127.0.0.1:{port}", REFUSED),
        ("http://127.0.0.1.example:{port}", "127.0.0.1:{port}", REFUSED),
        ("http://127.0.0.1:{port}@other.example", "127.0.0.1:{port}", REFUSED),
        ("https://service.example", "Service.Example", LET_IN),
        ("https://service.example:443", "service.example", LET_IN),
        ("https://service.example", "service.example:443", LET_IN),
        ("http://service.example", "service.example:443", REFUSED),
        ("https://other.example", "service.example", REFUSED),
        ("http://[::1]:{port}", "[::1]:{port}", LET_IN),
        ("null", "127.0.0.1:{port}", REFUSED),
        ("", "127.0.0.1:{port}", REFUSED),
    ],
)
def test_by_default_a_page_must_be_of_the_host_that_it_connects_to(
    limited: Server, origin: str, host: str, status: int
) -> None:
    names = {"Origin": origin, "Host": host}
    headers = {name: value.format(port=limited.port) for name, value in names.items()}
    with raw_socket(limited, "/usual/free", **headers) as client:
        assert client.status == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (FRIEND, LET_IN),
        (FRIEND.upper(), LET_IN),
        (f"{FRIEND}:443", REFUSED),
        (f"{FRIEND}.other.example", REFUSED),
        (FRIEND.replace("https", "http"), REFUSED),
        ("http://127.0.0.1:{port}", REFUSED),
        ("null", REFUSED),
    ],
)
def test_with_a_list_a_page_must_be_of_one_of_its_origins(
    limited: Server, origin: str, status: int
) -> None:
    headers = {"Origin": origin.format(port=limited.port), "Host": f"127.0.0.1:{limited.port}"}
    with raw_socket(limited, "/listed/free", **headers) as client:
        assert client.status == status


@pytest.mark.parametrize("origin", ["https://other.example", "null", "http://a b"])
def test_with_an_asterisk_any_page_may_connect(limited: Server, origin: str) -> None:
    with raw_socket(limited, "/open/free", Origin=origin) as client:
        assert client.status == LET_IN


@pytest.mark.parametrize("door", ["usual", "listed", "open"])
def test_a_client_that_is_no_page_may_connect(limited: Server, door: str) -> None:
    with raw_socket(limited, f"/{door}/free") as client:
        assert client.status == LET_IN


def test_a_refusal_says_in_the_log_what_to_do(limited: Server, key: str) -> None:
    origin = Origin(f"https://{key}.example")
    with pytest.raises(InvalidStatus) as refused, connect(f"{limited.ws}/free", origin=origin):
        pass
    assert refused.value.response.status_code == REFUSED
    line = limited.log.excuse(key)
    for part in (f"'{origin}'", f"'127.0.0.1:{limited.port}'", "allowed_origins", "Host header"):
        assert part in line


def test_the_client_of_the_command_line_is_served(limited: Server) -> None:
    command = [sys.executable, "-m", "websockets", f"{limited.ws}/free"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write("hello\n")
        client.stdin.flush()
        answers = (line for line in client.stdout if "< 5" in line)
        assert next(answers, None) is not None
        client.stdin.close()
        assert client.wait(PATIENCE) == 0
