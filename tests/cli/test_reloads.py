"""New code at a SIGHUP, with all workers at once or one after the other."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.crews import (
    answers,
    asked,
    close_code,
    crew,
    end,
    join,
    join_both,
    wait_for_end,
    wait_until,
    write_crew,
)
from tests.cli.launching import OPTIONS
from tests.cli.visitors import visiting


@pytest.fixture(params=["trio", "asyncio"])
def loop(request: pytest.FixtureRequest) -> str:
    """Each event loop that workers can run on."""
    name: str = request.param
    return name


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    """Sockets that are closed after the test."""
    with ExitStack() as stack:
        yield stack


def test_sighup_drains_all_workers_and_starts_new_ones_with_new_code(
    tmp_path: Path, sockets: ExitStack
) -> None:
    with crew(tmp_path, "--workers", "2") as server:
        both = join_both(server, sockets)
        write_crew(tmp_path, "newer")
        server.process.send_signal(signal.SIGHUP)
        assert [close_code(connection) for connection in both.values()] == [1012, 1012]
        pid, code = asked(server)  # It waits in the backlog until there is somebody to answer.
        assert code == "newer"
        assert pid not in both
        server.wait_for(server.banner)
        assert end(server, signal.SIGTERM) == (0, "")


def test_a_rolling_reload_refuses_nobody_and_says_1012_to_those_who_stayed(
    tmp_path: Path, loop: str, sockets: ExitStack
) -> None:
    with crew(
        tmp_path, "--workers", "2", "--rolling", "--header-timeout", "2", *OPTIONS[loop]
    ) as server:
        both = join_both(server, sockets)
        with visiting(server, visitors=6) as visits:
            wait_until(lambda: visits.count > 20)
            write_crew(tmp_path, "newer")
            server.process.send_signal(signal.SIGHUP)
            assert {close_code(connection) for connection in both.values()} == {1012}
            server.wait_for(server.banner)  # Once more, when all have been replaced.
            assert asked(server)[1] == "newer"
            enough = visits.count + 20
            wait_until(lambda: visits.count > enough)
        assert visits.failures == []
        assert {code for _, code in visits.seen} == {"old", "newer"}
        assert len({pid for pid, _ in visits.seen}) == 4
        assert end(server, signal.SIGTERM) == (0, "")


def test_a_rolling_reload_of_broken_code_keeps_the_old_workers(
    tmp_path: Path, sockets: ExitStack
) -> None:
    with crew(tmp_path, "--rolling") as server:
        pid, connection = join(server, sockets)
        (tmp_path / "crew.py").write_text("1 / 0")
        server.process.send_signal(signal.SIGHUP)
        wait_for_end(
            server, " ended with code 2: the reload is given up, and the old code goes on"
        )
        assert answers(connection)
        assert asked(server) == (pid, "old")
        write_crew(tmp_path, "mended")
        server.process.send_signal(signal.SIGHUP)
        assert close_code(connection) == 1012
        assert asked(server)[1] == "mended"
        assert end(server, signal.SIGTERM)[0] == 0


def test_broken_code_at_a_sighup_is_tried_again_until_it_is_mended(tmp_path: Path) -> None:
    with crew(tmp_path, "--workers", "2") as server:
        (tmp_path / "crew.py").write_text("1 / 0")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("ZeroDivisionError: division by zero")
        write_crew(tmp_path, "mended")
        server.wait_for(server.banner)
        assert asked(server)[1] == "mended"
        assert end(server, signal.SIGTERM)[0] == 0


def test_a_stop_in_the_middle_of_a_rolling_reload_starts_nobody_else(
    tmp_path: Path, sockets: ExitStack
) -> None:
    with crew(tmp_path, "--workers", "2", "--rolling", "--drain-deadline", "6") as server:
        before = join_both(server, sockets)
        server.process.send_signal(signal.SIGHUP)
        # The first of the new ones is there, and its predecessor looks around for a second.
        wait_until(lambda: asked(server)[0] not in before)
        assert end(server, signal.SIGTERM) == (0, "")
