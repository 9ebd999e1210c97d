"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
import anyio
import pytest

from anyws import App


class Heartbeat:
    async def on_websocket(self, req, ws):
        await ws.accept()
        with ws.move_on_disconnect():
            for beat in range(1, 1000):
                await anyio.sleep(30)
                await ws.send_json({"beat": beat})


@pytest.fixture
def app():
    app = App()
    app.add_route("/heartbeat", Heartbeat())
    return app
"""

INI = """
[pytest]
anyio_mode = auto
filterwarnings = error
addopts = --strict-markers --strict-config -p no:cacheprovider
"""

AN_HOUR = """
import anyio
import pytest

pytestmark = pytest.mark.anyws_clock("virtual")


async def test_an_hour(conductor):
    async with conductor.simulate_ws("/heartbeat") as ws:
        for _ in range(120):
            await ws.receive_json()
    assert anyio.current_time() == 3600
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project that tests an application of its own."""
    pytester.makeini(INI)
    pytester.makeconftest(CONFTEST)
    return pytester


def run(project: pytest.Pytester, *args: str) -> pytest.RunResult:
    return project.runpytest_inprocess("-v", "--tb=short", *args)


def test_the_conductor_runs_the_projects_app_on_each_backend(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        async def test_the_path_is_missing(conductor, app):
            assert conductor.app is app
            assert (await conductor.simulate_get("/")).status_code == 404
        """
    )
    result = run(project)
    result.stdout.fnmatch_lines(["*missing[[]asyncio[]] PASSED*", "*missing[[]trio[]] PASSED*"])
    result.assert_outcomes(passed=2)


def test_pytest_finds_the_plugin_by_itself(project: pytest.Pytester) -> None:
    project.makepyfile(AN_HOUR)
    project.runpytest_subprocess(timeout=60).assert_outcomes(passed=2)


def test_without_an_app_the_error_says_what_is_missing(pytester: pytest.Pytester) -> None:
    pytester.makeini(INI)
    pytester.makepyfile("async def test_nothing(conductor): pass")
    result = run(pytester)
    result.stdout.fnmatch_lines(
        [
            "*fixture 'app' not found*",
            "*anyws*",
            "The fixture `conductor` runs the application that a fixture `app` returns*",
        ]
    )
    result.assert_outcomes(errors=2)


def test_a_marked_test_runs_on_the_virtual_clock_of_each_backend(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(AN_HOUR)
    run(project).assert_outcomes(passed=2)


def test_a_nearer_marker_wins(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from anyws.testing.clock import running_clock

        pytestmark = pytest.mark.anyws_clock("virtual")

        async def test_virtual():
            assert running_clock() == "virtual"

        @pytest.mark.anyws_clock("real")
        async def test_real():
            assert running_clock() == "real"

        def test_neither():
            pass
        """
    )
    run(project).assert_outcomes(passed=5)


def test_each_test_begins_at_zero(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import anyio
        import pytest

        @pytest.mark.anyws_clock("virtual")
        @pytest.mark.parametrize("number", range(3))
        async def test_a_minute(number):
            assert anyio.current_time() == 0
            await anyio.sleep(60)
        """
    )
    run(project).assert_outcomes(passed=6)


@pytest.mark.parametrize(
    ("backend", "name"),
    [
        ("'asyncio'", "asyncio"),
        ("'trio'", "trio"),
        ("('asyncio', {'debug': True})", "asyncio"),
        ("('asyncio', {'use_uvloop': True})", "asyncio"),
        ("('trio', {'restrict_keyboard_interrupt_to_checkpoints': True})", "trio"),
    ],
)
@pytest.mark.parametrize("scope", ["function", "session"])
def test_the_projects_own_backend_is_kept_but_for_its_clock(
    project: pytest.Pytester, backend: str, name: str, scope: str
) -> None:
    project.makepyfile(
        f"""
        import pytest

        @pytest.fixture(scope={scope!r})
        def anyio_backend():
            return {backend}

        @pytest.mark.anyws_clock("virtual")
        async def test_the_backend(anyio_backend, anyws_backend):
            name, options = anyws_backend
            assert name == {name!r}
            if isinstance(anyio_backend, tuple):
                assert anyio_backend[1].items() <= options.items()

        async def test_no_marker(anyio_backend, anyws_backend):
            given = anyio_backend if isinstance(anyio_backend, tuple) else (anyio_backend, {{}})
            assert anyws_backend == given
        """
    )
    run(project).assert_outcomes(passed=2)


def test_asynchronous_fixtures_run_on_the_clock_of_their_test(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import anyio
        import pytest
        from anyws.testing.clock import running_clock

        @pytest.fixture(autouse=True)
        async def always():
            assert running_clock() == "virtual"

        @pytest.fixture
        async def an_hour_later():
            await anyio.sleep(3600)
            yield
            await anyio.sleep(3600)
            assert anyio.current_time() == 7200

        @pytest.mark.anyws_clock("virtual")
        async def test_later(an_hour_later):
            assert anyio.current_time() == 3600
        """
    )
    run(project).assert_outcomes(passed=2)


def test_a_loop_that_runs_on_the_real_clock_already_is_an_error(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="module")
        async def for_all_tests():
            yield

        @pytest.mark.anyws_clock("virtual")
        async def test_the_clock(for_all_tests):
            pass
        """
    )
    result = run(project)
    result.stdout.fnmatch_lines(["*an asynchronous fixture of a wider scope has started*"])
    result.assert_outcomes(errors=2)


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ('anyws_clock("fast")', "*clock='fast' is not known*"),
        ("anyws_clock", "*the marker anyws_clock takes one name*"),
        ('anyws_clock("virtual", "real")', "*the marker anyws_clock takes one name*"),
        ('anyws_clock(clock="virtual")', "*the marker anyws_clock takes one name*"),
        ('anyws_clock("virtual", fast=True)', "*the marker anyws_clock takes one name*"),
    ],
)
def test_a_marker_that_makes_no_sense_is_an_error(
    project: pytest.Pytester, mark: str, message: str
) -> None:
    project.makepyfile(
        f"""
        import pytest

        @pytest.mark.{mark}
        async def test_nothing():
            pass
        """
    )
    result = run(project)
    result.stdout.fnmatch_lines([message])
    result.assert_outcomes(errors=2)


def test_a_marked_test_that_another_plugin_runs_is_an_error(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\n")
    project.makepyfile(
        """
        import pytest

        @pytest.mark.trio
        @pytest.mark.anyws_clock("virtual")
        async def test_nothing():
            pass
        """
    )
    result = run(project)
    result.stdout.fnmatch_lines(["*is for tests that AnyIO's pytest plugin runs*"])
    result.assert_outcomes(errors=1)


def test_the_tests_of_pytest_trio_and_synchronous_ones_are_left_alone(
    project: pytest.Pytester,
) -> None:
    pytest.importorskip("pytest_trio")
    project.makeini("[pytest]\nfilterwarnings = error\n")
    project.makepyfile(
        """
        import anyio
        import pytest
        import trio

        @pytest.mark.trio
        async def test_of_pytest_trio(autojump_clock):
            await trio.sleep(3600)
            assert autojump_clock.current_time() == 3600

        @pytest.mark.anyio
        @pytest.mark.anyws_clock("virtual")
        async def test_of_anyio(conductor):
            await anyio.sleep(3600)
            assert anyio.current_time() == 3600

        def test_of_pytest():
            pass
        """
    )
    run(project).assert_outcomes(passed=4)


def test_a_failure_shows_what_went_over_the_wire_and_when(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.anyws_clock("virtual")
        async def test_two_clients(conductor):
            async with (
                conductor.simulate_ws("/heartbeat") as one,
                conductor.simulate_ws("/heartbeat") as two,
            ):
                await one.receive_json()
                await two.receive_json()
                await two.close(1000)
                await one.receive_json()
                pytest.fail("see the wire")
        """
    )
    result = run(project)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    for name in ("asyncio", "trio"):
        result.stdout.fnmatch_lines(
            [
                f"*test_two_clients[[]{name}[]]*",
                "*Failed: see the wire",
                "*- anyws: the wire -*",
                " *0.000000  #1 WS /heartbeat  -->  websocket.connect",
                " *0.000000  #2 WS /heartbeat  -->  websocket.connect",
                " *30.000000  #?* WS /heartbeat  <--  websocket.send text='{\"beat\":1}'",
                " *30.000000  #2 WS /heartbeat  -->  websocket.disconnect code=1000",
                " *60.000000  #1 WS /heartbeat  <--  websocket.send text='{\"beat\":2}'",
            ]
        )


def test_a_test_that_passes_shows_nothing(project: pytest.Pytester) -> None:
    project.makepyfile(AN_HOUR)
    result = run(project, "-rA")
    result.stdout.no_fnmatch_line("*the wire*")


def test_each_conductors_wire_is_shown_and_only_that_of_the_failing_test(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        from anyws.testing import ASGIConductor

        async def test_before(conductor):
            await conductor.simulate_get("/before")

        async def test_of_two(app, conductor):
            await conductor.simulate_get("/one")
            async with ASGIConductor(app) as other:
                await other.simulate_get("/two")
            assert False
        """
    )
    result = run(project)
    result.stdout.fnmatch_lines(
        [
            "*- anyws: the wire of conductor 1 -*",
            "*GET /one*",
            "*- anyws: the wire of conductor 2 -*",
            "*GET /two*",
        ]
    )
    result.stdout.no_fnmatch_line("*/before*")


def test_a_failure_without_a_conductor_shows_no_wire(project: pytest.Pytester) -> None:
    project.makepyfile("def test_nothing(): assert False")
    result = run(project)
    result.stdout.no_fnmatch_line("*the wire*")
    result.assert_outcomes(failed=1)


def test_a_fixture_of_the_projects_own_replaces_the_conductor(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from anyws.testing import ASGIConductor

        @pytest.fixture
        async def conductor(app):
            async with ASGIConductor(app, {"x-mine": "yes"}) as conductor:
                yield conductor

        async def test_mine(conductor):
            assert (await conductor.simulate_get("/")).status_code == 404
        """
    )
    run(project).assert_outcomes(passed=2)


def test_of_many_conductors_the_last_three_are_shown(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from anyws.testing import ASGIConductor

        async def test_many(app):
            for _ in range(5):
                async with ASGIConductor(app) as conductor:
                    await conductor.simulate_get("/")
            pytest.fail("the last one")
        """
    )
    result = run(project)
    result.stdout.fnmatch_lines([f"*- anyws: the wire of conductor {n} -*" for n in (3, 4, 5)])
    result.stdout.no_fnmatch_line("*of conductor 2*")


def test_a_test_that_cannot_await_the_conductor_is_told_what_to_use(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        def test_the_path_is_missing(conductor):
            assert conductor.simulate_get("/").status_code == 404
        """
    )
    result = run(project)
    result.stdout.fnmatch_lines(["*`async def`, or use anyws.testing.TestClient*"])
    result.assert_outcomes(errors=2)


def test_the_conductor_serves_what_hypothesis_makes(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from hypothesis import HealthCheck, given, settings
        from hypothesis import strategies as st

        @settings(
            max_examples=5,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        )
        @given(name=st.sampled_from("abc"))
        async def test_the_path_is_missing(conductor, name):
            assert (await conductor.simulate_get(f"/{name}")).status_code == 404
        """
    )
    run(project).assert_outcomes(passed=2)


def test_a_failure_tells_the_seed_of_a_conductor_that_is_a_fixture(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        import pytest
        from anyws.testing import ASGIConductor

        @pytest.fixture
        async def conductor(app):
            async with ASGIConductor(app, seed=7) as conductor:
                yield conductor

        async def test_it(conductor):
            await conductor.simulate_get("/")
            assert False
        """
    )
    result = run(project)
    result.stdout.fnmatch_lines(
        ["*- anyws: the wire -*", "*GET /*", "ASGIConductor(…, seed=7) gives this run again"]
    )
