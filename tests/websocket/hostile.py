"""Scopes and events as no server of repute would make them."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from anyws._asgi.types import Event, Scope

MISSING: Final = object()
"""Stands for a key that is left out."""


class OneShot(tuple[Any, ...]):
    """Stands for an iterator that gives these once."""


ODD: Final[list[Any]] = [
    *[MISSING, None, True, 0, -1, 2.5, 10**400, "", "x", "\ud800", "\0", b"", b"\xff"],
    *[[], ["x"], [None], {}, {"a": 1}, object()],
]
"""What may stand wherever something else belongs."""

_ADDRESSES: Final = [
    *[["::1", 80], ("unix:/x", None), ("x",), (1, 2, 3), (None, 80), "10.0.0.1"],
    OneShot(("10.0.0.1", 80)),
]
_HEADERS: Final = [
    [(b"\xff\xfe", b"\x00\xff")],
    [(b"Host", b"a"), (b"host", b"b"), [b"HOST", b"[::"]],
    [(b"host", b"\xff"), (b"origin", b"\xff")],
    [(b"host", b"localhost"), (b"origin", b"http://localhost")],
    [(b"host", b"localhost"), (b"origin", b"null")],
    [(b"origin", b"http://[")],
    [(b"cookie", b'a="; =; \xff=\xff; ;'), (b"cookie", b"")],
    [(b"content-length", b"-1"), (b"content-type", b"a/b; c")],
    [(b"content-length", b"9" * 5000)],
    [(b"accept", b"*/*;q=x, \xff"), (b"range", b"bytes=9-1"), (b"date", b"now")],
    [(b"", b"")],
    OneShot(((b"host", b"x"),)),
    ((b"host", b"x"),),
    [(b"host",)],
    [(b"host", b"x", b"y")],
    [("host", "x")],
    {b"host": b"x"},
]
_UNUSUAL: Final[dict[str, list[Any]]] = {
    "asgi": [{"version": odd} for odd in ODD] + [{"spec_version": odd} for odd in ODD],
    "spec_version": ["2.0", "2.1", "2.4", "2.99", "1.0", "3.0", "2", "2.x", "9" * 5000 + ".0"],
    "http_version": ["1.0", "2", "3", "9", "2.0"],
    "path": ["*", "//", "/other", "/a/b", "a", "/%2e", "/\0", "/é", "/" * 9000, "/\ud800"],
    "raw_path": [b"/\xff"],
    "root_path": ["/a", "\ud800"],
    "query_string": [b"%ff", b"a=%", b"\xff=&&=", b"a=1&a=%C3%28", "a=1"],
    "headers": _HEADERS,
    "client": _ADDRESSES,
    "server": _ADDRESSES,
    "extensions": [{"websocket.http.response": {}}, {"x": None}],
    "state": [],
    "scheme": ["wss", "https", "é"],
    "subprotocols": [("chat",), ["\xff", "", "\ud800"], [b"chat"], OneShot(("chat", "x"))],
    "method": ["POST", "POST", "POST", "HEAD", "OPTIONS", "get", "WEBSOCKET", "\xff"],
}
_CHANGES: Final = [(key, value) for key, values in _UNUSUAL.items() for value in [*values, *ODD]]


def _scope(kind: str, changes: list[tuple[str, Any]], noise: bytes) -> Scope:
    scope: Scope = {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "path": "/",
        "query_string": noise,
        "headers": [(b"x-noise", noise), (noise, b"noise")],
        "subprotocols": ["chat"],
        "method": "GET",
    }
    for key, value in changes:
        if value is MISSING:
            scope.pop(key, None)
        elif key == "spec_version":
            scope["asgi"] = {key: value}
        else:
            scope[key] = iter(value) if isinstance(value, OneShot) else value
    return scope


def scopes(kind: str) -> st.SearchStrategy[Scope]:
    """Scopes of requests of this type, with up to three things that are not as usual."""
    changes = st.lists(st.sampled_from(_CHANGES), max_size=3)
    return st.builds(_scope, st.just(kind), changes, st.binary(max_size=4))


def _variants(kind: object, **fields: list[Any]) -> list[Event]:
    """Events of a type with each of these fields, usual and odd; the first values are usual."""
    usual = {name: values[0] for name, values in fields.items()}
    events: list[Event] = [{"type": kind} | usual]
    for name, values in fields.items():
        for value in [*values[1:], *ODD]:
            event = {"type": kind} | usual | {name: value}
            events.append({key: each for key, each in event.items() if each is not MISSING})
    return events


_TYPELESS: Final[list[Event]] = [*({"type": odd} for odd in ODD if odd is not MISSING), {}]
_WEBSOCKET_EVENTS: Final = [
    *[{"type": "websocket.receive", "text": text} for text in ("x", "{", "1", "")] * 6,
    *[{"type": "websocket.receive", "bytes": data} for data in (b"x", b"\xc1", b"\1", b"")] * 6,
    *_variants("websocket.receive", text=["x"], bytes=[b"x"]),
    *_variants("websocket.disconnect", code=[1001, 1006, 0, 5000, 10**9], reason=["bye"]),
    *[{"type": kind} for kind in ("websocket.connect", "websocket.send", "http.request")],
    *_TYPELESS,
]
_HTTP_EVENTS: Final = [
    *[{"type": "http.request", "body": body, "more_body": True} for body in (b"x", b"")] * 9,
    *_variants("http.request", body=[b"x", bytearray(b"x")], more_body=[False, True]),
    *[{"type": kind} for kind in ("http.disconnect", "websocket.receive", "lifespan.startup")],
    *_TYPELESS,
]

websocket_events = st.sampled_from(_WEBSOCKET_EVENTS)
http_events = st.sampled_from(_HTTP_EVENTS)
# Most connections are to begin.
openings = st.sampled_from([{"type": "websocket.connect"}] * 500 + _WEBSOCKET_EVENTS)
