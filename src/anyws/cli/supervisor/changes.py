"""Development: what is saved is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from anyio import Event, create_task_group, sleep
from watchfiles import PythonFilter, awatch

from anyws.cli.complaints import say
from anyws.cli.supervisor.supervisor import Supervisor

_PATIENCE: Final = 2.0
"""Seconds that the old process has to drain, and to end once it was hurried."""


async def reload_at_changes(supervisor: Supervisor, folder: Path, end: Event) -> None:
    """Reload whenever a Python file in the folder, or in a folder of it, changes.

    Setting `end` ends it without waiting for another change.
    """
    async with create_task_group() as tasks:
        async for changes in awatch(folder, watch_filter=PythonFilter(), stop_event=end):
            names = sorted({str(Path(path).relative_to(folder)) for _, path in changes})
            say(f"{', '.join(names)} changed, starting anew")
            supervisor.reload()
            tasks.start_soon(_hurry, supervisor)
        tasks.cancel_scope.cancel()


async def _hurry(supervisor: Supervisor) -> None:
    for _ in range(2):
        await sleep(_PATIENCE)
        supervisor.hurry()
