"""Several workers on one socket: crashes, signals, and ends of all kinds."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.cli.crews import (
    answers,
    asked,
    close_code,
    crew,
    end,
    join,
    join_both,
    wait_until,
    write_crew,
)
from tests.cli.launching import OPTIONS, complaint_of, launched


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


def test_a_killed_worker_is_back_within_a_second_and_the_others_sockets_stay(
    tmp_path: Path, loop: str, sockets: ExitStack
) -> None:
    with crew(tmp_path, "--workers", "2", *OPTIONS[loop]) as server:
        assert server.banner.endswith(f"({loop}, 2 workers), Ctrl+C to stop")
        server.wait_for("anyws: 2 HTTP routes, 1 WebSocket route")
        both = join_both(server, sockets)
        killed, stays = both
        os.kill(killed, signal.SIGKILL)
        took = wait_until(lambda: join(server, sockets)[0] not in (killed, stays))
        assert answers(both[stays])
        code, printed = end(server, signal.SIGTERM)
        assert took < 3, "it takes a second on an idle machine"
    assert code == 0
    assert printed == (
        f"anyws: the worker with pid {killed} was killed by SIGKILL; another one starts in 0.1 s\n"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_a_signal_drains_all_workers_together(
    tmp_path: Path, loop: str, sockets: ExitStack, number: int
) -> None:
    with crew(tmp_path, "--workers", "2", *OPTIONS[loop]) as server:
        both = join_both(server, sockets)
        server.process.send_signal(number)
        assert [close_code(connection) for connection in both.values()] == [1012, 1012]
        assert end(server) == (0, "")


def test_a_signal_to_all_processes_is_the_first_for_each(tmp_path: Path, loop: str) -> None:
    with crew(tmp_path, "--rolling", *OPTIONS[loop]) as server, ThreadPoolExecutor() as threads:
        worker, _ = asked(server)
        slow = threads.submit(httpx.get, f"{server.http}/slow", timeout=10)
        server.wait_for("asked")
        for pid in (worker, server.process.pid):  # As systemd does where it isn't told otherwise.
            os.kill(pid, signal.SIGTERM)
        assert slow.result(10).text == "at last"
        assert end(server) == (0, "")


def test_the_service_manager_is_the_supervisors_affair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "")
    (tmp_path / "asking.py").write_text(
        "import os\nfrom crew import app\nassert 'NOTIFY_SOCKET' not in os.environ\n"
    )
    write_crew(tmp_path)
    with launched(tmp_path, "asking:app", "--rolling") as server:
        assert end(server, signal.SIGTERM) == (0, "")


def test_workers_whose_supervisor_is_killed_drain_and_end(
    tmp_path: Path, loop: str, sockets: ExitStack
) -> None:
    with crew(tmp_path, "--workers", "2", *OPTIONS[loop]) as server:
        both = join_both(server, sockets)
        server.process.kill()
        assert [close_code(connection) for connection in both.values()] == [1012, 1012]
        # They have the other end of this pipe: what there is to read ends when they have.
        assert end(server) == (-signal.SIGKILL, "")


def test_a_second_signal_ends_workers_at_once(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import os\n"
        "from anyio import sleep_forever\n"
        "async def app(scope, receive, send):\n"
        "    if scope['type'] == 'http':\n"
        "        await send({'type': 'http.response.start', 'status': 200})\n"
        "        await send({'type': 'http.response.body', 'body': b'%d' % os.getpid()})\n"
        "        return\n"
        "    await receive()\n"
        "    await send({'type': 'lifespan.startup.complete'})\n"
        "    await receive()\n"
        # One write: with `print()` the other worker's line may come before the end of this one.
        "    os.write(2, b'shutting down\\n')\n"
        "    await sleep_forever()\n"
    )
    with launched(tmp_path, "slow:app", "--workers", "2") as server:
        serving: set[str] = set()

        def both_serve() -> bool:
            serving.add(httpx.get(server.http).text)
            return len(serving) == 2

        wait_until(both_serve)
        server.process.send_signal(signal.SIGINT)
        server.wait_for("shutting down")
        server.wait_for("shutting down")
        assert server.stop(signal.SIGINT) == (0, "")


def test_an_application_that_cannot_be_imported_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("1 / 0")
    code, printed = complaint_of(tmp_path, "serve", "broken:app", "--port", "0", "--workers", "4")
    assert code == 1
    *_, error, told, last = printed.splitlines()
    assert printed.count("Traceback") == 1
    assert error == "ZeroDivisionError: division by zero"
    assert told == "anyws: importing broken failed, see the ZeroDivisionError above"
    assert last.startswith("anyws: the worker with pid ")
    assert last.endswith(" ended with code 2 before it was ready")


def test_a_signal_while_the_first_worker_starts_ends_it_cleanly(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import os, signal, time\nos.kill(os.getppid(), signal.SIGTERM)\ntime.sleep(60)\n"
    )
    assert complaint_of(tmp_path, "serve", "slow:app", "--port", "0", "--workers", "2") == (0, "")


def test_a_worker_that_ends_well_before_it_is_ready_has_failed_all_the_same(
    tmp_path: Path,
) -> None:
    (tmp_path / "leaving.py").write_text("raise SystemExit(0)\n")
    code, printed = complaint_of(tmp_path, "serve", "leaving:app", "--port", "0", "--workers", "2")
    assert code == 1
    assert printed.startswith("anyws: the worker with pid ")
    assert printed.endswith(" ended with code 0 before it was ready\n")
