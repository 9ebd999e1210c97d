"""The pytest plugin: fixtures, a clock for each test, and the wire in the report of a failure."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Generator
from typing import Final, TypeAlias

import pytest
from anyio.pytest_plugin import extract_backend_and_options, get_runner

from anyws._asgi.types import ASGIApp
from anyws.testing.clock import Clock, check_clock, running_clock, virtual_clock
from anyws.testing.conductor import ASGIConductor
from anyws.testing.journal import Collection, Entry, Journal, collected, render
from anyws.testing.shuffling import tell_seed

Backend: TypeAlias = tuple[str, dict[str, object]]

CONDUCTORS_SHOWN: Final = 3
"""The conductors of a test whose wires are shown, the last ones: Hypothesis makes hundreds."""

_collection: Final = pytest.StashKey[Collection]()


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the marker."""
    config.addinivalue_line(
        "markers",
        'anyws_clock(name): run an asynchronous test on the "virtual" clock, whose time jumps '
        'whenever no task can run, or on the "real" one.',
    )


@pytest.fixture
def anyws_backend(
    anyio_backend: object, request: pytest.FixtureRequest
) -> Generator[Backend, None, None]:
    """The backend that the test runs on: its name, and the options that AnyIO runs it with.

    It is what the fixture `anyio_backend` says, with the clock of the test's marker.
    """
    name, options = extract_backend_and_options(anyio_backend)
    clock = _marked_clock(request.node)
    if clock != "virtual":
        yield name, options
        return
    options = {**options, **virtual_clock(name)}
    with get_runner(name, options) as runner:
        if runner.run_fixture(_running_clock, {}) != "virtual":
            raise RuntimeError(
                "the test is marked to run on the virtual clock, but an asynchronous fixture of a "
                "wider scope has started the event loop on the real one: give that fixture the "
                "scope of a function"
            )
        yield name, options


@pytest.fixture
async def conductor(
    request: pytest.FixtureRequest, app: ASGIApp, anyws_backend: Backend
) -> AsyncGenerator[ASGIConductor, None]:
    """An `ASGIConductor` that runs what your fixture `app` returns, until the test ends."""
    # What Hypothesis makes of an asynchronous test is none, and is AnyIO's plugin's to run.
    if not _is_asynchronous(request) and not hasattr(request.function, "hypothesis"):
        raise RuntimeError(
            "the fixture `conductor` is for tests that can await it: write `async def`, or use "
            "anyws.testing.TestClient, which needs no `await`"
        )
    async with ASGIConductor(app) as conductor:
        yield conductor


@pytest.fixture(autouse=True)
def _anyws_clock(request: pytest.FixtureRequest) -> None:
    # Fixtures of a plugin that are used by every test come before all others of their scope, so
    # that the event loop has its clock when the first asynchronous fixture runs.
    if _marked_clock(request.node) is None:
        return
    if "anyio_backend" in request.fixturenames:
        request.getfixturevalue("anyws_backend")
    elif _is_asynchronous(request):
        raise RuntimeError(
            "the marker anyws_clock is for tests that AnyIO's pytest plugin runs: mark the test "
            'with @pytest.mark.anyio, or set anyio_mode = "auto"'
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Collect what goes over the wire while the test and its fixtures run."""
    with collected() as collection:
        item.stash[_collection] = collection
        try:
            return (yield)
        finally:
            # pytest keeps its items to the end.
            collection.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a failure what went over the wire, and what a fixture is missing."""
    report = yield
    if report.failed:
        wires = _render_wires(item.stash[_collection])
        report.sections.extend((f"anyws: the wire{which}", wire) for which, wire in wires)
        if call.excinfo is not None and _is_missing_app(item, call.excinfo.value):
            report.sections.append(("anyws", _NO_APP))
    return report


_NO_APP: Final = """\
The fixture `conductor` runs the application that a fixture `app` returns. Define one:

    @pytest.fixture
    def app() -> App:
        return App()
"""


def _is_missing_app(item: pytest.Item, error: BaseException) -> bool:
    if not isinstance(error, pytest.FixtureLookupError) or error.argname != "app":
        return False
    return isinstance(item, pytest.Function) and "conductor" in item.fixturenames


def _marked_clock(node: pytest.Item) -> Clock | None:
    """The clock that the marker nearest to a test names."""
    marker = node.get_closest_marker("anyws_clock")
    if marker is None:
        return None
    if marker.kwargs or len(marker.args) != 1:
        raise TypeError(f'the marker anyws_clock takes one name, "virtual" or "real": {marker}')
    return check_clock(marker.args[0])


def _is_asynchronous(request: pytest.FixtureRequest) -> bool:
    return inspect.iscoroutinefunction(getattr(request, "function", None))


async def _running_clock() -> Clock:
    return running_clock()


def _render_wires(collection: Collection) -> list[tuple[str, str]]:
    """Show each conductor's wire, with what tells it from the others where there are several."""
    entries: dict[Journal, list[Entry]] = {}
    for journal, entry in collection:
        entries.setdefault(journal, []).append(entry)
    wires = [_render_wire(journal, wire) for journal, wire in entries.items()]
    if len(wires) == 1:
        return [("", wires[0])]
    numbered = list(enumerate(wires, 1))
    return [(f" of conductor {number}", wire) for number, wire in numbered[-CONDUCTORS_SHOWN:]]


def _render_wire(journal: Journal, wire: list[Entry]) -> str:
    """Show a wire, and the seed: the failure of a test does not pass through a fixture."""
    shown = render(wire)
    return shown if journal.seed is None else f"{shown}\n{tell_seed(journal.seed)}"
