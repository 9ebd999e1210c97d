"""The benchmarks' tests need the dependency group `bench`; without it there are none."""

from __future__ import annotations

from importlib.util import find_spec

PEERS = ("blacksheep", "falcon", "litestar", "picows", "quart_trio", "starlette")

collect_ignore_glob = ["test_*.py"] if None in map(find_spec, PEERS) else []
