"""A server in process: what there is between an application's startup and its shutdown."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from anyws.testing.http import HTTPExchange
from anyws.testing.lifespan import Lifespan
from anyws.testing.line import Line
from anyws.testing.link import WebSocketLink
from anyws.testing.protocol import features
from anyws.testing.running import AppTasks, ClientTask
from anyws.testing.shuffling import Shuffler
from anyws.testing.simulator import ASGIWebSocketSimulator
from anyws.testing.streaming import StreamedExchange
from anyws.testing.streams import StreamedResult
from anyws.testing.stuck import StuckSends
from anyws.testing.websocket import WebSocketExchange

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp, Scope
    from anyws.testing.journal import Journal
    from anyws.testing.leaks import LeakFinder
    from anyws.testing.patience import Patience
    from anyws.testing.profiles import ServerProfile
    from anyws.testing.result import Result
    from anyws.testing.running import ClientExchange


class SimulatedServer:
    """Connects clients to an application, with the habits of one server or of several."""

    def __init__(
        self, app: ASGIApp, tasks: AppTasks, leaks: LeakFinder, journal: Journal, seed: int | None
    ) -> None:
        self._app = app
        self._journal = journal
        self._numbers = count(1)
        self._stuck = StuckSends()
        self._shuffler = None if seed is None else Shuffler(seed)
        self.tasks = tasks
        self.leaks = leaks
        self.lifespan: Lifespan = Lifespan(app)

    async def start(self) -> Exception | None:
        """Start the application; give what went wrong."""
        if self._shuffler is not None:
            self.tasks.start_service(self._shuffler.run)
        self.tasks.start_lifespan(self.lifespan.task)
        return await self.lifespan.start()

    def connect(
        self, scope: Scope, profile: ServerProfile, patience: Patience
    ) -> ASGIWebSocketSimulator:
        """Make a client that opens a WebSocket with this scope."""
        line = self._line("WS", scope, profile)
        link = WebSocketLink(features(scope), line)
        task = self._task(scope, WebSocketExchange(scope, link), line)
        return ASGIWebSocketSimulator(link, task, self.tasks.start, patience)

    async def request(
        self, scope: Scope, body: bytes, profile: ServerProfile, patience: Patience
    ) -> Result:
        """Send a request, and wait for all of the response and for the application's return."""
        line = self._line(scope["method"], scope, profile)
        exchange = HTTPExchange(scope, body, line)
        task = self._task(scope, exchange, line)
        self.tasks.start(task)
        await task.answered(patience.end)
        return exchange.result()

    def stream(
        self, scope: Scope, body: bytes, profile: ServerProfile, patience: Patience
    ) -> StreamedResult:
        """Make a client that sends a request and reads the response while it comes."""
        line = self._line(scope["method"], scope, profile)
        exchange = StreamedExchange(scope, body, line)
        task = self._task(scope, exchange, line)
        return StreamedResult(exchange, task, self.tasks.start, patience)

    def _line(self, kind: str, scope: Scope, profile: ServerProfile) -> Line:
        label = f"#{next(self._numbers)} {kind} {scope['path']}"
        return Line(label, profile, self._journal, self._stuck, self._shuffler)

    def _task(self, scope: Scope, exchange: ClientExchange, line: Line) -> ClientTask:
        scope["state"] = dict(self.lifespan.state)
        origin = self.leaks.origin(line.label)
        return ClientTask(self._app, scope, exchange, origin, self._stuck)
