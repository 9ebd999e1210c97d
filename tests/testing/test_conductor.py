"""The conductor: startup, shutdown, and what comes out of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from anyws.testing import ASGIConductor, IllegalEvent, wait_all_tasks_blocked
from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp, Event, Receive, Scope, Send

STARTUP_COMPLETE: Event = {"type": "lifespan.startup.complete"}
SHUTDOWN_COMPLETE: Event = {"type": "lifespan.shutdown.complete"}


class Service:
    """An application that notes the events of its lifespan, and answers them as it is told."""

    def __init__(
        self, startup: Event = STARTUP_COMPLETE, shutdown: Event = SHUTDOWN_COMPLETE
    ) -> None:
        self.seen: list[str] = []
        self._answers = [startup, shutdown]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await apps.accept(receive, send)
            try:
                await apps.until_left(scope, receive, send)
            finally:
                self.seen.append("connection ended")
            return
        scope["state"]["service"] = "up"
        for answer in self._answers:
            event = await receive()
            self.seen.append(event["type"])
            await send(answer)
            if answer["type"].endswith("startup.failed"):
                return


def lifespan_app(*steps: str | Event | Exception) -> ASGIApp:
    """An application whose lifespan takes steps: 'receive', 'wait', an event to send, a raise."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for step in steps:
            if isinstance(step, Exception):
                raise step
            if step == "receive":
                await receive()
            elif step == "wait":
                await anyio.sleep_forever()
            else:
                assert not isinstance(step, str)
                await send(step)

    return app


def test_a_conductor_is_made_without_an_event_loop() -> None:
    service = Service()
    assert ASGIConductor(service).app is service


async def test_the_application_is_started_and_shut_down() -> None:
    service = Service()
    conductor = ASGIConductor(service)
    async with conductor as c:
        assert c is conductor
        assert service.seen == ["lifespan.startup"]
    assert service.seen == ["lifespan.startup", "lifespan.shutdown"]


async def test_a_conductor_can_be_used_again_but_not_twice_at_once() -> None:
    service = Service()
    conductor = ASGIConductor(service)
    async with conductor:
        with pytest.raises(RuntimeError, match="entered already"):
            await conductor.__aenter__()
    async with conductor:
        pass
    assert service.seen == ["lifespan.startup", "lifespan.shutdown"] * 2


async def test_a_conductor_that_is_not_running_says_so() -> None:
    conductor = ASGIConductor(Service())
    with pytest.raises(RuntimeError, match="async with ASGIConductor"):
        conductor.simulate_ws()
    with pytest.raises(RuntimeError, match="async with ASGIConductor"):
        await conductor.simulate_get()


async def test_a_failed_startup_is_a_runtime_error_with_its_message() -> None:
    service = Service(startup={"type": "lifespan.startup.failed", "message": "no database"})
    with pytest.raises(RuntimeError, match=r"^no database$"):
        async with ASGIConductor(service):
            pytest.fail("the body must not run")
    assert service.seen == ["lifespan.startup"]


async def test_a_startup_that_fails_and_raises_is_chained_to_what_was_raised() -> None:
    cause = ValueError("refused")
    failed: Event = {"type": "lifespan.startup.failed", "message": "no database"}
    with pytest.raises(RuntimeError, match=r"^no database$") as caught:
        async with ASGIConductor(lifespan_app("receive", failed, cause)):
            pytest.fail("the body must not run")
    assert caught.value.__cause__ is cause


async def test_a_failed_shutdown_is_a_runtime_error_with_its_message() -> None:
    service = Service(shutdown={"type": "lifespan.shutdown.failed", "message": "still busy"})
    with pytest.raises(RuntimeError, match=r"^still busy$"):
        async with ASGIConductor(service):
            pass


@pytest.mark.parametrize(
    "app",
    [
        lifespan_app(ValueError("no lifespan here")),
        lifespan_app("receive", ValueError("no lifespan here")),
        lifespan_app(),
        lifespan_app("receive"),
        lifespan_app("receive", STARTUP_COMPLETE),
    ],
    ids=["raises", "reads and raises", "returns", "reads and returns", "stays for its startup"],
)
async def test_an_application_without_a_whole_lifespan_is_run_without(app: ASGIApp) -> None:
    async with ASGIConductor(app):
        await wait_all_tasks_blocked()


async def test_why_an_application_has_no_lifespan_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "anyws.testing")
    async with ASGIConductor(lifespan_app(ValueError("a bug, perhaps"))):
        pass
    assert "a bug, perhaps" in caplog.text


@pytest.mark.parametrize(
    "steps",
    [
        ("receive", STARTUP_COMPLETE, ValueError("late")),
        ("receive", STARTUP_COMPLETE, "receive", ValueError("late")),
        ("receive", STARTUP_COMPLETE, "receive", SHUTDOWN_COMPLETE, ValueError("late")),
    ],
)
async def test_what_the_lifespan_raises_after_its_startup_comes_out_bare(
    steps: tuple[str | Event | Exception, ...],
) -> None:
    with pytest.raises(ValueError, match="late"):
        async with ASGIConductor(lifespan_app(*steps)):
            pass


@pytest.mark.parametrize(
    "steps",
    [
        (STARTUP_COMPLETE,),
        ("receive", SHUTDOWN_COMPLETE),
        ("receive", {"type": "lifespan.begun"}),
        ("receive", STARTUP_COMPLETE, STARTUP_COMPLETE),
        ("receive", "receive"),
        ("receive", STARTUP_COMPLETE, "receive", SHUTDOWN_COMPLETE, "receive"),
    ],
)
async def test_an_illegal_event_of_the_lifespan_fails_the_test(
    steps: tuple[str | Event | Exception, ...],
) -> None:
    with pytest.raises(IllegalEvent):
        async with ASGIConductor(lifespan_app(*steps)):
            await wait_all_tasks_blocked()


async def test_an_illegal_event_that_the_lifespan_swallowed_fails_the_test() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(IllegalEvent):
            await send(STARTUP_COMPLETE)
        await receive()
        await send(STARTUP_COMPLETE)
        await receive()
        await send(SHUTDOWN_COMPLETE)

    with pytest.raises(IllegalEvent, match=r"before it had read lifespan\.startup"):
        async with ASGIConductor(app):
            pass


async def test_a_body_that_raises_still_shuts_the_application_down() -> None:
    service = Service()
    boom = ValueError("boom")
    with pytest.raises(ValueError, match="boom") as caught:
        async with ASGIConductor(service):
            raise boom
    assert caught.value is boom
    assert service.seen == ["lifespan.startup", "lifespan.shutdown"]


async def test_a_shutdown_that_fails_after_a_body_that_raised_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = Service(shutdown={"type": "lifespan.shutdown.failed", "message": "still busy"})
    with pytest.raises(ValueError, match="boom"):
        async with ASGIConductor(service):
            raise ValueError("boom")
    assert "still busy" in caplog.text


async def test_a_group_of_the_body_is_left_as_it_is() -> None:
    group = ExceptionGroup("mine", [ValueError("boom")])
    with pytest.raises(ExceptionGroup) as caught:
        async with ASGIConductor(Service()):
            raise group
    assert caught.value is group


async def test_a_test_that_fails_inside_the_application_fails_with_that_alone() -> None:
    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        pytest.fail("in the application")

    with pytest.raises(pytest.fail.Exception, match="in the application"):
        async with ASGIConductor(apps.accepting(fail)) as conductor, conductor.simulate_ws():
            await anyio.sleep_forever()


async def test_a_cancellation_passes_through_and_leaves_nothing_behind() -> None:
    service = Service()
    with anyio.CancelScope() as scope:
        async with ASGIConductor(service) as conductor, conductor.simulate_ws():
            scope.cancel()
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert service.seen == ["lifespan.startup", "connection ended"]


async def test_a_cancelled_startup_leaves_nothing_behind() -> None:
    async with anyio.create_task_group() as group:

        async def start() -> None:
            async with ASGIConductor(lifespan_app("receive", "wait")):
                pytest.fail("the body must not run")

        group.start_soon(start)
        await wait_all_tasks_blocked()
        group.cancel_scope.cancel()


async def test_connections_that_were_never_left_end_before_the_shutdown() -> None:
    service = Service()
    async with ASGIConductor(service) as conductor:
        await conductor.simulate_ws().__aenter__()
    assert service.seen == ["lifespan.startup", "connection ended", "lifespan.shutdown"]


async def test_the_state_of_the_lifespan_is_copied_into_the_scope_of_each_connection() -> None:
    states: list[dict[str, object]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await service(scope, receive, send)
            return
        states.append(scope["state"])
        scope["state"]["mine"] = True
        await apps.echo(scope, receive, send)

    service = Service()
    async with ASGIConductor(app) as conductor:
        for _ in range(2):
            async with conductor.simulate_ws():
                pass
    assert states == [{"service": "up", "mine": True}] * 2
    assert states[0] is not states[1]


def test_what_is_no_application_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="app is an ASGI application, not 5"):
        ASGIConductor(5)  # type: ignore[arg-type]  # the mistake


async def test_who_forgets_the_async_of_async_with_is_told_of_it() -> None:
    conductor: Any = ASGIConductor(apps.echo)
    with pytest.raises(TypeError, match="ASGIConductor is entered with `async with`"), conductor:
        pytest.fail("the body must not run")
    async with conductor:
        for client in (conductor.simulate_ws(), conductor.simulate_get_stream("/")):
            with pytest.raises(TypeError, match="is entered with `async with`"), client:
                pytest.fail("the body must not run")
