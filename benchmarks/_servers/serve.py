"""One server process: `python -m benchmarks._servers.serve SERVER SERVICE PORT COLLECTOR`.

It ends when its standard input does, and so with the program that has started it.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import anyws

if TYPE_CHECKING:
    from hypercorn.config import Config
    from hypercorn.typing import ASGIFramework

    from anyws._asgi.types import ASGIApp
    from benchmarks._websockets.conversations import MakeApp

NO_COLLECTOR: Final = "no-collector"

Run: TypeAlias = Callable[["ASGIApp", int], None]
"""Serves an application on a port of this machine until the process ends."""


def run_hypercorn_asyncio(app: ASGIApp, port: int) -> None:
    from hypercorn.asyncio import serve

    asyncio.run(serve(cast("ASGIFramework", app), _configure(port)))


def run_hypercorn_trio(app: ASGIApp, port: int) -> None:
    import trio
    from hypercorn.trio import serve

    trio.run(serve, cast("ASGIFramework", app), _configure(port))


def run_uvicorn(app: ASGIApp, port: int) -> None:
    import uvicorn

    uvicorn.run(cast("Callable[..., object]", app), port=port, log_level="warning")


def _configure(port: int) -> Config:
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    return config


RUNNERS: Final[dict[str, Run]] = {
    "hypercorn-asyncio": run_hypercorn_asyncio,
    "hypercorn-trio": run_hypercorn_trio,
    "anyws-trio": lambda app, port: anyws.run(app, port=port, backend="trio"),
    "uvicorn": run_uvicorn,
}


def end_with_input() -> None:
    """End the process at the end of its input: servers wait for clients, and nobody waits here."""
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    server, service, port, collector = sys.argv[1:]
    threading.Thread(target=end_with_input, daemon=True).start()
    if collector == NO_COLLECTOR:
        gc.disable()
    make_app: MakeApp = importlib.import_module(f"benchmarks._websockets.{service}").make_app
    RUNNERS[server](make_app([]), int(port))


if __name__ == "__main__":
    main()
