"""Clients that send pings and do not read the answers, while messages go their way."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Final

import httpx
from wsproto import ConnectionType, WSConnection
from wsproto.events import CloseConnection, Ping, Request, TextMessage
from wsproto.extensions import PerMessageDeflate

from tests.servers.processes import PATIENCE, Server
from tests.servers.singing import number_of

MOST: Final = 2**17
"""So many pings, at most: not every server is held back by the answers to them."""
STALL: Final = 0.3


class PingingSocket:
    """A client that compresses, sends pings, and reads when it is asked to."""

    def __init__(self, server: Server, target: str) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(("127.0.0.1", server.port))
        self._protocol = WSConnection(ConnectionType.CLIENT)
        extensions = [PerMessageDeflate()]
        request = Request(host="127.0.0.1", target=target, extensions=extensions)
        self._socket.sendall(self._protocol.send(request))
        self._message = ""
        self.heard: list[int] = []

    def ping(self) -> None:
        """Send pings until the server does not read them any more."""
        self._socket.settimeout(STALL)
        pings = self._protocol.send(Ping(payload=b"x" * 125)) * 64
        with suppress(TimeoutError):
            for _ in range(MOST // 64):
                self._socket.sendall(pings)
        self._socket.settimeout(PATIENCE)

    def hear(self, last: int) -> None:
        """Read until the message with that number has come, and check that each one is whole."""
        while last not in self.heard:
            self._protocol.receive_data(self._socket.recv(2**16))
            for event in self._protocol.events():
                assert not isinstance(event, CloseConnection), event
                if isinstance(event, TextMessage):
                    self._message += event.data
                    if event.message_finished:
                        self.heard.append(number_of(self._message))
                        self._message = ""

    def close(self) -> None:
        """Leave."""
        self._socket.close()


def check_crossing(server: Server, key: str) -> None:
    """Have a send cancelled while the server's own answers wait for the client to read."""
    client = PingingSocket(server, f"/crossing/{key}")
    try:
        client.hear(2)
        client.ping()
        httpx.post(f"{server.http}/crossing/{key}")
        time.sleep(STALL)
        client.hear(6)
    finally:
        client.close()
    assert client.heard in ([0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 4, 5, 6])
