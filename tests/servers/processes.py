"""Real servers, each in a process of its own, on a port that the system picks."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

ROOT: Final = Path(__file__).parents[2]
TARGET: Final = "tests.servers.application:app"
PATIENCE: Final = 10.0
"""Seconds that a server has for anything that it is waited for."""

_BANNER: Final = re.compile(r"https?://127\.0\.0\.1:(\d+)")
_COMPLAINTS: Final = ("Traceback", "never awaited", "Exception ignored")


@dataclass(frozen=True)
class Kind:
    """A server, how it is started, and what can be relied on when it runs."""

    name: str
    command: tuple[str, ...]
    tells_close: bool
    """Whether the application learns of the close code and the reason that the client gave."""
    sends_wait: bool
    """Whether each send of the application goes through the scheduler."""
    vouches: bool = False
    """Whether it tells the application that a send which is cancelled is whole all the same."""
    exit_code: int = 0
    """What the process ends with after a SIGTERM."""
    goodbyes: tuple[int, ...] = (1001, 1012)
    """The close codes that clients may get when a SIGTERM ends the server."""
    has_child: bool = False
    """Whether the process that is started has another one do the work."""
    protocols: tuple[str, ...] = ("HTTP/1.1", "HTTP/2")
    """The versions of HTTP that it speaks without TLS."""

    def __str__(self) -> str:
        return self.name

    @property
    def cuts_writes(self) -> bool:
        """Whether a write that waits for the client can be cancelled: Trio's worker shields it."""
        return not self.sends_wait

    def serving(self, target: str) -> Kind:
        """The same server with another application."""
        command = tuple(target if part == TARGET else part for part in self.command)
        return replace(self, command=command)


def _anyws(name: str, *options: str) -> Kind:
    command = ("anyws", "serve", TARGET, "--port", "0", *options)
    on_trio = name == "trio"
    return Kind(name, command, tells_close=False, sends_wait=on_trio, vouches=on_trio)


def _hypercorn(name: str, worker: str) -> Kind:
    command = ("hypercorn", TARGET, "--bind", "127.0.0.1:0")
    return Kind(
        name,
        (*command, "--worker-class", worker, "--graceful-timeout", "1"),
        tells_close=False,
        sends_wait=worker == "trio",
        goodbyes=(1001,),
        has_child=True,
    )


KINDS: Final = (
    _anyws("trio", "--backend", "trio"),
    _anyws("asyncio", "--backend", "asyncio"),
    _anyws("uvloop", "--backend", "asyncio", "--uvloop"),
    Kind(
        "uvicorn",
        ("uvicorn", TARGET, "--port", "0", "--ws", "wsproto"),
        tells_close=True,
        sends_wait=False,
        exit_code=-15,
        goodbyes=(1012,),
        protocols=("HTTP/1.1",),
    ),
)
HYPERCORN_ON_TRIO: Final = _hypercorn("hypercorn-trio", "trio")
HYPERCORN_ON_ASYNCIO: Final = _hypercorn("hypercorn-asyncio", "asyncio")
HYPERCORN_ON_UVLOOP: Final = _hypercorn("hypercorn-uvloop", "uvloop")
PLAIN_HYPERCORN: Final = (HYPERCORN_ON_TRIO, HYPERCORN_ON_ASYNCIO)


class Log:
    """What a process prints, line by line as it comes, so that its pipe is never full."""

    def __init__(self, pipe: IO[str]) -> None:
        self._lines: list[str] = []
        self._ended = False
        self._news = threading.Condition()
        self._excused = 0
        self._thread = threading.Thread(target=self._read, args=(pipe,))
        self._thread.start()

    def find(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Wait for a line with that pattern in it, and give the match."""
        return self._wait_for(pattern, 0)[1]

    def excuse(self, text: str) -> str:
        """Wait for a line with that text in it, and give it; what was printed up to it is as it
        should be."""
        number, found = self._wait_for(re.compile(re.escape(text)), self._excused)
        self._excused = number + 1
        return found.string

    def take_complaint(self) -> str | None:
        """Give what was printed since the last time, if it tells of an error without excuse."""
        rest = self.since(self._excused)
        self._excused = len(self)
        return rest if any(word in rest for word in _COMPLAINTS) else None

    def since(self, line: int) -> str:
        """Give what was printed from that line on."""
        return "".join(self._lines[line:])

    def __len__(self) -> int:
        return len(self._lines)

    def wait_end(self) -> None:
        """Wait until the process has ended, and all that it printed has been read."""
        self._thread.join(PATIENCE)

    def _read(self, pipe: IO[str]) -> None:
        for line in pipe:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _wait_for(self, pattern: re.Pattern[str], start: int) -> tuple[int, re.Match[str]]:
        deadline = time.monotonic() + PATIENCE
        with self._news:
            while True:
                for number, line in enumerate(self._lines[start:], start):
                    found = pattern.search(line)
                    if found is not None:
                        return number, found
                left = deadline - time.monotonic()
                if self._ended or not self._news.wait(left):
                    raise AssertionError(f"not printed: {pattern.pattern}\n{self.since(0)}")


class Server:
    """A server that runs."""

    def __init__(self, kind: Kind, process: subprocess.Popen[str], log: Log) -> None:
        self.kind = kind
        self.process = process
        self.log = log
        self.port = int(log.find(_BANNER)[1])

    @property
    def http(self) -> str:
        """The address of its HTTP side."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        """The address of its WebSocket side."""
        return f"ws://127.0.0.1:{self.port}"

    def wait(self) -> int:
        """Wait for its end, and give the exit code."""
        code = self.process.wait(PATIENCE)
        self.log.wait_end()
        return code


@contextmanager
def running(kind: Kind) -> Generator[Server]:
    """Start a server of that kind. Afterwards it has ended, by force if nothing else helps."""
    process = subprocess.Popen(
        [sys.executable, "-m", *kind.command],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=kind.has_child,
        env=_environment(),
    )
    assert process.stderr is not None
    with process:
        log = Log(process.stderr)
        try:
            yield Server(kind, process, log)
        finally:
            _end(process, kind)
            log.wait_end()


def _environment() -> dict[str, str]:
    # Measuring coverage takes half of a server's time, and tests in this process cover the same.
    return {name: value for name, value in os.environ.items() if "COVERAGE" not in name}


def _end(process: subprocess.Popen[str], kind: Kind) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        if kind.has_child:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
