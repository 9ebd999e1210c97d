"""Hypercorn: what knows of it is in this package, which is imported only to serve."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from anyio import create_task_group

from anyws._asgi.types import ASGIApp
from anyws.cli.arguments import Backend
from anyws.cli.worker.config import WorkerConfig
from anyws.cli.worker.parts import replace_parts

Trigger: TypeAlias = Callable[[], Awaitable[None]]
Worker: TypeAlias = Callable[[ASGIApp, WorkerConfig, Trigger], Awaitable[None]]


def worker_of(backend: Backend) -> Worker:
    """Give Hypercorn's worker for an event loop, with a heartbeat beside it.

    A worker runs the application's lifespan and serves its connections until the trigger returns,
    and then ends once the connections have. A cancellation may leave calls of the application
    behind on asyncio.
    """
    work = _work_of(backend)
    replace_parts(backend)

    async def work_with_heartbeat(
        application: ASGIApp, config: WorkerConfig, trigger: Trigger
    ) -> None:
        async with create_task_group() as tasks:
            if config.heartbeat is not None:
                tasks.start_soon(config.heartbeat.run)
            await work(application, config, trigger)
            tasks.cancel_scope.cancel()

    return work_with_heartbeat


def _work_of(backend: Backend) -> Worker:
    # The other backend's worker may be one that cannot be imported here.
    match backend:
        case "trio":
            from anyws.cli.worker import on_trio

            return on_trio.work
        case "asyncio":
            from anyws.cli.worker import on_asyncio

            return on_asyncio.work
