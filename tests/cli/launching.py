"""`anyws serve` in a process of its own, on a small application written for the test."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

OPTIONS: Final = {
    "trio": ("--backend", "trio"),
    "asyncio": ("--backend", "asyncio"),
    "uvloop": ("--backend", "asyncio", "--uvloop"),
}

SHOP: Final = '''
"""Answers requests, echoes messages, and keeps quiet where the path says so."""

import sys

from anyio import CancelScope, sleep_forever


async def app(scope, receive, send):
    match scope["type"], scope.get("path"):
        case "lifespan", _:
            await lifespan(receive, send)
        case "http", "/never":
            say("asked")
            await sleep_forever()
        case "http", "/upload":
            while (await receive()).get("more_body"):
                pass
        case "http", _:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"hello"})
        case "websocket", path:
            await receive()
            await send({"type": "websocket.accept"})
            await {"/flood": flood, "/polite": polite}.get(path, echo)(receive, send)


async def lifespan(receive, send):
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    say("shut down")
    await send({"type": "lifespan.shutdown.complete"})


async def echo(receive, send):
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event["text"]})


async def flood(receive, send):
    say("flooding")
    await send({"type": "websocket.send", "bytes": bytes(2**26)})


async def polite(receive, send):
    try:
        await sleep_forever()
    finally:
        with CancelScope(shield=True):
            await send({"type": "websocket.close", "code": 1012, "reason": "back soon"})


def say(text):
    print(text, file=sys.stderr, flush=True)


def make_app():
    return app
'''


@dataclass
class Launch:
    """A server that runs, and what its first line said."""

    process: subprocess.Popen[str]
    output: IO[str]
    banner: str
    port: int

    @property
    def http(self) -> str:
        """The address of its HTTP side."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        """The address of its WebSocket side."""
        return f"ws://127.0.0.1:{self.port}"

    def wait_for(self, line: str) -> None:
        """Read what the server prints until that line."""
        for seen in self.output:
            if seen.rstrip() == line:
                return
        raise AssertionError(f"the server ended without printing {line!r}")

    def stop(self, *signals: int) -> tuple[int, str]:
        """Send it signals, and give its exit code and what it had left to print.

        Raises `subprocess.TimeoutExpired` if it has not ended five seconds later.
        """
        for signal in signals:
            self.process.send_signal(signal)
        _, rest = self.process.communicate(timeout=5)
        return self.process.returncode, rest


@contextmanager
def launched(folder: Path, target: str, *options: str) -> Generator[Launch]:
    """Start `anyws serve` in a folder, on a port that the system picks."""
    process = subprocess.Popen(
        [sys.executable, "-m", "anyws", "serve", target, "--port", "0", *options],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    output = process.stderr
    assert output is not None
    with process:
        try:
            banner = output.readline()
            address = re.search(r"https?://127\.0\.0\.1:(\d+) ", banner)
            assert address is not None, banner + output.read()
            yield Launch(process, output, banner.rstrip(), int(address[1]))
        finally:
            process.kill()


def complaint_of(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run `anyws` where it is expected to end by itself: its exit code, and what it complains."""
    done = subprocess.run(
        [sys.executable, "-m", "anyws", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr
