"""How a task says that it has started."""

from __future__ import annotations

from anyio.abc import TaskStatus


class NotedStatus(TaskStatus[object]):
    """Passes on that a task has started, and remembers it."""

    def __init__(self, status: TaskStatus[object]) -> None:
        self._status = status
        self.is_started: bool = False

    def started(self, value: object = None) -> None:
        self.is_started = True
        self._status.started(value)
