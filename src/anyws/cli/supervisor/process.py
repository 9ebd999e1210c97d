"""A worker as the supervisor sees it: a process, from its start to its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anyio import Event, create_task_group, open_process, sleep, wait_readable
from anyio.abc import Process

from anyws.cli.supervisor.link import HURRY, READY, RETIRE, STOP

_LONGEST_INTRODUCTION: Final = 2**16


@dataclass(frozen=True)
class Launch:
    """What every worker is started with."""

    listener: socket.socket
    """The socket that all of them accept connections from."""

    typed: Sequence[str]
    """The command line of the supervisor."""

    patience: float
    """Seconds that a worker has to end once it is told to, before it is killed."""


class WorkerProcess:
    """A process that serves. `run()` is its life, `stop()` and `retire()` ask for its end."""

    def __init__(self, launch: Launch, *, on_ready: Callable[[], object]) -> None:
        self.is_ready: bool = False
        self.introduction: str = ""
        """What it said of itself when it was ready."""
        self.name: str = "a worker"
        self.fate: str = "has not ended"
        """How it ended, as a sentence's end."""
        self.failed: bool = False
        """Whether it ended in another way than it ought to."""
        self._launch = launch
        self._on_ready = on_ready
        self._leaving = Event()
        self._stopped = False
        self._hurried = False
        self._process: Process | None = None
        self._link: socket.socket | None = None

    async def run(self) -> None:
        """Start the process and wait for its end. Cancelling it kills the process."""
        self._link, theirs = socket.socketpair()
        self._link.setblocking(False)
        with self._link, theirs:
            try:
                process = await self._open(theirs)
            except OSError as error:
                self.failed = True
                self.fate = f"could not be started: {error}"
                return
            theirs.close()  # So that the end of the process ends the link.
            await self._accompany(process, self._link)

    def stop(self) -> None:
        """Have it drain and end. Once is enough."""
        if self._stopped:
            return
        self._stopped = True
        if not self.is_ready:
            self._end(kindly=True)  # What is still being imported does not listen to anybody.
        self._tell(STOP)

    def hurry(self) -> None:
        """Have it end at once; the second time, it is killed."""
        self.stop()
        if self._hurried:
            self._end(kindly=False)
        self._hurried = True
        self._tell(HURRY)

    def retire(self) -> None:
        """Have it leave new clients to its successor, drain and end."""
        self._tell(RETIRE)

    def _tell(self, word: bytes) -> None:
        self._leaving.set()
        if self._link is not None:
            with suppress(OSError):
                self._link.send(word)

    def _end(self, *, kindly: bool) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            if kindly:
                self._process.terminate()
            else:
                self._process.kill()

    async def _open(self, theirs: socket.socket) -> Process:
        descriptors = (self._launch.listener.fileno(), theirs.fileno())
        # What is in the current folder must not stand before the standard library unasked.
        safe = () if str(Path.cwd()) in sys.path else ("-P",)
        module = ("-m", "anyws.cli.supervisor.worker")
        return await open_process(
            [sys.executable, *safe, *module, *map(str, descriptors), *self._launch.typed],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            stdout=None,
            stderr=None,
            # The service manager talks with the supervisor alone.
            env={key: value for key, value in os.environ.items() if key != "NOTIFY_SOCKET"},
            # Ctrl+C on the terminal is for the supervisor, which passes it on.
            start_new_session=True,
        )

    async def _accompany(self, process: Process, link: socket.socket) -> None:
        self._process = process
        self.name = f"the worker with pid {process.pid}"
        if self._leaving.is_set():  # Since before there was a process.
            self._end(kindly=True)
        async with process, create_task_group() as tasks:
            tasks.start_soon(self._wait_ready, link)
            tasks.start_soon(self._kill_when_late, process)
            await process.wait()
            tasks.cancel_scope.cancel()
        code = await process.wait()
        self.fate = describe_end(code)
        # One that was told to end before it knew how to is killed by that signal.
        self.failed = code != 0 and (self.is_ready or not self._leaving.is_set())

    async def _wait_ready(self, link: socket.socket) -> None:
        await wait_readable(link)
        said = b""
        with suppress(OSError):
            said = link.recv(_LONGEST_INTRODUCTION)
        if said.startswith(READY):
            self.is_ready = True
            self.introduction = said.removeprefix(READY).decode()
            self._on_ready()

    async def _kill_when_late(self, process: Process) -> None:
        await self._leaving.wait()
        await sleep(self._launch.patience)
        process.kill()


def describe_end(code: int) -> str:
    """Say how a process ended, from the code that it left."""
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
