"""Which connection a task is started from, whichever event loop runs it.

A context variable says to which connection the running code belongs, and both event loops hand it
on to the tasks that the code starts. The code that starts a task is looked at while it does: its
calls are still on the stack then, and say where in the source that is.
"""

from __future__ import annotations

from contextvars import Context, ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from anyws.testing import frames

if TYPE_CHECKING:
    from types import FrameType

_FOR_APP: Final = ("anyws.app.background", "anyws.channels")
"""Where tasks of the application are started: `app.task_group`, and what lives as long as it."""


@dataclass(eq=False, slots=True, weakref_slot=True)
class Origin:
    """A connection, as the place that tasks come from."""

    label: str
    task_id: int | None = None
    """The application's own task, as in `anyio.TaskInfo`, once it runs."""
    over: bool = False
    """Whether the application has returned."""


class Spawned(NamedTuple):
    """A task that was started from within a connection."""

    origin: Origin
    place: str
    """File and line of the code that started it."""


class Start(NamedTuple):
    """What is known of a task that is being started from within a connection."""

    spawned: Spawned
    for_app: bool
    """It is started in the application's own task group, and so it is the application's."""


current_origin: Final[ContextVar[Origin | None]] = ContextVar("current_origin", default=None)


def find_start() -> Start | None:
    """Look at the code that starts a task just now; None if it belongs to no connection."""
    origin = current_origin.get()
    if origin is None:
        return None
    calls: list[FrameType] = list(frames.callers())
    for_app = any(frames.module_of(call).startswith(_FOR_APP) for call in calls)
    return Start(Spawned(origin, frames.place_of(calls)), for_app)


def disown(context: Context) -> None:
    """Have a task, and those that it starts, belong to no connection."""
    context.run(current_origin.set, None)


class Facts(NamedTuple):
    """What an event loop knows of a task that runs."""

    spawned: Spawned
    task_id: int
    """As in `anyio.TaskInfo`."""
    name: str
    call: object
    """What the task runs: a coroutine."""


class Watch(Protocol):
    """Sees the tasks that connections start on an event loop, from `start()` to `stop()`."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def running(self) -> list[Facts]:
        """Give those that have not ended."""
        ...

    def cancel(self, task_id: int) -> None:
        """Cancel a task, where the event loop can do that to any task."""
