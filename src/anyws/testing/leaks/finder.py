"""Finds the tasks that have outlived their connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

import anyio
from anyio.lowlevel import checkpoint

from anyws.testing.backends import runs_on_trio
from anyws.testing.frames import waiting_at
from anyws.testing.leaks.on_asyncio import AsyncioWatch
from anyws.testing.leaks.origins import Facts, Origin, Watch
from anyws.testing.leaks.report import LeakedTask

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_TURNS: Final = 5
"""Turns of the scheduler that a task has to end after its connection, once it matters."""


class LeakFinder:
    """Watches the tasks that connections start, inside its `with` block.

    Costs nothing while nobody starts a task, and some microseconds for each task that a
    connection starts. Tasks whose name is in `allowed` are nobody's leak.
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(allowed)
        self._origins: WeakSet[Origin] = WeakSet()
        self._watch: Watch | None = None

    def __enter__(self) -> Self:
        self._watch = _watch_running_loop()
        self._watch.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        watch = self._watch
        assert watch is not None
        for facts in self._outlived():
            watch.cancel(facts.task_id)
        watch.stop()
        self._watch = None

    def origin(self, label: str) -> Origin:
        """Make the origin of a connection."""
        origin = Origin(label)
        self._origins.add(origin)
        return origin

    def find(self) -> list[LeakedTask]:
        """Give the tasks that go on although their connection is over.

        Those that another connection takes care of, and that end with it, are none of them.
        """
        return [_described(facts) for facts in self._outlived()]

    async def find_after_grace(self) -> list[LeakedTask]:
        """As `find()`, after some turns of the scheduler in which tasks may still end."""
        for _ in range(_TURNS):
            if not self._outlived():
                break
            await checkpoint()
        return self.find()

    def _outlived(self) -> list[Facts]:
        assert self._watch is not None
        left = [facts for facts in self._watch.running() if self._counts(facts)]
        if not left:
            return []
        parents = {task.id: task.parent_id for task in anyio.get_running_tasks()}
        owners = {origin.task_id for origin in self._origins if not origin.over}
        return [facts for facts in left if owners.isdisjoint(_ancestors(facts.task_id, parents))]

    def _counts(self, facts: Facts) -> bool:
        # Whoever watches an event loop sees the tasks of every conductor on it.
        origin = facts.spawned.origin
        return origin.over and origin in self._origins and facts.name not in self._allowed


def _ancestors(task_id: int, parents: Mapping[int, int | None]) -> Iterator[int]:
    """Give the tasks whose task groups a task is in, from the inside to the outside."""
    ancestor = parents.get(task_id)
    while ancestor is not None:
        yield ancestor
        ancestor = parents.get(ancestor)


def _described(facts: Facts) -> LeakedTask:
    origin, place = facts.spawned
    return LeakedTask(facts.name, place, origin.label, waiting_at(facts.call))


def _watch_running_loop() -> Watch:
    if runs_on_trio():
        # Trio may not be installed.
        from anyws.testing.leaks.on_trio import TrioWatch

        return TrioWatch()
    return AsyncioWatch()
