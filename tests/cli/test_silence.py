"""The limit to how long a client may take nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial

import anyio
import pytest
from anyio import Event, create_task_group, fail_after

from anyws import App, Request, WebSocket
from anyws.cli.server import serve
from anyws.cli.worker import silence
from anyws.cli.worker.silence import limit_silence

HANDSHAKE = (
    b"GET /flood HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)

pytestmark = pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no such limit"
)


@pytest.fixture
def link() -> Iterator[socket.socket]:
    with closing(socket.socket()) as link:
        yield link


def timeout_of(link: socket.socket) -> int:
    return link.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)


def test_it_is_set_in_milliseconds(link: socket.socket) -> None:
    limit_silence(link, 2.5)
    assert timeout_of(link) == 2500


def test_without_a_limit_nothing_is_set(link: socket.socket) -> None:
    limit_silence(link, None)
    assert timeout_of(link) == 0


def test_where_the_system_has_none_nothing_is_set(
    link: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "_OPTION", None)
    limit_silence(link, 2.5)
    assert timeout_of(link) == 0


def test_unix_sockets_and_sockets_that_are_closed_are_left_alone() -> None:
    for each in socket.socketpair():
        limit_silence(each, 1)
        each.close()
    gone = socket.socket()
    gone.close()
    limit_silence(gone, 1)


class Flood:
    """Sends without end, and tells when that has ended."""

    def __init__(self) -> None:
        self.lost = Event()
        self.sent = 0

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        try:
            while True:
                await ws.send_data(bytes(2**16))
                self.sent += 1
        finally:
            self.lost.set()


async def test_a_client_that_takes_nothing_is_dropped_and_one_that_reads_slowly_is_not() -> None:
    """The responder's call ends, and the connection with it, though Trio's writes are shielded."""
    flood = Flood()
    app = App()
    app.ws_options.send_timeout = 1
    app.add_route("/flood", flood)
    shutdown = Event()
    with fail_after(10):
        async with create_task_group() as tasks:
            port = await tasks.start(partial(serve, app, port=0, shutdown=shutdown))
            with closing(socket.socket()) as link:
                link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**18)
                link.connect(("127.0.0.1", port))
                link.sendall(HANDSHAKE)
                link.setblocking(False)
                taken = 0
                for _ in range(15):
                    await anyio.wait_readable(link)
                    taken += len(link.recv(2**18))
                    await anyio.sleep(0.1)
                assert not flood.lost.is_set(), taken
                await flood.lost.wait()
                with suppress(ConnectionResetError):
                    while link.recv(2**20):
                        await anyio.wait_readable(link)
            shutdown.set()
