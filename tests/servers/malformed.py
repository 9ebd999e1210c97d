"""Requests that no client should send: each is the segments that it comes in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain
from typing import Final, TypeAlias

from hpack import Encoder

Segments: TypeAlias = tuple[bytes, ...]

FIELDS: Final = {
    b"Host": b"127.0.0.1",
    b"Connection": b"Upgrade",
    b"Upgrade": b"websocket",
    b"Sec-WebSocket-Version": b"13",
    b"Sec-WebSocket-Key": b"dGhlIHNhbXBsZSBub25jZQ==",
    b"Sec-WebSocket-Extensions": b"permessage-deflate; client_max_window_bits",
    b"Sec-WebSocket-Protocol": b"chat",
    b"Origin": b"http://127.0.0.1",
    b"Content-Length": b"0",
    b"Cookie": b"a=b",
}
_BAD_VALUES: Final = (
    b"",
    b"\xff",
    b"\x00",
    b"\x80\x81",
    b"\x7f",
    b",,,",
    b";=;=,",
    b"a\rb",
    b"\xe2\x98\x83",
    b"a" * 9000,
    b"websocket\xff, Upgrade\xff",
    b"-1",
    b"\xc0\xaf" * 20,
)
_BAD_PARAMETERS: Final = (
    *(
        b"permessage-deflate; %s_max_window_bits%s" % (side, value)
        for side in (b"server", b"client")
        for value in (
            b"=abc",
            b"=-1",
            b"=0",
            b"=7",
            b"=16",
            b"=1e9",
            b"=" + b"9" * 5000,
            b"==8",
            b"=",
        )
    ),
    b"permessage-deflate; " * 200,
    b"permessage-deflate" + b", permessage-deflate" * 200,
    b"permessage-deflate; server_no_context_takeover=\xff",
    b'permessage-deflate; server_max_window_bits="',
)
_FRAMES: Final = (
    b"\x81\x03abc",  # not masked
    b"\x81\x85\x00\x00\x00\x00hello",
    b"\xf1\x85\x00\x00\x00\x00hello",  # reserved bits
    b"\xc1\x85\x00\x00\x00\x00\xff\xff\xff\xff\xff",  # no deflated data
    b"\xc1\xfe\xff\xff\x00\x00\x00\x00" + bytes(2**16 - 1),
    b"\x83\x80\x00\x00\x00\x00",  # an opcode that is reserved
    b"\x8f\x80\x00\x00\x00\x00",
    b"\x80\x80\x00\x00\x00\x00",  # a continuation of nothing
    b"\x01\x81\x00\x00\x00\x00a\x01\x81\x00\x00\x00\x00a",  # one message in another
    b"\x09\x80\x00\x00\x00\x00",  # a ping in pieces
    b"\x89\xfe\x00\x7e\x00\x00\x00\x00" + bytes(126),  # a ping that is too long
    b"\x81\x82\x00\x00\x00\x00\xff\xfe",  # no UTF-8
    b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00",
    b"\x81\xff\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00",
    b"\x88\x81\x00\x00\x00\x00\x03",  # half a close code
    b"\x88\x82\x00\x00\x00\x00\x00\x00",
    b"\x88\x82\x00\x00\x00\x00\xff\xff",
    b"\x88\x84\x00\x00\x00\x00\x03\xe8\xff\xff",  # a reason that is no UTF-8
    b"\x88\x80\x00\x00\x00\x00\x81\x81\x00\x00\x00\x00a",  # a message after the close
    b"\x81",
)
_REQUEST_LINES: Final = (
    b"GET",
    b"GET /",
    b"GET / HTTP/9.9",
    b"GET / HTTP/1.1 HTTP/1.1",
    b"GET  /  HTTP/1.1",
    b"\xff / HTTP/1.1",
    b"G\x00T / HTTP/1.1",
    b"get /echo HTTP/1.1",
    b"GET \xff HTTP/1.1",
    b"GET /\xe2\x98\x83 HTTP/1.1",
    b"GET /%ff%00%zz HTTP/1.1",
    b"GET echo HTTP/1.1",
    b"GET * HTTP/1.1",
    b"GET ?a HTTP/1.1",
    b"GET // HTTP/1.1",
    b"GET http://[::1 HTTP/1.1",
    b"GET http://other.example/echo HTTP/1.1",
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1",
    b"GET /echo HTTP/1.0",
    b"GET /echo HTTP/0.9",
    b"PRI * HTTP/2.0",
    b"CONNECT /echo HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
    b"POST /echo HTTP/1.1",
    b" ",
)
_BODIES: Final = (
    (b"Content-Length: -1", b""),
    (b"Content-Length: 1, 2", b"ab"),
    (b"Content-Length: " + b"9" * 400, b"a"),
    (b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\n"),
    (b"Transfer-Encoding: gzip", b"a"),
    (b"Transfer-Encoding: chunked", b"zz\r\n"),
    (b"Transfer-Encoding: chunked", b"-1\r\n\r\n"),
    (b"Transfer-Encoding: chunked", b"f" * 40 + b"\r\n"),
    (b"Transfer-Encoding: chunked", b"1;" + b"a" * 70_000),
    (b"Transfer-Encoding: chunked", b"1\r\nab\r\n"),
    (b"Expect: 100-continue\r\nContent-Length: 3", b"a"),
    (b"Expect: 200-maybe", b""),
    (b"Content-Length: 100", b"not so much"),
    (b"A" * 70_000 + b": b", b""),
    (b"A: " + b"b" * 70_000, b""),
    (b"\r\n".join(b"A%d: b" % number for number in range(5000)), b""),
    (b"A : b", b""),
    (b": b", b""),
    (b"A: b\r\n c: d", b""),
    (b"A\xff: b", b""),
    (b"no colon", b""),
    (b"Connection: close, \xff, upgrade\r\nUpgrade: \xffwebsocket", b""),
    (b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: !!!", b""),
    (b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAAA", b""),
    (b"Connection: Upgrade\r\nUpgrade: h2c", b""),
)
PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SETTINGS: Final = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
_HTTP: Final = {b":method": b"GET", b":path": b"/", b":scheme": b"http", b":authority": b"a"}
_WEBSOCKET: Final = {
    **_HTTP,
    b":method": b"CONNECT",
    b":protocol": b"websocket",
    b":path": b"/echo",
    b"sec-websocket-version": b"13",
}


def handshake(fields: dict[bytes, bytes], line: bytes = b"GET /echo HTTP/1.1") -> bytes:
    """Put a handshake together from what is given."""
    lines = [line, *(b"%s: %s" % field for field in fields.items()), b"", b""]
    return b"\r\n".join(lines)


def corpus() -> list[Segments]:
    """Give all of them, always the same."""
    return [*chain(_heads(), _frames(), _lines(), _http2(), _halves(), _noise(random.Random(7)))]


def _heads() -> Iterator[Segments]:
    for name in FIELDS:
        for value in _BAD_VALUES:
            yield (handshake(FIELDS | {name: value}),)
        yield (handshake({kept: FIELDS[kept] for kept in FIELDS if kept != name}),)
        yield (handshake(FIELDS).replace(name, name + b"\xff"),)
        yield (handshake(FIELDS).replace(b"\r\n" + name, b"\r\n" + name + b": a\r\n" + name),)
    for parameters in _BAD_PARAMETERS:
        yield (handshake(FIELDS | {b"Sec-WebSocket-Extensions": parameters}),)


def _frames() -> Iterator[Segments]:
    for frame in _FRAMES:
        yield (handshake(FIELDS) + frame,)  # too early
        yield handshake(FIELDS), frame
        yield handshake(FIELDS), frame[:1], frame[1:]


def _lines() -> Iterator[Segments]:
    for line in _REQUEST_LINES:
        yield (line + b"\r\nHost: a\r\n\r\n",)
        yield (handshake(FIELDS, line),)
    for head, body in _BODIES:
        yield (b"POST /echo HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n\r\n" + body,)


def _http2() -> Iterator[Segments]:
    for fields in (_HTTP, _WEBSOCKET):
        for name in fields:
            yield _stream({kept: fields[kept] for kept in fields if kept != name})
            for value in (b"", b"\xff", b"\x00", b"a b", b"%ff"):
                yield _stream(fields | {name: value})
        for name in (b":unknown", b":status", b"Upper", b"connection", b"\xff", b"te"):
            yield _stream(fields | {name: b"a"})
        yield _stream({b"late": b"a"} | fields)
    for kind in range(12):
        for payload in (b"", b"\x00" * 3, b"\xff" * 8, b"\x00" * 9, b"\xff" * 40):
            for stream in (0, 1):
                yield PREFACE + _SETTINGS, frame_of(kind, payload, stream=stream)
    yield _stream(_WEBSOCKET, frame_of(0, b"\x81\x03abc", stream=1))
    yield _stream(_WEBSOCKET, frame_of(0, b"\xff" * 40, stream=1))
    yield _stream(_HTTP, frame_of(0, b"body", stream=1))
    yield (PREFACE + b"\x00\xff\xff\x04\x00\x00\x00\x00\x00",)
    yield (PREFACE[:10],)
    yield (PREFACE + b"\xff" * 1000,)


def _stream(fields: dict[bytes, bytes], after: bytes = b"") -> Segments:
    head = Encoder().encode(list(fields.items()))
    return (PREFACE + _SETTINGS + frame_of(1, head, flags=4, stream=1), after)


def frame_of(kind: int, payload: bytes, *, flags: int = 0, stream: int) -> bytes:
    """Put a frame of HTTP/2 together (RFC 9113, section 4.1)."""
    head = len(payload).to_bytes(3) + bytes((kind, flags)) + stream.to_bytes(4)
    return head + payload


def _halves() -> Iterator[Segments]:
    whole = handshake(FIELDS)
    for length in range(0, len(whole), 25):
        yield (whole[:length],)


def _noise(fate: random.Random) -> Iterator[Segments]:
    for length in range(1, 40):
        yield (fate.randbytes(length * length),)
    for _ in range(80):
        mutated = bytearray(handshake(FIELDS))
        for _ in range(fate.randrange(1, 6)):
            mutated[fate.randrange(len(mutated))] = fate.randrange(256)
        yield bytes(mutated), fate.randbytes(20)
