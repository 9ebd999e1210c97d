"""Tasks that outlive the connection they were started from: how they are found, and told of."""

from __future__ import annotations

from anyws.testing.leaks.finder import LeakFinder
from anyws.testing.leaks.report import LeakedTask, LeakedTasksError

__all__ = ["LeakFinder", "LeakedTask", "LeakedTasksError"]
