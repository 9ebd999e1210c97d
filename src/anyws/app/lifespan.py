"""The lifespan of an application: what starts before the first request and ends after the last."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

import anyio

from anyws._asgi import events
from anyws._asgi.scope import check_lifespan
from anyws._concurrency import bare, shielded
from anyws.app.background import BackgroundTasks
from anyws.websocket.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from anyws._asgi.types import Event, Receive, Scope, Send
    from anyws.app.draining import Draining
    from anyws.middleware.stack import Component, Stack

_logger = logging.getLogger("anyws")

AppT = TypeVar("AppT")
Manager = Callable[[AppT], AbstractAsyncContextManager[object]]

# Seconds that a service has for its end when the server does not wait for it.
_GRACE: Final = 5

# The extension of a lifespan's scope by which a launcher asks for the application.
_LAUNCHER: Final = "anyws.launcher"

# Seconds that callbacks which responses have scheduled get to finish at a shutdown.
_CALLBACK_GRACE: Final = 5


class Lifespan(Generic[AppT]):
    """Starts an application's services in order, and ends them in reverse."""

    def __init__(
        self,
        app: AppT,
        manager: Manager[AppT] | None,
        stack: Stack,
        *,
        draining: Draining,
        drain: Callable[[], Awaitable[None]],
    ) -> None:
        """`drain` sees out what is open when the shutdown comes."""
        self._app = app
        self._draining = draining
        self._drain = drain
        self._manager = manager
        self._stack = stack
        self._background: BackgroundTasks | None = None
        self.clock: Clock | None = None
        self.state: dict[str, object] = {}
        self.shutdown: Event = {"type": events.LIFESPAN_SHUTDOWN}

    @property
    def background(self) -> BackgroundTasks:
        """The application's task group."""
        if self._background is None:
            raise RuntimeError(
                "app.task_group is open from the lifespan's startup to its shutdown: the server "
                "has not started the lifespan (some have it turned off), or has ended it"
            )
        return self._background

    async def run_later(self, callback: Callable[[], Awaitable[object]]) -> None:
        """Run a callback in the application's task group, or at once where there is none."""
        if self._background is not None and self._background.is_open:
            self._background.start_callback(callback)
            return
        try:
            await callback()
        except Exception:
            _logger.exception("a scheduled callback failed: %r", callback)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one lifespan scope: ASGI lifespan specification, version 1 and 2."""
        check_lifespan(scope)
        event = await _next(receive, events.LIFESPAN_STARTUP)
        complaint = _complaint(scope)
        if complaint is not None:
            await send(events.lifespan_failed(events.LIFESPAN_STARTUP_FAILED, complaint))
            return
        self._draining.reopen()
        try:
            async with anyio.create_task_group() as group:
                self._background = BackgroundTasks(group)
                self.clock = Clock()
                group.start_soon(self.clock.run, name="anyws: clock")
                try:
                    answer = await self._run(self._background, scope, event, receive, send)
                finally:
                    self.clock.stop()
        except BaseExceptionGroup as group_of_errors:
            error = bare(group_of_errors)
        else:
            await send(answer)
            return
        finally:
            self._background = None
            self.clock = None
            self.state = {}
        raise error

    async def _run(
        self,
        background: BackgroundTasks,
        scope: Scope,
        event: Event,
        receive: Receive,
        send: Send,
    ) -> Event:
        """Hold the services open until the shutdown; give the last event to send."""
        failures: list[str] = []
        shutdown: Event | None = None
        started = False
        try:
            async with AsyncExitStack() as stack:
                try:
                    started = await self._start(scope, event, stack, failures)
                    if started:
                        await send({"type": events.LIFESPAN_STARTUP_COMPLETE})
                        shutdown = self.shutdown = await _next(receive, events.LIFESPAN_SHUTDOWN)
                        if self._draining.is_needed:
                            await self._drain()
                        with anyio.move_on_after(_CALLBACK_GRACE):
                            await background.wait_callbacks()
                finally:
                    # Tasks may use what the services hold, so they go first.
                    with shielded(_GRACE):
                        await background.stop()
        except Exception:
            if started:
                raise
            # A service that holds a task group has failed while others were still starting.
            failures.append(traceback.format_exc())
        if not started:
            message = "\n".join(failures) or "a service cancelled the startup"
            return events.lifespan_failed(events.LIFESPAN_STARTUP_FAILED, message)
        if shutdown is None:
            raise RuntimeError("a service of the application has ended before the shutdown")
        if failures:
            return events.lifespan_failed(events.LIFESPAN_SHUTDOWN_FAILED, "\n".join(failures))
        return {"type": events.LIFESPAN_SHUTDOWN_COMPLETE}

    async def _start(
        self, scope: Scope, event: Event, stack: AsyncExitStack, failures: list[str]
    ) -> bool:
        """Enter the services one after the other; say whether all of them have started."""
        try:
            _attach(scope, self._app)
        except Exception:
            failures.append(traceback.format_exc())
            return False
        for make_service in self._services(scope, event):
            try:
                service = _Collecting(_checked(make_service()), failures)
                yielded = await stack.enter_async_context(service)
            except Exception:
                failures.append(traceback.format_exc())
                return False
            self._keep_state(scope, yielded)
        return True

    def _services(
        self, scope: Scope, event: Event
    ) -> Iterator[Callable[[], AbstractAsyncContextManager[object]]]:
        if self._manager is not None:
            yield partial(self._manager, self._app)
        for component in self._stack.components:
            if component.lifespan is not None:
                yield partial(component.lifespan, self._app)
            elif component.process_startup or component.process_shutdown:
                yield partial(_Service, self, component, scope, event)

    def _keep_state(self, scope: Scope, yielded: object) -> None:
        if isinstance(yielded, Mapping):
            self.state.update(yielded)
            if "state" in scope:
                scope["state"].update(yielded)


class _Service(AbstractAsyncContextManager[None]):
    """A component with `process_startup` and `process_shutdown`, as what they stand for."""

    def __init__(
        self, lifespan: Lifespan[Any], component: Component, scope: Scope, event: Event
    ) -> None:
        self._lifespan = lifespan
        self._component = component
        self._scope = scope
        self._event = event

    async def __aenter__(self) -> None:
        if self._component.process_startup is not None:
            await self._component.process_startup(self._scope, self._event)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process_shutdown = self._component.process_shutdown
        if process_shutdown is None:
            return
        if error is None:
            await process_shutdown(self._scope, self._lifespan.shutdown)
            return
        # A lifespan that is cut short would give the service no time, and hears of no failure.
        with shielded(_GRACE):
            try:
                await process_shutdown(self._scope, self._lifespan.shutdown)
            except Exception:
                _logger.exception("process_shutdown failed in a lifespan that was cut short")


class _Collecting(AbstractAsyncContextManager[object]):
    """A service whose failure at the end is written down and does not keep others from ending."""

    def __init__(self, service: AbstractAsyncContextManager[object], failures: list[str]) -> None:
        self._service = service
        self._failures = failures

    async def __aenter__(self) -> object:
        return await self._service.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        if error is not None:
            return await self._service.__aexit__(kind, error, trace)
        try:
            await self._service.__aexit__(None, None, None)
        except Exception:
            self._failures.append(traceback.format_exc())
        return None


def _checked(service: object) -> AbstractAsyncContextManager[object]:
    if isinstance(service, AbstractAsyncContextManager):
        return cast("AbstractAsyncContextManager[object]", service)
    raise TypeError(
        f"a lifespan gave {service!r}, which is no asynchronous context manager: decorate the "
        "function with contextlib.asynccontextmanager"
    )


def _attach(scope: Scope, app: object) -> None:
    """Tell a launcher which application it serves, in whatever middleware that is wrapped."""
    attach = _as_mapping(_as_mapping(scope.get("extensions")).get(_LAUNCHER)).get("attach")
    if callable(attach):
        attach(app)


def _as_mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


async def _next(receive: Receive, kind: str) -> Event:
    while (event := await receive())["type"] != kind:
        pass
    return event


def _complaint(scope: Scope) -> str | None:
    version = (scope.get("asgi") or {}).get("version", "2.0")
    if isinstance(version, str) and version.startswith("3."):
        return None
    return f"anyws requires ASGI version 3.x; the server speaks version {version}"
