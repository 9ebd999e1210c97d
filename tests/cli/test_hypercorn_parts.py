"""What the launcher relies on inside of Hypercorn: a release that changes it fails here first."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from types import ModuleType

import hypercorn.asyncio.tcp_server
import hypercorn.protocol.h2
import hypercorn.protocol.h11
import hypercorn.trio.tcp_server
import pytest
from hypercorn.protocol import ProtocolWrapper
from hypercorn.protocol.h2 import H2Protocol
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.ws_stream import Handshake, WebsocketBuffer, WSStream
from wsproto import ConnectionType
from wsproto.connection import Connection, ConnectionState
from wsproto.events import CloseConnection

from anyws.cli.worker.frames import WorkerProtocol
from anyws.cli.worker.parts import replace_parts
from anyws.cli.worker.streams import Stream

WORKERS = [hypercorn.asyncio.tcp_server, hypercorn.trio.tcp_server]


def mentions(function: Callable[..., object] | ModuleType, *texts: str) -> bool:
    """Tell whether all of these are in the source, however it is broken into lines."""
    source = re.sub(r"\s+", " ", inspect.getsource(function))
    return all(text in source for text in texts)


@pytest.mark.parametrize("worker", WORKERS)
def test_a_connection_makes_its_protocol_from_a_name_in_its_module(worker: ModuleType) -> None:
    run = worker.TCPServer.run
    assert mentions(run, "self.protocol = ProtocolWrapper(")
    assert mentions(run, "self.protocol_send, alpn_protocol, )")
    assert list(inspect.signature(ProtocolWrapper).parameters)[-2:] == ["send", "alpn_protocol"]


@pytest.mark.parametrize("worker", WORKERS)
def test_a_connection_reads_on_only_when_what_it_read_is_handled(worker: ModuleType) -> None:
    read = worker.TCPServer._read_data
    assert mentions(read, "await self.protocol.handle(RawData(")
    assert mentions(
        worker.TCPServer.run, "await self._read_data()", "await self.idle_task.restart"
    )
    assert mentions(worker.TCPServer.protocol_send, "async with self.send_lock")
    assert mentions(worker.TCPServer.protocol_send, "await self.idle_task.restart")


@pytest.mark.parametrize("protocol", [hypercorn.protocol.h11, hypercorn.protocol.h2])
def test_a_websocket_is_made_from_a_name_in_the_protocols_module(protocol: ModuleType) -> None:
    assert mentions(protocol, "= WSStream(")


def test_a_protocol_keeps_its_websockets_where_the_heartbeat_looks_for_them() -> None:
    assert mentions(H11Protocol.__init__, "self.stream: HTTPStream | WSStream | None = None")
    assert mentions(H2Protocol.__init__, "self.streams: dict[int, HTTPStream | WSStream]")
    assert isinstance(H2Protocol.idle, property)
    assert mentions(WSStream.__init__, "self.closed = False")
    assert not hasattr(WSStream, "connection")  # It has one once it is accepted.


def test_a_websocket_agrees_to_the_extensions_of_its_handshake_when_it_is_accepted() -> None:
    assert mentions(WSStream._accept, "self.connection = self.handshake.accept(")
    assert mentions(Handshake.accept, "if self.extensions is not None")


def test_a_websocket_has_a_buffer_that_can_be_replaced() -> None:
    assert mentions(WSStream.__init__, "self.buffer = WebsocketBuffer(")
    assert mentions(WSStream._handle_events, "self.buffer.extend(event) except FrameTooLargeError")
    assert vars(WebsocketBuffer(10)) == {"value": None, "length": 0, "max_length": 10}


def test_a_ping_is_sent_as_an_event_of_wsproto() -> None:
    assert inspect.iscoroutinefunction(WSStream._send_wsproto_event)
    assert mentions(WSStream._send_wsproto_event, "except LocalProtocolError: pass")


def test_a_websocket_that_has_sent_a_close_frame_is_known_by_its_state() -> None:
    connection = Connection(ConnectionType.SERVER)
    connection.send(CloseConnection(1009))
    assert connection.state is ConnectionState.LOCAL_CLOSING


def test_the_preface_of_http_2_still_stops_the_clock_for_the_head() -> None:
    # Once it does not, WorkerProtocol needs to start it no more.
    assert mentions(H11Protocol._handle_events, "Updated(idle=False)) await self._check_protocol")


def test_the_parts_are_in_their_places(backend_name: str) -> None:
    backend = "trio" if backend_name == "trio" else "asyncio"
    replace_parts(backend)  # type: ignore[arg-type]  # a str to mypy
    assert vars(hypercorn.protocol.h11)["WSStream"] is Stream
    assert vars(hypercorn.protocol.h2)["WSStream"] is Stream
    worker = WORKERS[0] if backend == "asyncio" else WORKERS[1]
    assert vars(worker)["ProtocolWrapper"] is WorkerProtocol
