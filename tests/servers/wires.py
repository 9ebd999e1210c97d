"""Clients that send and receive at once, and leave in every way: HTTP/1.1 and HTTP/2 by hand."""

from __future__ import annotations

import socket
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from select import select
from typing import Final

import h2.connection
import h2.events
import h2.settings
import h11
from h2.errors import ErrorCodes

from tests.servers.processes import PATIENCE, Server

_RESET: Final = struct.pack("ii", 1, 0)
_READ_SIZE: Final = 2**16
_WINDOW: Final = 2**20


class Exchange:
    """One request and its response, as far as they have come."""

    def __init__(self, wire: Wire, number: int) -> None:
        self._wire = wire
        self.number = number
        self.status: int | None = None
        self.body = bytearray()
        self.ended = False

    def send(self, part: bytes) -> None:
        """Send a part of the request's body, and take what comes meanwhile."""
        self._wire.send_body(self, part)

    def finish(self) -> None:
        """Say that the request's body has ended."""
        self._wire.send_end(self)

    def wait_for(self, part: bytes) -> None:
        """Wait until that has come in the response's body."""
        self._wire.run_until(lambda: part in self.body)

    def wait_end(self) -> bytes:
        """Wait for the end of the response, and give its body."""
        self._wire.run_until(lambda: self.ended)
        return bytes(self.body)


class Wire(ABC):
    """A connection. It reads whenever it waits to write, so that nobody waits for ever."""

    def __init__(self, server: Server) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
        self._socket.setblocking(False)
        # A part that is small waits for nothing.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._outgoing = bytearray()
        self._authority = f"127.0.0.1:{server.port}"

    @abstractmethod
    def open(
        self, method: str, path: str, *, has_body: bool = False, length: int | None = None
    ) -> Exchange:
        """Send the head of a request, whose body may have a Content-Length."""

    @abstractmethod
    def send_body(self, exchange: Exchange, part: bytes) -> None:
        """Send a part of a request's body."""

    @abstractmethod
    def send_end(self, exchange: Exchange) -> None:
        """End a request's body."""

    @abstractmethod
    def _take(self, data: bytes) -> None:
        """Make of what has come what it means for the exchanges."""

    def run_until(self, condition: Callable[[], bool]) -> None:
        """Write and read until something holds."""
        while not condition():
            self._step()

    def close(self) -> None:
        """Leave in the way of TCP."""
        self._socket.close()

    def reset(self) -> None:
        """Vanish: what is under way is lost, and the server gets a reset."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._socket.close()

    def _write(self, data: bytes) -> None:
        self._outgoing += data
        self.run_until(lambda: not self._outgoing)

    def _step(self) -> None:
        """Write what can be written, or read what has come, whichever is possible first."""
        writers = [self._socket] if self._outgoing else []
        readable, writable, _ = select([self._socket], writers, [], PATIENCE)
        assert readable or writable, "the server neither reads nor writes"
        if readable:
            self._take(self._socket.recv(_READ_SIZE))
        if writable:
            del self._outgoing[: self._socket.send(self._outgoing)]


class Http1(Wire):
    """HTTP/1.1: bodies of requests are chunked; one exchange."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._protocol = h11.Connection(h11.CLIENT)
        self._exchange = Exchange(self, 0)

    def open(
        self, method: str, path: str, *, has_body: bool = False, length: int | None = None
    ) -> Exchange:
        headers = [("Host", self._authority)]
        if length is not None:
            headers.append(("Content-Length", str(length)))
        elif has_body:
            headers.append(("Transfer-Encoding", "chunked"))
        self._send(h11.Request(method=method, target=path, headers=headers))
        if not has_body:
            self._send(h11.EndOfMessage())
        return self._exchange

    def send_body(self, exchange: Exchange, part: bytes) -> None:
        self._send(h11.Data(data=part))

    def send_end(self, exchange: Exchange) -> None:
        self._send(h11.EndOfMessage())

    def _send(self, event: h11.Event) -> None:
        data = self._protocol.send(event)
        assert data is not None
        self._write(data)

    def _take(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        while True:
            match self._protocol.next_event():
                case h11.Response(status_code=status):
                    self._exchange.status = status
                case h11.Data(data=part):
                    self._exchange.body += part
                case h11.EndOfMessage():
                    self._exchange.ended = True
                case h11.ConnectionClosed():
                    raise ConnectionError("the server closed the connection")
                case h11.NEED_DATA | h11.PAUSED:
                    return


class Http2(Wire):
    """HTTP/2 without TLS, by prior knowledge: any number of exchanges."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._protocol = h2.connection.H2Connection()
        self._protocol.initiate_connection()
        self._protocol.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: _WINDOW})
        self._protocol.increment_flow_control_window(_WINDOW)
        self._exchanges: dict[int, Exchange] = {}
        self._flush()

    def open(
        self, method: str, path: str, *, has_body: bool = False, length: int | None = None
    ) -> Exchange:
        number = self._protocol.get_next_available_stream_id()
        self._exchanges[number] = exchange = Exchange(self, number)
        headers = [
            (":method", method),
            (":path", path),
            (":scheme", "http"),
            (":authority", self._authority),
        ]
        if length is not None:
            headers.append(("content-length", str(length)))
        self._protocol.send_headers(number, headers, end_stream=not has_body)
        self._flush()
        return exchange

    def send_body(self, exchange: Exchange, part: bytes) -> None:
        while part:
            self.run_until(lambda: self._room(exchange) > 0)
            size = self._room(exchange)
            self._protocol.send_data(exchange.number, part[:size])
            self._flush()
            part = part[size:]

    def send_end(self, exchange: Exchange) -> None:
        self._protocol.end_stream(exchange.number)
        self._flush()

    def cancel(self, exchange: Exchange) -> None:
        """Give an exchange up, and keep the connection."""
        self._protocol.reset_stream(exchange.number, ErrorCodes.CANCEL)
        self._flush()

    def _room(self, exchange: Exchange) -> int:
        window = self._protocol.local_flow_control_window(exchange.number)
        return min(window, self._protocol.max_outbound_frame_size)

    def _flush(self) -> None:
        self._write(self._protocol.data_to_send())

    def _take(self, data: bytes) -> None:
        if not data:
            raise ConnectionError("the server closed the connection")
        for event in self._protocol.receive_data(data):
            match event:
                case h2.events.ResponseReceived(stream_id=number, headers=headers):
                    self._exchanges[number].status = int(dict(headers)[b":status"])
                case h2.events.DataReceived(stream_id=number, data=part):
                    self._exchanges[number].body += part
                    length = event.flow_controlled_length
                    self._protocol.acknowledge_received_data(length, number)
                case h2.events.StreamEnded(stream_id=number):
                    self._exchanges[number].ended = True
                case h2.events.StreamReset() | h2.events.ConnectionTerminated():
                    raise ConnectionError(f"the server gave up: {event}")
        self._outgoing += self._protocol.data_to_send()


WIRES: Final[dict[str, type[Wire]]] = {"HTTP/1.1": Http1, "HTTP/2": Http2}


@contextmanager
def wire_to(server: Server, protocol: str) -> Iterator[Wire]:
    """Connect by hand."""
    wire = WIRES[protocol](server)
    try:
        yield wire
    finally:
        wire.close()
