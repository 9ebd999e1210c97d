"""The listening socket and the errors that it begins with."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from anyws.cli.errors import InvalidOption, UnavailableAddress
from anyws.cli.listening import listen, port_of, url_of


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that something listens on."""
    with closing(listen("127.0.0.1", 0)) as listener:
        yield port_of(listener)


def test_port_0_is_a_port_that_the_system_picks_and_clients_can_reach() -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        port = port_of(listener)
        assert port > 0
        assert url_of(listener) == f"http://127.0.0.1:{port}"
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_asyncio_is_told_that_connections_are_tcp_and_does_not_delay_small_responses() -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_an_ipv6_address_is_shown_in_brackets() -> None:
    try:
        listener = listen("::1", 0)
    except UnavailableAddress:
        pytest.skip("this machine has no IPv6")
    with closing(listener):
        assert url_of(listener) == f"http://[::1]:{port_of(listener)}"


def test_a_name_with_addresses_of_both_kinds_is_the_ipv4_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = (socket.SOCK_STREAM, 6, "")
    both = [
        (socket.AF_INET6, *kind, ("::1", 0, 0, 0)),
        (socket.AF_INET, *kind, ("127.0.0.1", 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with closing(listen("both.example", 0)) as listener:
        assert listener.family == socket.AF_INET


def test_a_port_in_use_names_host_and_port_and_the_remedy(taken: int) -> None:
    with pytest.raises(UnavailableAddress) as raised:
        listen("127.0.0.1", taken)
    assert str(raised.value).startswith(f"cannot listen on 127.0.0.1 port {taken}: ")
    assert "the port is in use" in str(raised.value)
    assert isinstance(raised.value, OSError)
    assert raised.value.errno == errno.EADDRINUSE


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.EACCES, "permission denied; give a port above 1023"),
        (errno.EADDRNOTAVAIL, "this machine has no such address; give 127.0.0.1"),
        (errno.ENOBUFS, "No buffer space available; give another host or port"),
    ],
)
def test_an_address_that_cannot_be_bound_says_why(
    monkeypatch: pytest.MonkeyPatch, number: int, why: str
) -> None:
    def refuse(listener: socket.socket, address: object) -> None:
        raise OSError(number, "No buffer space available")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(UnavailableAddress) as raised:
        listen("127.0.0.1", 80)
    assert str(raised.value).startswith(f"cannot listen on 127.0.0.1 port 80: {why}")


@pytest.mark.parametrize("host", ["nowhere.invalid", "two..dots", "x" * 70])
def test_a_host_that_is_not_known_is_named(host: str) -> None:
    with pytest.raises(UnavailableAddress, match="the host is not known here") as raised:
        listen(host, 8000)
    assert f"cannot listen on {host} port 8000" in str(raised.value)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_out_of_range_is_refused(port: int) -> None:
    with pytest.raises(InvalidOption, match=f"port {port} is no port"):
        listen("127.0.0.1", port)


def test_an_empty_host_is_refused() -> None:
    with pytest.raises(InvalidOption, match=r"give 0\.0\.0\.0"):
        listen("", 8000)
