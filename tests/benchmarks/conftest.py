"""The tests of what WebSockets cost need the dependency group `bench`; without it there are none."""

from __future__ import annotations

from importlib.util import find_spec

PEERS = ("blacksheep", "litestar", "picows", "quart_trio")

collect_ignore_glob = ["test_websocket_*.py"] if None in map(find_spec, PEERS) else []
