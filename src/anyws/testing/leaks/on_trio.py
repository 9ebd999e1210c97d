"""The tasks that connections start on Trio: seen by an instrument."""

from __future__ import annotations

import trio

from anyws.testing.leaks.origins import Facts, Spawned, disown, find_start


class TrioWatch(trio.abc.Instrument):
    """Is called by Trio when a task is started, and when one has ended."""

    def __init__(self) -> None:
        self._spawned: dict[trio.lowlevel.Task, Spawned] = {}

    def start(self) -> None:
        trio.lowlevel.add_instrument(self)

    def stop(self) -> None:
        trio.lowlevel.remove_instrument(self)

    def running(self) -> list[Facts]:
        return [
            Facts(spawned, id(task), task.name, task.coro)
            for task, spawned in self._spawned.items()
        ]

    def cancel(self, task_id: int) -> None:
        """Do nothing: on Trio a task ends with the nursery that it is in, whosever that is."""

    def task_spawned(self, task: trio.lowlevel.Task) -> None:
        """Called by Trio."""
        start = find_start()
        if start is None:
            return
        if start.for_app:
            disown(task.context)
        else:
            self._spawned[task] = start.spawned

    def task_exited(self, task: trio.lowlevel.Task) -> None:
        """Called by Trio."""
        self._spawned.pop(task, None)
