"""A lifespan call between an application that may do little and a strict server."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import pytest
from anyio import CancelScope, create_task_group, sleep_forever, wait_all_tasks_blocked
from anyio.lowlevel import checkpoint

from anyws import App
from anyws._asgi.types import ASGIApp, Event, Receive, Scope, Send
from anyws.cli.attached import Drainable
from anyws.cli.lifespan import Lifespan


async def well_behaved(scope: Scope, receive: Receive, send: Send) -> None:
    for _ in range(2):
        event = await receive()
        await send({"type": f"{event['type']}.complete"})


async def without_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """Return at once, as an application does that looks at the scope's type."""


async def without_shutdown(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})


async def without_answers(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()


async def failing_shutdown(scope: Scope, receive: Receive, send: Send) -> None:
    await without_shutdown(scope, receive, send)
    await receive()
    await send({"type": "lifespan.shutdown.failed", "message": "nothing was saved"})


async def failing_startup(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database"})


async def failing_startup_twice(scope: Scope, receive: Receive, send: Send) -> None:
    await failing_startup(scope, receive, send)
    raise LookupError


class Server:
    """Asks for the startup, then for the shutdown, and keeps the answers."""

    def __init__(self) -> None:
        self.questions = ["lifespan.startup", "lifespan.shutdown"]
        self.answers: list[str] = []

    async def receive(self) -> Event:
        if not self.questions:
            await sleep_forever()
        return {"type": self.questions.pop(0)}

    async def send(self, event: Event) -> None:
        self.answers.append(event["type"])


def nothing(app: object = None) -> None:
    """Be what is called when nothing is to happen."""


def lifespan_of(application: ASGIApp, on_startup_failed: Callable[[], None] = nothing) -> Lifespan:
    """A lifespan that nothing holds up."""
    return Lifespan(
        application,
        attach=nothing,
        on_startup_failed=on_startup_failed,
        before_shutdown=checkpoint,
    )


async def answers_of(application: ASGIApp) -> tuple[Lifespan, list[str]]:
    server = Server()
    lifespan = lifespan_of(application)
    await lifespan({"type": "lifespan"}, server.receive, server.send)
    return lifespan, server.answers


@pytest.mark.parametrize(
    "application",
    [well_behaved, without_lifespan, without_shutdown, without_answers, failing_shutdown],
)
async def test_the_server_gets_each_answer_once_whatever_the_application_does(
    application: ASGIApp,
) -> None:
    _, answers = await answers_of(application)
    assert answers == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_shutdown_that_failed_is_kept_with_its_message() -> None:
    lifespan, _ = await answers_of(failing_shutdown)
    assert str(lifespan.failure) == "the application's shutdown failed: nothing was saved"


@pytest.mark.parametrize("application", [failing_startup, failing_startup_twice])
async def test_a_startup_that_failed_never_looks_like_one_that_went_well(
    application: ASGIApp,
) -> None:
    server = Server()
    told: list[str] = []
    lifespan = lifespan_of(application, lambda: told.append("failed"))
    async with create_task_group() as tasks:
        tasks.start_soon(lifespan, {"type": "lifespan"}, server.receive, server.send)
        await wait_all_tasks_blocked()
        assert told == ["failed"]
        assert str(lifespan.failure) == "the application's startup failed: no database"
        lifespan.stand_in.end_all()
    assert server.answers == []


async def test_an_exception_of_the_application_goes_to_the_server() -> None:
    async def unknowing(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError("this scope is not known")

    with pytest.raises(LookupError, match="this scope is not known"):
        await answers_of(unknowing)


async def test_a_shutdown_that_is_given_up_is_answered() -> None:
    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await without_shutdown(scope, receive, send)
        await receive()
        await sleep_forever()

    server = Server()
    lifespan = lifespan_of(endless)
    async with create_task_group() as tasks:
        tasks.start_soon(lifespan, {"type": "lifespan"}, server.receive, server.send)
        await wait_all_tasks_blocked()
        lifespan.live.end_all()
    assert server.answers == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_cancellation_from_outside_is_not_held_back() -> None:
    server = Server()
    lifespan = lifespan_of(failing_startup)
    with CancelScope() as scope:
        async with create_task_group() as tasks:
            tasks.start_soon(lifespan, {"type": "lifespan"}, server.receive, server.send)
            await wait_all_tasks_blocked()
            scope.cancel()
    assert scope.cancelled_caught


async def test_it_hands_on_the_way_to_attach_beside_other_extensions() -> None:
    seen: list[Scope] = []
    app = App()

    async def looking(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        scope["extensions"]["anyws.launcher"]["attach"](app)

    attached: list[Drainable] = []
    lifespan = Lifespan(
        looking, attach=attached.append, on_startup_failed=nothing, before_shutdown=checkpoint
    )
    server = Server()
    given: Scope = {"type": "lifespan", "state": {}, "extensions": {"another": {}}}
    await lifespan(given, server.receive, server.send)
    assert attached == [app]
    assert seen[0]["extensions"].keys() == {"another", "anyws.launcher"}
    assert seen[0]["state"] is given["state"]
    assert given["extensions"] == {"another": {}}


async def test_the_application_learns_of_the_shutdown_when_everybody_has_left() -> None:
    emptied = anyio.Event()
    server = Server()
    lifespan = Lifespan(
        well_behaved, attach=nothing, on_startup_failed=nothing, before_shutdown=emptied.wait
    )
    async with create_task_group() as tasks:
        tasks.start_soon(lifespan, {"type": "lifespan"}, server.receive, server.send)
        await wait_all_tasks_blocked()
        assert server.answers == ["lifespan.startup.complete"]
        emptied.set()
    assert server.answers == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_an_application_that_gives_up_waiting_for_the_shutdown_can_ask_again() -> None:
    emptied = anyio.Event()
    heard: list[str] = []

    async def impatient(scope: Scope, receive: Receive, send: Send) -> None:
        await well_behaved_start(receive, send)
        async with create_task_group() as tasks:
            tasks.start_soon(wait_for, receive)
            await wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()
        emptied.set()
        heard.append((await receive())["type"])

    async def wait_for(receive: Receive) -> None:
        await receive()

    async def well_behaved_start(receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})

    server = Server()
    lifespan = Lifespan(
        impatient, attach=nothing, on_startup_failed=nothing, before_shutdown=emptied.wait
    )
    await lifespan({"type": "lifespan"}, server.receive, server.send)
    assert heard == ["lifespan.shutdown"]
