"""The application's lifespan, between an application that may do little and a strict server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from anyio import CancelScope, sleep_forever

from anyws._asgi.types import ASGIApp, Event, Receive, Scope, Send
from anyws.cli.attached import Drainable
from anyws.cli.errors import ApplicationFailed
from anyws.cli.live import Live


class Lifespan:
    """The one call of an application for its lifespan (ASGI specification, lifespan protocol).

    A failure that the application reports is kept in `failure` instead of going to the server;
    `on_startup_failed` is called for one of the startup. What the application leaves unanswered
    when its call ends, by returning early or by being cancelled, is answered in its place: a
    server may break where it waits for the answer of a call that is over. It is told of the
    shutdown when `before_shutdown` has returned.

    `attach` is what an `anyws.App` calls as it starts, so that the launcher knows it behind
    whatever middleware there is around it.
    """

    def __init__(
        self,
        application: ASGIApp,
        *,
        attach: Callable[[Drainable], None],
        on_startup_failed: Callable[[], None],
        before_shutdown: Callable[[], Awaitable[None]],
    ) -> None:
        self._application = application
        self._attach = attach
        self._on_startup_failed = on_startup_failed
        self._before_shutdown = before_shutdown
        self._asked: str | None = None
        self._answered = True
        self._held: Event | None = None
        self._startup_failed = False
        self.live: Live = Live()
        self.stand_in: Live = Live()
        self.failure: ApplicationFailed | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_noting() -> Event:
            return await self._receive(receive)

        async def send_unless_failed(event: Event) -> None:
            await self._pass_on(event, send)

        extensions = {**scope.get("extensions", {}), "anyws.launcher": {"attach": self._attach}}
        with CancelScope() as call, self.live.hold(call.cancel):
            try:
                await self._application(
                    {**scope, "extensions": extensions}, receive_noting, send_unless_failed
                )
            except Exception:
                if not self._startup_failed:
                    raise
        with CancelScope() as rest, self.stand_in.hold(rest.cancel):
            await self._stand_in(receive, send)

    async def _receive(self, receive: Receive) -> Event:
        # An application may give up waiting, and ask again.
        event = await receive() if self._held is None else self._held
        self._asked, self._answered = event["type"], False
        if self._asked == "lifespan.shutdown":
            self._held = event
            await self._before_shutdown()
            self._held = None
        return event

    async def _pass_on(self, event: Event, send: Send) -> None:
        self._answered = True
        match event["type"]:
            case "lifespan.startup.failed":
                self._startup_failed = True
                self._fail("startup", event)
                self._on_startup_failed()
            case "lifespan.shutdown.failed":
                self._fail("shutdown", event)
                await send({"type": "lifespan.shutdown.complete"})
            case _:
                await send(event)

    def _fail(self, stage: str, event: Event) -> None:
        message = event.get("message", "")
        self.failure = ApplicationFailed(f"the application's {stage} failed: {message}")

    async def _stand_in(self, receive: Receive, send: Send) -> None:
        if self._startup_failed:
            await sleep_forever()  # An answer of any kind would have the server open for clients.
        while True:
            if not self._answered:
                await send({"type": f"{self._asked}.complete"})
            if self._asked == "lifespan.shutdown":
                return
            await self._receive(receive)
