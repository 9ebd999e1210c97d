"""Startup and shutdown of an application: their order, their failures, their answers."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from anyws import App, UnsupportedScopeError
from tests.app.lifespans import STARTED, STOPPED, LifespanServer, Managed, Service, manager
from tests.websocket.scripted import Event


def services(log: list[str], *names: str, **failing: str) -> list[Service]:
    return [Service(name, log, fails=failing.get(name, "")) for name in names]


async def run(app: App, **scope: Any) -> list[Event]:
    """Start an application and shut it down; give its two answers."""
    async with LifespanServer(app, **scope) as server:
        await server.startup()
        await server.shutdown()
    return server.sent


async def fail_to_start(app: App, **scope: Any) -> str:
    """Start an application that can't; it returns, and this gives the message."""
    async with LifespanServer(app, **scope) as server:
        answer = await server.startup()
        assert answer["type"] == "lifespan.startup.failed"
        assert server.done
    assert server.sent == [answer]
    message: str = answer["message"]
    return message


async def fail_to_stop(app: App) -> str:
    """Shut an application down that can't; it returns, and this gives the message."""
    [started, answer] = await run(app)
    assert started == STARTED
    assert answer["type"] == "lifespan.shutdown.failed"
    message: str = answer["message"]
    return message


async def test_an_application_without_services_starts_and_stops() -> None:
    assert await run(App()) == [STARTED, STOPPED]


async def test_components_start_in_order_and_shut_down_in_reverse() -> None:
    log: list[str] = []
    assert await run(App(middleware=services(log, "a", "b", "c"))) == [STARTED, STOPPED]
    assert log == ["start a", "start b", "start c", "stop c", "stop b", "stop a"]


async def test_components_get_the_scope_and_the_event() -> None:
    class Curious:
        async def process_startup(self, scope: Event, event: Event) -> None:
            seen.append((scope, event))

        async def process_shutdown(self, scope: Event, event: Event) -> None:
            seen.append((scope, event))

    seen: list[tuple[Event, Event]] = []
    async with LifespanServer(App(middleware=Curious())) as server:
        await server.startup()
        await server.shutdown()
    assert [event for _, event in seen] == [
        {"type": "lifespan.startup"},
        {"type": "lifespan.shutdown"},
    ]
    assert all(scope is server.scope for scope, _ in seen)


async def test_a_component_may_have_one_of_the_two_methods() -> None:
    class Starting:
        async def process_startup(self, scope: Event, event: Event) -> None:
            log.append("start")

    class Stopping:
        async def process_shutdown(self, scope: Event, event: Event) -> None:
            log.append("stop")

    log: list[str] = []
    assert await run(App(middleware=[Starting(), Stopping()])) == [STARTED, STOPPED]
    assert log == ["start", "stop"]


async def test_nothing_is_started_before_the_server_asks_for_it() -> None:
    log: list[str] = []
    async with LifespanServer(App(middleware=services(log, "a"))) as server:
        assert log == []
        await server.startup()
        assert log == ["start a"]
        await server.shutdown()


async def test_the_first_failing_startup_is_reported_with_its_traceback() -> None:
    log: list[str] = []
    app = App(middleware=services(log, "a", "b", "c", b="start"))
    message = await fail_to_start(app)
    assert "Traceback" in message
    assert "LookupError: b can't start" in message
    assert "in process_startup" in message
    assert "start c" not in log


async def test_a_failed_startup_shuts_down_in_reverse_those_that_had_started() -> None:
    log: list[str] = []
    app = App(middleware=services(log, "a", "b", "c", c="start"))
    await fail_to_start(app)
    assert log == ["start a", "start b", "start c", "stop b", "stop a"]


async def test_a_failed_startup_shuts_all_down_and_reports_what_fails_on_the_way() -> None:
    log: list[str] = []
    app = App(middleware=services(log, "a", "b", "c", b="stop", c="start"))
    message = await fail_to_start(app)
    assert log[-2:] == ["stop b", "stop a"]
    assert message.index("c can't start") < message.index("b can't stop")


async def test_all_are_shut_down_even_if_one_fails_and_the_failure_is_reported() -> None:
    log: list[str] = []
    message = await fail_to_stop(App(middleware=services(log, "a", "b", "c", b="stop")))
    assert log[-3:] == ["stop c", "stop b", "stop a"]
    assert "Traceback" in message
    assert "LookupError: b can't stop" in message


async def test_a_failed_shutdown_is_reported_with_the_tracebacks_of_all_that_failed() -> None:
    app = App(middleware=services([], "a", "b", "c", a="stop", c="stop"))
    message = await fail_to_stop(app)
    assert message.index("LookupError: c can't stop") < message.index("LookupError: a can't stop")
    assert message.count("Traceback") == 2


async def test_the_lifespan_is_entered_before_the_components_and_left_after_them() -> None:
    log: list[str] = []
    app = App(middleware=services(log, "a"), lifespan=manager(log))
    assert await run(app) == [STARTED, STOPPED]
    assert log == ["enter app", "start a", "stop a", "leave app"]


async def test_the_lifespan_takes_the_application() -> None:
    apps: list[App] = []
    log: list[str] = []

    def lifespan(app: App) -> Any:
        apps.append(app)
        return manager(log)(app)

    app = App(lifespan=lifespan)
    await run(app)
    assert apps == [app]


async def test_a_components_lifespan_has_its_place_among_the_other_components() -> None:
    log: list[str] = []
    app = App(middleware=[Service("a", log), Managed("b", log), Service("c", log)])
    assert await run(app) == [STARTED, STOPPED]
    assert log == ["start a", "enter b", "start c", "stop c", "leave b", "stop a"]


async def test_a_lifespan_that_cannot_be_entered_is_a_failed_startup() -> None:
    log: list[str] = []
    app = App(middleware=services(log, "a"), lifespan=manager(log, fails="enter"))
    assert "LookupError: app can't enter" in await fail_to_start(app)
    assert log == ["enter app"]


async def test_a_lifespan_is_left_when_a_component_cannot_start() -> None:
    log: list[str] = []
    app = App(middleware=services(log, "a", a="start"), lifespan=manager(log))
    assert "a can't start" in await fail_to_start(app)
    assert log == ["enter app", "start a", "leave app"]


async def test_a_lifespan_that_cannot_be_left_is_a_failed_shutdown() -> None:
    log: list[str] = []
    app = App(middleware=Managed("b", log, fails="leave"), lifespan=manager(log, fails="leave"))
    message = await fail_to_stop(app)
    assert message.index("b can't leave") < message.index("app can't leave")
    assert log == ["enter app", "enter b", "leave b", "leave app"]


async def test_an_application_can_be_started_again_after_its_shutdown() -> None:
    log: list[str] = []
    app = App(middleware=services(log, "a"))
    assert await run(app) == await run(app) == [STARTED, STOPPED]
    assert log == ["start a", "stop a"] * 2


async def test_events_that_the_lifespan_does_not_know_are_ignored() -> None:
    log: list[str] = []
    async with LifespanServer(App(middleware=services(log, "a"))) as server:
        server.push("lifespan.weather")
        assert await server.startup() == STARTED
        server.push("lifespan.weather")
        server.push("lifespan.reload")
        assert await server.shutdown() == STOPPED
    assert log == ["start a", "stop a"]


@pytest.mark.parametrize("version", ["1.0", "1.7", "2.0", "2.10", None])
async def test_a_lifespan_of_version_1_or_2_is_served_and_1_0_is_the_default(
    version: str | None,
) -> None:
    asgi = {"version": "3.0"} | ({} if version is None else {"spec_version": version})
    assert await run(App(), asgi=asgi) == [STARTED, STOPPED]


@pytest.mark.parametrize("version", ["0.9", "3.0", "10.0", "2", "2.x", ""])
async def test_a_lifespan_of_another_version_is_an_unsupported_scope(version: str) -> None:
    server = LifespanServer(App(), asgi={"version": "3.0", "spec_version": version})
    with pytest.raises(UnsupportedScopeError, match="lifespan"):
        async with server:
            assert server.done
    assert server.sent == []


@pytest.mark.parametrize("version", ["2.0", "2.1", "4.0", "30.0"])
async def test_a_server_of_another_asgi_version_is_told_which_one_is_needed(version: str) -> None:
    log: list[str] = []
    app = App(middleware=services(log, "a"), lifespan=manager(log))
    message = await fail_to_start(app, asgi={"version": version, "spec_version": "2.0"})
    assert message.startswith("anyws requires ASGI version 3.x")
    assert version in message
    assert log == []


async def test_the_lifespans_scope_stays_as_the_server_made_it() -> None:
    server = LifespanServer(App(lifespan=manager([], yielded={"a": 1})))
    before = copy.deepcopy(server.scope)
    async with server:
        await server.startup()
        await server.shutdown()
    assert server.scope == before
