"""`anyws serve --workers 2` and its like: an application that tells who serves it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.cli.launching import Launch, launched

CREW: Final = '''
"""Says which process and which code one talks to, and echoes."""

import os
import sys

from anyio import sleep

from anyws import App

CODE = "{code}"


class Who:
    async def on_get(self, req, resp):
        resp.text = f"{{os.getpid()}} {{CODE}}"

    async def on_websocket(self, req, ws):
        await ws.accept()
        await ws.send_text(f"{{os.getpid()}} {{CODE}}")
        async for text in ws:
            await ws.send_text(text)


class Slow:
    async def on_get(self, req, resp):
        print("asked", file=sys.stderr, flush=True)
        await sleep(0.5)
        resp.text = "at last"


app = App()
app.add_route("/", Who())
app.add_route("/slow", Slow())
'''

SUMMARY: Final = ("anyws: 2 HTTP routes, 1 WebSocket route", "anyws: max_message_size ")


def write_crew(folder: Path, code: str = "old") -> None:
    """Write the module `crew`, or write it anew."""
    # What Python keeps compiled is told apart by time and length: let the length differ.
    (folder / "crew.new").write_text(CREW.format(code=code))
    (folder / "crew.new").rename(folder / "crew.py")


@contextmanager
def crew(folder: Path, *options: str) -> Iterator[Launch]:
    """Serve the module `crew`, and see to it that no worker outlives its supervisor."""
    write_crew(folder)
    with launched(folder, "crew:app", *options) as server:
        yield server


def end(server: Launch, *signals: int) -> tuple[int, str]:
    """Send it signals, and give its exit code and what it had left to print.

    What it says of the application each time that it is ready is left out.
    """
    code, printed = server.stop(*signals)
    lines = printed.splitlines(keepends=True)
    return code, "".join(line for line in lines if not line.startswith(SUMMARY))


def asked(server: Launch) -> tuple[int, str]:
    """Who answers a request: the process, and its code."""
    pid, code = httpx.get(server.http, timeout=10).text.split()
    return int(pid), code


def join(server: Launch, stack: ExitStack) -> tuple[int, ClientConnection]:
    """Open a socket that stays: the process at its other end, and the socket."""
    connection = stack.enter_context(connect(server.ws, open_timeout=10))
    pid, _ = str(connection.recv(timeout=10)).split()
    return int(pid), connection


def join_both(server: Launch, stack: ExitStack) -> dict[int, ClientConnection]:
    """Open sockets until there is one with each of two processes."""
    found: dict[int, ClientConnection] = {}
    while len(found) < 2:
        found.update([join(server, stack)])
    return found


def answers(connection: ClientConnection) -> bool:
    """Tell whether a socket still echoes."""
    connection.send("still there?")
    return connection.recv(timeout=10) == "still there?"


def close_code(connection: ClientConnection) -> int:
    """Wait for the server's close."""
    with pytest.raises(ConnectionClosed) as closed:
        connection.recv(timeout=30)
    assert closed.value.rcvd is not None, "it ended without a close frame"
    return closed.value.rcvd.code


def wait_until(condition: Callable[[], object], seconds: float = 15) -> float:
    """Ask again and again, and give the seconds that it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + seconds, "it has not come to it"
        time.sleep(0.01)
    return time.monotonic() - began


def wait_for_end(server: Launch, end: str) -> None:
    """Read what the server prints until a line that ends so."""
    for line in server.output:
        if line.rstrip().endswith(end):
            return
    raise AssertionError(f"the server ended without printing {end!r}")
