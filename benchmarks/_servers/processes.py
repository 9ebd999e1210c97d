"""The processes of a benchmark: servers, and the client."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from benchmarks._servers.serve import NO_COLLECTOR

if TYPE_CHECKING:
    from contextlib import ExitStack

_PATIENCE: Final = 15.0
"""Seconds that a server has to start."""


class ServerProcess:
    """A server that runs in a process of its own, from `start()` until the stack is left."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process = process
        self._port = port
        self._files = Path("/proc", str(process.pid))

    @classmethod
    def start(cls, server: str, service: str, stack: ExitStack, *, collector: bool = True) -> Self:
        """Start a process; `wait_ready()` waits for it. `collector` is the garbage collector."""
        port = _free_port()
        program = [sys.executable, "-m", "benchmarks._servers.serve"]
        command = [*program, server, service, str(port), "" if collector else NO_COLLECTOR]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        # It closes the input, which ends the process, and waits for that.
        stack.enter_context(process)
        return cls(process, port)

    def url(self, path: str) -> str:
        """The address of a responder."""
        return f"ws://127.0.0.1:{self._port}{path}"

    def wait_ready(self) -> None:
        """Wait until clients can connect."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port)).close()
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{self._process.args!r} does not start") from None
                time.sleep(0.02)
            else:
                return

    def processor_seconds(self) -> float:
        """Give the time that the processor has spent on it: on its one thread that does the work.

        Linux counts it in nanoseconds (the kernel's documentation, `sched-stats`).
        """
        return int((self._files / "schedstat").read_text().split()[0]) / 1e9

    def resident_kib(self) -> int:
        """Give the memory that it holds, in KiB."""
        for line in (self._files / "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise RuntimeError("the process has ended")


class Echoes(NamedTuple):
    """What came of a while of echoing."""

    messages: int
    seconds: float


class ClientProcess:
    """The client, in a process of its own until the stack is left."""

    def __init__(self, stack: ExitStack) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks._servers.client"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.enter_context(self._process)

    def open(self, url: str, count: int) -> None:
        """Open so many connections, which stay."""
        self._order(do="open", url=url, count=count)

    def echo(self, url: str, count: int, seconds: float) -> Echoes:
        """Echo over so many of the connections to a place, one message on each at a time."""
        answer = self._order(do="echo", url=url, count=count, seconds=seconds)
        return Echoes(int(answer["messages"]), answer["seconds"])

    def _order(self, **order: object) -> dict[str, float]:
        assert self._process.stdin is not None and self._process.stdout is not None  # piped
        print(json.dumps(order), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the client ended at {order}")
        answer: dict[str, float] = json.loads(line)
        return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
