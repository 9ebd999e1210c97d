"""The server's side of a lifespan, and services that note what is asked of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from anyws import App
from tests.websocket.scripted import Event, ScriptedServer, settle


class LifespanServer(ScriptedServer):
    """Serves the lifespan scope of an application, and asks for startup and shutdown when told.

    Leaving the block waits for the application.
    """

    def __init__(self, app: App, **scope: Any) -> None:
        super().__init__(app, connect=False)
        self.scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
        } | scope

    async def startup(self) -> Event:
        """Ask the application to start, and give its only answer."""
        return await self._ask("lifespan.startup")

    async def shutdown(self) -> Event:
        """Ask the application to shut down, and give its only answer."""
        return await self._ask("lifespan.shutdown")

    async def _ask(self, kind: str) -> Event:
        before = len(self.sent)
        self.push(kind)
        await settle()
        [answer] = self.sent[before:]
        return answer


STARTED = {"type": "lifespan.startup.complete"}
STOPPED = {"type": "lifespan.shutdown.complete"}


class Service:
    """A component that notes its startup and its shutdown, and fails where it is told to."""

    def __init__(self, name: str, log: list[str], *, fails: str = "") -> None:
        self.name = name
        self._log = log
        self._fails = fails.split()

    async def process_startup(self, scope: Event, event: Event) -> None:
        self._note("start")

    async def process_shutdown(self, scope: Event, event: Event) -> None:
        self._note("stop")

    def _note(self, what: str) -> None:
        self._log.append(f"{what} {self.name}")
        if what in self._fails:
            raise LookupError(f"{self.name} can't {what}")


def manager(
    log: list[str], *, name: str = "app", yielded: object = None, fails: str = ""
) -> Callable[[App], AbstractAsyncContextManager[object]]:
    """Make a lifespan that notes its entry and its exit, and fails where it is told to."""

    @asynccontextmanager
    async def lifespan(app: App) -> AsyncIterator[object]:
        log.append(f"enter {name}")
        if "enter" in fails.split():
            raise LookupError(f"{name} can't enter")
        yield yielded
        log.append(f"leave {name}")
        if "leave" in fails.split():
            raise LookupError(f"{name} can't leave")

    return lifespan


class Managed:
    """A component whose lifespan is a context manager."""

    def __init__(self, name: str, log: list[str], *, fails: str = "") -> None:
        self._manager = manager(log, name=name, fails=fails)

    def lifespan(self, app: App) -> AbstractAsyncContextManager[object]:
        return self._manager(app)
