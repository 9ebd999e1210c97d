"""What can be given as a lifespan, and what is refused where it is given."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from anyws import App, CompatibilityError
from tests.app.lifespans import STARTED, LifespanServer


async def coroutine_function(app: object) -> None: ...


async def undecorated(app: object) -> AsyncIterator[None]:
    yield


def generator(app: object) -> Iterator[None]:
    yield


class WithLifespan:
    def __init__(self, lifespan: object) -> None:
        self.lifespan = lifespan


MISTAKES = [
    coroutine_function,
    undecorated,
    functools.partial(undecorated, 1),
    generator,
    asynccontextmanager(undecorated)(None),
    "lifespan",
]


@pytest.mark.parametrize("lifespan", MISTAKES)
def test_a_lifespan_that_gives_no_context_manager_is_refused_where_it_is_given(
    lifespan: Any,
) -> None:
    with pytest.raises(
        TypeError, match=r"^lifespan is .* decorate it with contextlib\.asyncconte"
    ):
        App(lifespan=lifespan)


@pytest.mark.parametrize("lifespan", MISTAKES)
def test_a_component_with_such_a_lifespan_is_refused_where_it_is_added(lifespan: object) -> None:
    with pytest.raises(CompatibilityError, match=r"WithLifespan\.lifespan is not a function"):
        App().add_middleware(WithLifespan(lifespan))


class Manager:
    """A class whose instances are context managers can stand for a function that gives one."""

    def __init__(self, app: App) -> None: ...

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *args: object) -> None: ...


@pytest.mark.parametrize(
    "lifespan",
    [Manager, asynccontextmanager(undecorated), lambda app: asynccontextmanager(undecorated)(app)],
)
async def test_whatever_gives_an_asynchronous_context_manager_is_a_lifespan(
    lifespan: Callable[[App], Any],
) -> None:
    async with LifespanServer(App(lifespan=lifespan)) as server:
        assert await server.startup() == STARTED
        await server.shutdown()


async def test_a_plain_context_manager_fails_the_startup_with_the_remedy() -> None:
    lifespan: Any = contextmanager(generator)
    async with LifespanServer(App(lifespan=lifespan)) as server:
        answer = await server.startup()
    assert answer["type"] == "lifespan.startup.failed"
    assert "no asynchronous context manager: decorate the function with" in answer["message"]


@pytest.mark.parametrize("media_type", [[], None, Manager])
def test_another_argument_in_the_place_of_the_media_type_is_named(media_type: Any) -> None:
    with pytest.raises(TypeError, match=r"^media_type is .* its name, as in App\(middleware=…\)$"):
        App(media_type)
