"""What every test shares: the backends, as parameters."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.waits import WaitsForTimers, may_wait

Backend = tuple[str, dict[str, object]]

BACKENDS = [
    pytest.param(("asyncio", {"use_uvloop": False}), id="asyncio"),
    pytest.param(("asyncio", {"use_uvloop": True}), id="uvloop"),
    pytest.param(("trio", {}), id="trio"),
]

# uvloop's clock cannot be replaced.
VIRTUAL_BACKENDS = [BACKENDS[0], BACKENDS[2]]


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> Generator[Backend, None, None]:
    """The event loop that an `async def` test runs on: each of the three in turn.

    A test that waits for real time fails on Trio, where it can be seen; it would wait on the
    others as well.
    """
    name, options = request.param
    if name != "trio" or "instruments" in options or may_wait(request.path):
        yield name, options
        return
    waits = WaitsForTimers()
    yield name, {**options, "instruments": [waits]}
    if waits.seconds:
        pytest.fail(
            f"the test has waited for timers for {waits.seconds:.3f} s of real time: wait for "
            'what it waits for, or mark it with @pytest.mark.anyws_clock("virtual")',
            pytrace=False,
        )


@pytest.fixture
def backend_name(anyio_backend: Backend) -> str:
    """The backend's name, as `--backend` spells it."""
    return _name(anyio_backend)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--backend`, which may be given more than once."""
    parser.addoption(
        "--backend",
        action="append",
        choices=["asyncio", "uvloop", "trio"],
        help="run the tests of this backend, and those that need none (default: all backends)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests that are marked for the virtual clock on the backends that can have it."""
    marker = metafunc.definition.get_closest_marker("anyws_clock")
    if marker is None or marker.args != ("virtual",):
        return
    if "anyio_backend" in metafunc.fixturenames:
        backends = pytest.mark.parametrize("anyio_backend", VIRTUAL_BACKENDS, indirect=True)
        metafunc.definition.add_marker(backends)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of the backends that were not asked for."""
    wanted: list[str] | None = config.getoption("--backend")
    if wanted is None:
        return
    kept = [item for item in items if _backend_of(item) in (None, *wanted)]
    config.hook.pytest_deselected(items=set(items).difference(kept))
    items[:] = kept


def _backend_of(item: pytest.Item) -> str | None:
    """The backend that a test runs on, None where it has no event loop."""
    callspec = getattr(item, "callspec", None)
    if callspec is None or "anyio_backend" not in callspec.params:
        return None
    return _name(callspec.params["anyio_backend"])


def _name(backend: str | Backend) -> str:
    if isinstance(backend, str):
        return backend
    name, options = backend
    return "uvloop" if options.get("use_uvloop") else name
