"""Who looks after the workers: starts them, replaces them, and ends with them."""

from __future__ import annotations

from collections.abc import Callable
from signal import SIGHUP, SIGINT, SIGTERM

from anyio import TASK_STATUS_IGNORED, Event, create_task_group, open_signal_receiver
from anyio.abc import TaskGroup, TaskStatus

from anyws.cli.complaints import say
from anyws.cli.processes import Processes
from anyws.cli.supervisor.process import Launch
from anyws.cli.supervisor.slot import AfterCrash, Slot
from anyws.cli.systemd import Notifier


class Supervisor:
    """Keeps as many workers running as there are slots, until a signal ends them all.

    Workers live in generations: a reload ends one and begins the next, whose workers import the
    application anew. A rolling reload replaces worker by worker within a generation.
    """

    def __init__(
        self,
        launch: Launch,
        processes: Processes,
        notifier: Notifier,
        *,
        on_ready: Callable[[str], object],
    ) -> None:
        """`on_ready` is given what a worker says of itself, each time that all are ready."""
        self.failure: str | None = None
        self._launch = launch
        self._processes = processes
        self._notifier = notifier
        self._on_ready = on_ready
        self._started = False
        self._stopping = False
        self._slots: list[Slot] = []
        self._running: set[Slot] = set()
        self._reload_asked = Event()

    async def run(self) -> None:
        """Supervise until a signal ends it, or until the first worker fails to start.

        What went wrong is in `failure` afterwards.
        """
        async with create_task_group() as tasks:
            await tasks.start(self._obey_signals)
            while not self._stopping:
                await self._live_through_a_generation()
            tasks.cancel_scope.cancel()

    def stop(self) -> None:
        """Have all drain and end; the second time, end at once."""
        if self._stopping:
            self.hurry()
            return
        self._stopping = True
        self._notifier.stopping()
        for slot in self._running:
            slot.stop()

    def reload(self) -> None:
        """Have new workers load new code, in the place of the old ones."""
        if self._stopping:
            return
        self._notifier.reloading()
        if self._processes.rolling:
            self._reload_asked.set()
            return
        for slot in self._running:
            slot.stop()

    def hurry(self) -> None:
        """Have those end at once that were told to end."""
        for slot in self._running:
            if slot.leaving:
                slot.hurry()

    async def _obey_signals(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        # A terminal that is closed ends what was started on it for development.
        reloads = () if self._processes.reload else (SIGHUP,)
        with open_signal_receiver(SIGINT, SIGTERM, *reloads) as signals:
            task_status.started()
            async for received in signals:
                if received == SIGHUP:
                    self.reload()
                else:
                    self.stop()

    async def _live_through_a_generation(self) -> None:
        async with create_task_group() as tasks:
            async with create_task_group() as keepers:
                if await self._start(keepers) and self._processes.rolling:
                    tasks.start_soon(self._replace_when_asked, keepers)
            tasks.cancel_scope.cancel()

    async def _start(self, keepers: TaskGroup) -> bool:
        """Start the first worker, and the others once it is ready: what is wrong is told once."""
        after_crash = self._after_crash()
        self._slots = [Slot(self._launch, after_crash) for _ in range(self._processes.workers)]
        for some in (self._slots[:1], self._slots[1:]):
            for slot in some:
                self._keep(slot, keepers)
            for slot in some:
                await slot.settled.wait()
                if slot.failed and self.failure is None:
                    self.failure = f"{slot.worker.name} {slot.worker.fate} before it was ready"
                    self.stop()
            if self._stopping or any(slot.leaving for slot in some):
                return False
        self._started = True
        self._on_ready(self._slots[0].worker.introduction)
        return True

    def _after_crash(self) -> AfterCrash:
        if self._processes.reload:
            return AfterCrash.WAIT
        return AfterCrash.RESTART if self._started else AfterCrash.RESTART_ONCE_READY

    def _keep(self, slot: Slot, keepers: TaskGroup) -> None:
        # From here on, not from the task's first step: a stop in between counts.
        self._running.add(slot)
        keepers.start_soon(self._keep_until_ended, slot)

    async def _keep_until_ended(self, slot: Slot) -> None:
        await slot.keep()
        self._running.discard(slot)
        if not (slot.leaving and slot.failed):
            return
        end = f"{slot.worker.name} {slot.worker.fate} when it was told to end"
        if not self._stopping:
            say(end)
        elif self.failure is None:
            self.failure = end

    async def _replace_when_asked(self, keepers: TaskGroup) -> None:
        while True:
            await self._reload_asked.wait()
            self._reload_asked = Event()
            if await self._replace_all(keepers):
                self._on_ready(self._slots[0].worker.introduction)
            elif not self._stopping:
                self._notifier.ready()

    async def _replace_all(self, keepers: TaskGroup) -> bool:
        for number, old in enumerate(self._slots):
            if self._stopping:  # Nobody would tell another one to end.
                return False
            new = Slot(self._launch, AfterCrash.RESTART_ONCE_READY)
            self._keep(new, keepers)
            await new.settled.wait()
            if not new.is_ready:
                if not self._stopping:
                    end = f"{new.worker.name} {new.worker.fate}"
                    say(f"{end}: the reload is given up, and the old code goes on")
                return False
            self._slots[number] = new
            old.retire()
            await old.ended.wait()
        return True
