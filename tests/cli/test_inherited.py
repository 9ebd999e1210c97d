"""Listening sockets that come as file descriptors."""

from __future__ import annotations

import os
import socket
from contextlib import closing

import pytest

from anyws.cli.addresses import Inherited
from anyws.cli.errors import InvalidOption, UnavailableAddress
from anyws.cli.listening import listen, listening_on, port_of


def test_a_listening_socket_is_taken_over_and_closed_afterwards() -> None:
    listener = listen("127.0.0.1", 0)
    port = port_of(listener)
    listener.setblocking(True)
    listener.set_inheritable(True)
    descriptor = listener.detach()
    with listening_on(Inherited(descriptor)) as adopted:
        assert port_of(adopted) == port
        assert not adopted.getblocking()
        assert not adopted.get_inheritable()
        assert adopted.proto == socket.IPPROTO_TCP
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_a_descriptor_that_is_not_open_says_so() -> None:
    with socket.socket() as closed:
        descriptor = closed.fileno()
    with pytest.raises(UnavailableAddress, match="this process has no such file descriptor"):
        listening_on(Inherited(descriptor)).__enter__()


def test_a_file_is_no_socket_and_stays_open() -> None:
    with open(os.devnull) as file:
        with pytest.raises(UnavailableAddress, match="it is open, and no socket"):
            listening_on(Inherited(file.fileno())).__enter__()
        file.read()


@pytest.mark.parametrize(
    ("family", "kind", "why"),
    [
        (socket.AF_INET, socket.SOCK_STREAM, "it is a socket that does not listen"),
        (socket.AF_UNIX, socket.SOCK_STREAM, "it is a socket that does not listen"),
        (socket.AF_INET, socket.SOCK_DGRAM, "it is a socket of another kind"),
        (socket.AF_UNIX, socket.SOCK_SEQPACKET, "it is a socket of another kind"),
    ],
)
def test_a_socket_that_cannot_be_served_on_says_why_and_stays_open(
    family: int, kind: int, why: str
) -> None:
    with closing(socket.socket(family, kind)) as other:
        with pytest.raises(InvalidOption, match=f"fd://{other.fileno()}: {why}; the parent"):
            listening_on(Inherited(other.fileno())).__enter__()
        other.getsockname()
