"""The place of one worker, in which there is always one until it is given up."""

from __future__ import annotations

import math
from enum import Enum, auto

from anyio import Event, current_time, move_on_after

from anyws.cli.complaints import say
from anyws.cli.supervisor.backoff import next_delay
from anyws.cli.supervisor.process import Launch, WorkerProcess


class AfterCrash(Enum):
    """What follows when a worker ends that was not told to."""

    RESTART = auto()
    """Another one is started, after a while."""

    RESTART_ONCE_READY = auto()
    """The same, but only if one has been ready before; otherwise the slot is given up."""

    WAIT = auto()
    """Nothing, until the slot is told to end."""


class Slot:
    """One worker after the other, until told to end."""

    def __init__(self, launch: Launch, after_crash: AfterCrash) -> None:
        self.settled: Event = Event()
        """Set once a worker is ready, or none will be."""
        self.ended: Event = Event()
        self.is_ready: bool = False
        self.failed: bool = False
        """Whether its last worker came to a bad end, with none to follow."""
        self.worker: WorkerProcess = WorkerProcess(launch, on_ready=self._note_ready)
        self._launch = launch
        self._after_crash = after_crash
        self._leaving = Event()

    @property
    def leaving(self) -> bool:
        """Whether it was told to end."""
        return self._leaving.is_set()

    async def keep(self) -> None:
        """Keep a worker running. Returns when the last one has ended."""
        delay: float | None = None
        while not self.leaving:
            self.worker = WorkerProcess(self._launch, on_ready=self._note_ready)
            began = current_time()
            await self.worker.run()
            if self.leaving or not self._goes_on():
                # One that ends unasked is no success, whatever its exit code says.
                self.failed = self.worker.failed or not self.leaving
                break
            delay = next_delay(delay, lived=current_time() - began)
            await self._pause(delay)
        self.ended.set()
        self.settled.set()

    def stop(self) -> None:
        """Drain and end. Once is enough."""
        self._leaving.set()
        self.worker.stop()

    def hurry(self) -> None:
        """End at once; the second time, be killed."""
        self._leaving.set()
        self.worker.hurry()

    def retire(self) -> None:
        """Leave new clients to a successor, drain and end."""
        self._leaving.set()
        self.worker.retire()

    def _note_ready(self) -> None:
        self.is_ready = True
        self.settled.set()

    def _goes_on(self) -> bool:
        return self._after_crash is not AfterCrash.RESTART_ONCE_READY or self.is_ready

    async def _pause(self, delay: float) -> None:
        worker = self.worker
        if self._after_crash is AfterCrash.WAIT:
            say(f"{worker.name} {worker.fate}; the next change starts another")
            delay = math.inf
        else:
            say(f"{worker.name} {worker.fate}; another one starts in {delay:g} s")
        with move_on_after(delay):
            await self._leaving.wait()
