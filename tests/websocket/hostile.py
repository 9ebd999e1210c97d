"""Scopes and events as no server of repute would make them."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

Scope = dict[str, Any]
Event = dict[str, Any]

MISSING: Final = object()
"""Stands for a key that is left out."""

# Whatever may stand where something else belongs.
ODD: Final = [
    MISSING,
    None,
    True,
    0,
    -1,
    2.5,
    10**400,
    "",
    "\ud800",
    "\0",
    b"",
    b"\xff",
    [],
    ["x"],
    [None],
    {},
    {"a": 1},
    object(),
]
odd = st.sampled_from(ODD)


def mostly(usual: Any, *others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What is usual, three times out of four."""
    unusual = st.one_of(*others, odd)
    return st.integers(0, 3).flatmap(lambda dice: st.just(usual) if dice else unusual)


texts = st.text(max_size=6) | st.text(st.characters(categories=["Cs", "Cc"]), max_size=3)
octets = st.binary(max_size=6)
names = octets | st.sampled_from(
    [b"host", b"Host", b"origin", b"cookie", b"content-length", b"content-type", b"accept"]
)
values = octets | st.sampled_from([b"localhost", b"http://localhost", b"10", b"a=b; c", b"\xc3("])
pairs = st.lists(
    st.tuples(names, values)
    | st.tuples(names, values).map(list)
    | st.tuples(names)
    | st.tuples(names, values, values)
    | st.tuples(st.text(max_size=3), values)
    | odd,
    max_size=3,
)
fields = st.lists(st.tuples(names, values), max_size=4)
headers = fields | fields.map(tuple) | fields.map(iter) | pairs
paths = st.sampled_from(
    ["/", "", "*", "//", "/other", "/a/b", "a", "/%2e", "/\0", "/é", "/\ud800"]
)
addresses = st.sampled_from(
    [
        ("10.0.0.1", 80),
        ["::1", 80],
        ("unix:/x", None),
        [],
        ["x"],
        (1, 2, 3),
        "10.0.0.1",
        (None, 80),
    ]
) | st.just(("10.0.0.1", 80)).map(iter)
versions = st.sampled_from(
    ["2.0", "2.1", "2.4", "2.99", "1.0", "3.0", "2", "2.x", "2." + "9" * 5000, "9" * 5000 + ".0"]
)
protocols = st.lists(texts, max_size=3) | st.just(("chat",)) | st.just(["chat"]).map(iter)
asgi = st.fixed_dictionaries(
    {},
    optional={"version": mostly("3.0", texts), "spec_version": mostly("2.3", versions, texts)},
)

_COMMON: Final = {
    "asgi": mostly({"version": "3.0", "spec_version": "2.3"}, asgi),
    "http_version": mostly("1.1", st.sampled_from(["1.0", "2", "3", "9"])),
    "path": mostly("/", paths, texts),
    "raw_path": mostly(MISSING, octets),
    "root_path": mostly(MISSING, texts),
    "query_string": mostly(b"a=1", octets, st.sampled_from([b"%ff", b"a=%", b"\xff=&&=", "a=1"])),
    "headers": mostly([], headers, headers),
    "client": mostly(("10.0.0.1", 80), addresses),
    "server": mostly(("10.0.0.1", 80), addresses),
    "extensions": mostly(MISSING, st.sampled_from([{"websocket.http.response": {}}, {"x": None}])),
    "state": mostly(MISSING, st.just({})),
}


def _without_missing(mapping: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if value is not MISSING}


websocket_scopes = st.fixed_dictionaries(
    _COMMON
    | {
        "type": st.just("websocket"),
        "scheme": mostly("ws", texts),
        "subprotocols": mostly(["chat"], protocols),
    }
).map(_without_missing)

http_scopes = st.fixed_dictionaries(
    _COMMON
    | {
        "type": st.just("http"),
        "scheme": mostly("http", texts),
        "method": mostly(
            "GET", st.sampled_from(["POST", "HEAD", "OPTIONS", "get", "WEBSOCKET", "\xff", ""])
        ),
    }
).map(_without_missing)


def _event(kind: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Event]:
    return st.fixed_dictionaries({"type": st.just(kind)} | fields).map(_without_missing)


codes = st.sampled_from([1000, 1001, 1005, 1006, 4999, 5000, 0, 10**9])

websocket_events = st.one_of(
    _event("websocket.receive", text=st.text(max_size=8)),
    _event("websocket.receive", bytes=st.binary(max_size=8)),
    _event("websocket.receive", text=mostly(None, texts), bytes=mostly(None, octets)),
    _event("websocket.disconnect", code=mostly(1001, codes), reason=mostly("", texts)),
    _event("websocket.connect"),
    _event("websocket.send", text=st.just("x")),
    _event("http.request", body=octets),
    odd.map(lambda kind: _without_missing({"type": kind})),
)

http_events = st.one_of(
    _event("http.request", body=octets, more_body=st.booleans()),
    _event("http.request", body=mostly(b"x", octets), more_body=mostly(False)),
    _event("http.disconnect"),
    _event("websocket.receive", text=st.just("x")),
    odd.map(lambda kind: _without_missing({"type": kind})),
)

openings = st.integers(0, 9).flatmap(
    lambda dice: st.just({"type": "websocket.connect"}) if dice else websocket_events
)
