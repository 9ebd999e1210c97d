"""What is told of tasks that have outlived their connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeakedTask:
    """A task that was started from within a connection or a request, and outlived it."""

    name: str
    """The name of the task: as a rule, that of its function."""
    started_at: str
    """File and line of the code that started it."""
    connection: str
    """The connection that it was started from, as the journal names it."""
    waits_at: str
    """Where it waits, outermost call first, one line for each."""

    def __str__(self) -> str:
        return (
            f"{self.name}, started at {self.started_at} from within {self.connection}, "
            f"waits at\n{self.waits_at}"
        )


class LeakedTasksError(RuntimeError):
    """Tasks that were started from within a connection have outlived it.

    Such a task works for a client that has left, holds what belongs to it, and nobody learns of
    its errors. A task belongs to its connection (`ws.task_group`, or a task group of the
    responder's own), or to the application (`app.task_group`).
    """

    def __init__(self, tasks: Sequence[LeakedTask]) -> None:
        self.tasks: tuple[LeakedTask, ...] = tuple(tasks)
        several = f"{len(self.tasks)} tasks have outlived the connections they were started from"
        one = "a task has outlived the connection it was started from"
        listed = "\n".join(str(task) for task in self.tasks)
        super().__init__(
            f"{one if len(self.tasks) == 1 else several}:\n{listed}\n"
            "Start it in ws.task_group, where it ends with the connection, or in app.task_group, "
            "where it is meant to go on"
        )
