"""Tasks that outlive the connection they were started from."""

from __future__ import annotations

import asyncio
import gc
import inspect
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import Context
from typing import TYPE_CHECKING

import anyio
import pytest
from anyio.abc import TaskGroup

from anyws import App, Request, Response, WebSocket
from anyws.testing import ASGIConductor, LeakedTask, LeakedTasksError, wait_all_tasks_blocked
from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp, Receive, Scope, Send

on_asyncio = pytest.mark.parametrize(
    "anyio_backend",
    [
        pytest.param(("asyncio", {"use_uvloop": False}), id="asyncio"),
        pytest.param(("asyncio", {"use_uvloop": True}), id="uvloop"),
    ],
)


async def push() -> None:
    """Work for a client, and never ask whether it is there."""
    await anyio.sleep_forever()


class Owner:
    """A task group that is stored where every connection finds it."""

    group: TaskGroup

    def start(self, function: Callable[[], Coroutine[object, object, None]] = push) -> int:
        """Start a task, and give the number of the line that does."""
        self.group.start_soon(function)
        return inspect.stack()[0].lineno - 1

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Owner]:
        async with anyio.create_task_group() as self.group:
            yield self
            self.group.cancel_scope.cancel()


def starting(start: Callable[[], object]) -> ASGIApp:
    """An application that starts something on each of its connections."""

    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        start()
        await apps.until_left(scope, receive, send)

    return apps.accepting(talk)


async def test_a_task_in_a_group_of_somebody_else_is_found_when_its_connection_is_over() -> None:
    async with Owner().open() as owner:
        conductor = ASGIConductor(starting(owner.start))
        with pytest.raises(LeakedTasksError, match="a task has outlived the connection") as caught:
            async with conductor:
                async with conductor.simulate_ws("/feed"):
                    await wait_all_tasks_blocked()
                    assert conductor.leaks() == []
                [leak] = conductor.leaks()
        assert caught.value.tasks == (leak,)
    assert leak.name == "tests.testing.test_leaks.push"
    assert leak.connection == "#1 WS /feed"
    file, _, line = leak.started_at.rpartition(":")
    assert file == __file__
    assert (
        inspect.getsourcelines(Owner.start)[1] < int(line) < inspect.getsourcelines(Owner.open)[1]
    )
    assert leak.waits_at.count("in push") == 1
    assert str(leak) in str(caught.value)


@on_asyncio
async def test_a_task_of_asyncios_own_is_found_named_and_cancelled() -> None:
    tasks: list[asyncio.Task[None]] = []
    conductor = ASGIConductor(starting(lambda: tasks.append(asyncio.create_task(push()))))
    with pytest.raises(LeakedTasksError) as caught:
        async with conductor, conductor.simulate_ws():
            pass
    [leak] = caught.value.tasks
    assert leak.name == "push"
    assert leak.started_at.startswith(f"{__file__}:")
    assert "in push" in leak.waits_at
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]


@on_asyncio
async def test_a_task_that_was_given_another_context_is_found_as_well() -> None:
    def start() -> None:
        tasks.append(asyncio.create_task(push(), name="pusher", context=Context()))

    tasks: list[asyncio.Task[None]] = []
    with pytest.raises(LeakedTasksError) as caught:
        async with ASGIConductor(starting(start)) as conductor, conductor.simulate_ws():
            pass
    assert [leak.name for leak in caught.value.tasks] == ["pusher"]


@on_asyncio
async def test_a_factory_of_somebody_else_goes_on_making_the_tasks() -> None:
    made: list[str] = []

    def factory(loop: asyncio.AbstractEventLoop, coro: object, **options: object) -> object:
        made.append(coro.__qualname__)  # type: ignore[attr-defined]  # a coroutine has one
        return asyncio.Task(coro, loop=loop, **options)  # type: ignore[arg-type]  # as it was given

    loop = asyncio.get_running_loop()
    loop.set_task_factory(factory)  # type: ignore[arg-type]  # as loose as asyncio's own
    try:
        with pytest.raises(LeakedTasksError):
            async with (
                ASGIConductor(starting(lambda: asyncio.create_task(push()))) as conductor,
                conductor.simulate_ws(),
            ):
                pass
        assert loop.get_task_factory() is factory
        assert "push" in made
    finally:
        loop.set_task_factory(None)


async def test_what_a_leak_starts_is_a_leak() -> None:
    async def push_twice() -> None:
        owner.start()
        await push()

    async with Owner().open() as owner:
        with pytest.raises(LeakedTasksError, match="2 tasks have outlived"):
            async with (
                ASGIConductor(starting(lambda: owner.start(push_twice))) as conductor,
                conductor.simulate_ws(),
            ):
                pass


async def test_tasks_of_requests_are_looked_for_too() -> None:
    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        owner.start()
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    async with Owner().open() as owner:
        with pytest.raises(LeakedTasksError) as caught:
            async with ASGIConductor(apps.app_of(talk)) as conductor:
                await conductor.simulate_post("/orders")
                async with conductor.simulate_get_stream("/orders"):
                    pass
    assert sorted(leak.connection for leak in caught.value.tasks) == [
        "#1 POST /orders",
        "#2 GET /orders",
    ]


async def test_a_task_that_ends_in_time_is_no_leak() -> None:
    async def work() -> None:
        await done.wait()

    done = anyio.Event()
    async with (
        Owner().open() as owner,
        ASGIConductor(starting(lambda: owner.start(work))) as conductor,
    ):
        async with conductor.simulate_ws():
            pass
        assert len(conductor.leaks()) == 1
        done.set()
        await wait_all_tasks_blocked()
        assert conductor.leaks() == []


async def test_a_task_that_is_about_to_end_has_some_turns_for_it() -> None:
    async def work() -> None:
        await done.wait()
        await anyio.lowlevel.checkpoint()

    done = anyio.Event()
    async with (
        Owner().open() as owner,
        ASGIConductor(starting(lambda: owner.start(work))) as conductor,
    ):
        async with conductor.simulate_ws():
            pass
        done.set()
        assert len(conductor.leaks()) == 1


async def test_a_task_that_is_meant_to_go_on_may_be_allowed_by_its_name() -> None:
    async with Owner().open() as owner:
        names = ["tests.testing.test_leaks.push"]
        async with (
            ASGIConductor(starting(owner.start), may_outlive=names) as conductor,
            conductor.simulate_ws(),
        ):
            pass


async def test_tasks_that_nobody_started_from_a_connection_are_nobodys_leak() -> None:
    async with Owner().open() as owner:
        async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws():
            owner.start()
        assert owner.group.cancel_scope.cancel_called is False


async def test_a_task_in_the_care_of_another_connection_is_no_leak_while_that_lasts() -> None:
    groups: dict[str, TaskGroup] = {}

    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group() as group:
            groups[scope["path"]] = group
            if scope["path"] == "/guest":
                groups["/host"].start_soon(push)
            await apps.until_left(scope, receive, send)
            group.cancel_scope.cancel()

    async with ASGIConductor(apps.accepting(talk)) as conductor, conductor.simulate_ws("/host"):
        async with conductor.simulate_ws("/guest"):
            pass
        assert conductor.leaks() == []


async def test_the_exception_of_a_test_goes_before_a_leak_which_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Owner().open() as owner:
        with pytest.raises(KeyError, match="of the test"):
            async with ASGIConductor(starting(owner.start)) as conductor:
                async with conductor.simulate_ws():
                    pass
                raise KeyError("of the test")
    assert "test_leaks.push, started at" in caplog.text


async def test_a_failed_shutdown_goes_before_a_leak_which_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.failed", "message": "still busy"})
            return
        await starting(owner.start)(scope, receive, send)

    async with Owner().open() as owner:
        with pytest.raises(RuntimeError, match="still busy"):
            async with ASGIConductor(app) as conductor, conductor.simulate_ws():
                pass
    assert "test_leaks.push, started at" in caplog.text


async def test_two_conductors_find_their_own_leaks() -> None:
    async with Owner().open() as owner:
        app = starting(owner.start)
        async with ASGIConductor(apps.echo) as clean, clean.simulate_ws():
            leaky = ASGIConductor(app)
            with pytest.raises(LeakedTasksError):
                async with leaky:
                    async with leaky.simulate_ws():
                        pass
                    assert len(leaky.leaks()) == 1
                    assert clean.leaks() == []


async def test_a_connection_that_has_ended_is_not_kept_alive() -> None:
    async def ended() -> None:
        await anyio.lowlevel.checkpoint()

    async with (
        Owner().open() as owner,
        ASGIConductor(starting(lambda: owner.start(ended))) as conductor,
    ):
        async with conductor.simulate_ws() as ws:
            await wait_all_tasks_blocked()
        gone = weakref.ref(ws)
        del ws
        gc.collect()
        assert gone() is None


class Service:
    """A resource whose responders start tasks in one place or another."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.scheduled = anyio.Event()

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(push)
        await ws.wait_disconnected()

    async def on_websocket_app(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        self._app.task_group.start_soon(self._work)
        await self._app.task_group.start(self._begin)
        await ws.wait_disconnected()

    async def on_post(self, req: Request, resp: Response) -> None:
        resp.schedule(self.scheduled.wait)

    async def _work(self) -> None:
        # What it starts itself, at any depth, is the application's as well.
        async with anyio.create_task_group() as group:
            group.start_soon(self._work_deeper, group)

    async def _work_deeper(self, group: TaskGroup) -> None:
        group.start_soon(push)
        await push()

    async def _begin(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        task_status.started()
        await push()


@pytest.fixture
def app() -> App:
    app = App()
    service = Service(app)
    app.add_route("/own", service)
    app.add_route("/app", service, suffix="app")
    return app


async def test_tasks_of_the_connections_own_group_are_no_leaks(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        async with conductor.simulate_ws("/own"):
            await wait_all_tasks_blocked()
        assert conductor.leaks() == []


async def test_tasks_in_the_applications_group_belong_to_it_and_so_does_what_they_start(
    app: App,
) -> None:
    async with ASGIConductor(app) as conductor:
        async with conductor.simulate_ws("/app"):
            await wait_all_tasks_blocked()
        assert conductor.leaks() == []


async def test_what_a_response_schedules_belongs_to_the_application() -> None:
    app = App()
    service = Service(app)
    app.add_route("/", service)
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_post("/")
        assert conductor.leaks() == []
        service.scheduled.set()


def test_a_leak_tells_all_that_is_known_of_it() -> None:
    leak = LeakedTask("push", "/app.py:7", "#1 WS /feed", '  File "/app.py", line 3, in push')
    error = LeakedTasksError([leak])
    assert str(error) == (
        "a task has outlived the connection it was started from:\n"
        "push, started at /app.py:7 from within #1 WS /feed, waits at\n"
        '  File "/app.py", line 3, in push\n'
        "Start it in ws.task_group, where it ends with the connection, or in app.task_group, "
        "where it is meant to go on"
    )


@pytest.mark.parametrize("anyio_backend", [pytest.param(("trio", {}), id="trio")])
async def test_leaks_are_found_on_a_trio_that_cannot_be_asked_whether_it_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Trio has had `in_trio_run()` since its version 0.29."""
    monkeypatch.delattr("trio.lowlevel.in_trio_run", raising=False)
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws():
        assert conductor.leaks() == []
