"""The command `anyws` as a process: what it prints, serves, and does when a signal comes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from anyws.cli.listening import listen, port_of
from tests.cli.launching import OPTIONS, SHOP, complaint_of, launched

SOCKETS = 20

SLOW_TO_END = """
import sys
from anyio import sleep_forever

async def app(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    print("shutting down", file=sys.stderr, flush=True)
    await sleep_forever()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A current folder with the module `shop` in it."""
    (tmp_path / "shop.py").write_text(SHOP)
    return tmp_path


@pytest.fixture(params=["trio", "asyncio", "uvloop"])
def loop(request: pytest.FixtureRequest) -> str:
    """Each event loop that a process can serve on."""
    name: str = request.param
    return name


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    """Sockets that are closed after the test."""
    with ExitStack() as stack:
        yield stack


def close_of(connection: ClientConnection) -> tuple[int, str]:
    """The close frame that a client gets when there is nothing else to come."""
    with pytest.raises(ConnectionClosed) as closed:
        connection.recv(timeout=5)
    frame = closed.value.rcvd
    assert frame is not None, "the connection ended without a close frame"
    return frame.code, frame.reason


def test_it_serves_requests_and_sockets_and_says_where(folder: Path, loop: str) -> None:
    with launched(folder, "shop:app", *OPTIONS[loop]) as server:
        named = "asyncio, uvloop" if loop == "uvloop" else loop
        assert server.banner == (
            f"anyws: serving shop:app on {server.http} ({named}), Ctrl+C to stop"
        )
        assert httpx.get(server.http).text == "hello"
        with connect(f"{server.ws}/echo") as connection:
            connection.send("hi")
            assert connection.recv(timeout=5) == "hi"
        assert server.stop(signal.SIGTERM) == (0, "shut down\n")


@pytest.mark.parametrize(
    "signal_number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=["TERM", "INT", "HUP"]
)
def test_a_signal_ends_it_with_open_sockets_after_a_goodbye_and_says_whom_it_waits_for(
    folder: Path, loop: str, sockets: ExitStack, signal_number: int
) -> None:
    with hangups_to(signal.SIG_DFL), launched(folder, "shop:app", *OPTIONS[loop]) as server:
        echoes = [sockets.enter_context(connect(f"{server.ws}/echo")) for _ in range(SOCKETS // 2)]
        polite = [
            sockets.enter_context(connect(f"{server.ws}/polite")) for _ in range(SOCKETS // 2)
        ]
        assert server.stop(signal_number) == (0, stopping(SOCKETS // 2 * 2, "25 s"))
        assert {close_of(connection) for connection in polite} == {(1012, "back soon")}
        assert {close_of(connection) for connection in echoes} == {(1011, "")}


def stopping(clients: int, seconds: str) -> str:
    """What a server says that waits for so many clients, and what the application says then."""
    who = f"{clients} clients" if clients > 1 else "1 client"
    return (
        f"anyws: stopping: {who} may take up to {seconds} to leave; "
        "another signal ends it at once\nshut down\n"
    )


def test_a_hangup_that_was_to_be_ignored_is_ignored(folder: Path) -> None:
    with (
        hangups_to(signal.SIG_IGN),  # As `nohup` does.
        launched(folder, "shop:app") as server,
    ):
        server.process.send_signal(signal.SIGHUP)
        assert httpx.get(server.http).text == "hello"
        assert server.stop(signal.SIGTERM) == (0, "shut down\n")


@contextmanager
def hangups_to(handler: signal.Handlers) -> Generator[None]:
    """Have processes that are started in the block begin with this for a SIGHUP."""
    before = signal.signal(signal.SIGHUP, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_signal_ends_it_with_connections_in_every_state(
    folder: Path, loop: str, sockets: ExitStack
) -> None:
    idle = b""
    half = b"GET / HTTP/1.1\r\nho"
    kept = b"GET / HTTP/1.1\r\nhost: test\r\n\r\n"
    never = b"GET /never HTTP/1.1\r\nhost: test\r\n\r\n"
    upload = b"POST /upload HTTP/1.1\r\nhost: test\r\ncontent-length: 9\r\n\r\nhalf"
    with launched(folder, "shop:app", "--drain-deadline", "1", *OPTIONS[loop]) as server:
        for request in (idle, half, kept, upload, never):
            connection = sockets.enter_context(
                socket.create_connection(("127.0.0.1", server.port))
            )
            connection.sendall(request)
        server.wait_for("asked")
        code, said = server.stop(signal.SIGTERM)
    assert code == 0
    # Two of the requests never end, and a third may not have ended yet.
    assert said in (stopping(2, "1 s"), stopping(3, "1 s"))


def test_a_signal_ends_it_with_a_client_that_does_not_read(
    folder: Path, loop: str, sockets: ExitStack
) -> None:
    with launched(folder, "shop:app", "--drain-deadline", "1", *OPTIONS[loop]) as server:
        connection = sockets.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        connection.sendall(
            b"GET /flood HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        server.wait_for("flooding")
        assert server.stop(signal.SIGTERM) == (0, stopping(1, "1 s"))


def test_a_second_signal_does_not_wait_for_the_applications_shutdown(
    tmp_path: Path, loop: str
) -> None:
    (tmp_path / "slow.py").write_text(SLOW_TO_END)
    with launched(tmp_path, "slow:app", *OPTIONS[loop]) as server:
        server.process.send_signal(signal.SIGINT)
        server.wait_for("shutting down")
        assert server.stop(signal.SIGINT) == (0, "")


def test_a_third_signal_kills_what_cannot_be_cancelled(tmp_path: Path) -> None:
    (tmp_path / "stubborn.py").write_text(
        "import sys\n"
        "from anyio import CancelScope, sleep_forever\n"
        "async def app(scope, receive, send):\n"
        "    await receive()\n"
        "    await send({'type': 'lifespan.startup.complete'})\n"
        "    await receive()\n"
        "    print('asked', file=sys.stderr, flush=True)\n"
        "    try:\n"
        "        await sleep_forever()\n"
        "    finally:\n"
        "        print('cancelled', file=sys.stderr, flush=True)\n"
        "        with CancelScope(shield=True):\n"
        "            await sleep_forever()\n"
    )
    with launched(tmp_path, "stubborn:app") as server:
        server.process.send_signal(signal.SIGINT)
        server.wait_for("asked")
        server.process.send_signal(signal.SIGINT)
        server.wait_for("cancelled")
        assert server.stop(signal.SIGINT) == (-signal.SIGINT, "")


def test_a_signal_during_the_startup_ends_it_without_a_traceback(
    tmp_path: Path, loop: str
) -> None:
    (tmp_path / "slow.py").write_text(
        "import os, signal\n"
        "from anyio import sleep_forever\n"
        "async def app(scope, receive, send):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    await sleep_forever()\n"
    )
    assert complaint_of(tmp_path, "serve", "slow:app", "--port", "0", *OPTIONS[loop]) == (0, "")


def test_ctrl_c_while_the_module_is_imported_leaves_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    assert complaint_of(tmp_path, "serve", "slow:app", "--port", "0") == (130, "")


def test_trio_is_the_default(folder: Path) -> None:
    with launched(folder, "shop:app") as server:
        assert server.banner.endswith("(trio), Ctrl+C to stop")


def test_the_result_of_a_call_is_served(folder: Path) -> None:
    with launched(folder, "shop:make_app()") as server:
        assert server.banner.startswith("anyws: serving shop:make_app() on ")
        assert httpx.get(server.http).text == "hello"


def test_run_serves_from_a_program_and_returns_with_its_signals_as_they_were(
    tmp_path: Path, loop: str
) -> None:
    (tmp_path / "slow.py").write_text(SLOW_TO_END)
    choice = {"trio": "'trio'", "asyncio": "'asyncio'", "uvloop": "'asyncio', uvloop=True"}
    (tmp_path / "program.py").write_text(
        "import signal, sys\n"
        "from anyws.cli.server import run\n"
        "from slow import app\n"
        f"run(app, port=0, backend={choice[loop]})\n"
        "print(signal.getsignal(signal.SIGINT).__name__, file=sys.stderr)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "program.py"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stderr is not None
            assert process.stderr.readline().startswith("anyws: serving app on http://127.0.0.1:")
            process.send_signal(signal.SIGTERM)
            assert process.stderr.readline() == "shutting down\n"
            process.send_signal(signal.SIGTERM)
            _, rest = process.communicate(timeout=5)
        finally:
            process.kill()
    assert rest == "default_int_handler\n"
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("serve shop", "names no application in a module: write module:app"),
        ("serve shops:app", "there is no module 'shops'"),
        ("serve shop:ap", "it has shop:app"),
        ("serve shop:sys", "shop:sys is not an ASGI application"),
        ("serve shop:echo()", "shop:echo() needs arguments"),
        ("serve shop:app --port http", "'http' is no port"),
        ("serve shop:app --uvloop", "cannot be had with the backend trio"),
        ("serve shop:app --host nowhere.invalid", "cannot listen on nowhere.invalid port 8000"),
        ("serve shop:app --bind a:1 --port 1", "--bind stands for --host and --port together"),
    ],
)
def test_what_cannot_be_served_is_one_line_and_the_code_2(
    folder: Path, arguments: str, complaint: str
) -> None:
    if "--port" not in arguments and "--host" not in arguments:
        arguments += " --port 0"
    code, printed = complaint_of(folder, *arguments.split())
    assert code == 2
    assert printed.startswith("anyws: ")
    assert complaint in printed
    assert printed.count("\n") == 1


def test_a_port_in_use_is_told_before_the_module_is_imported(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("1 / 0")
    with closing(listen("127.0.0.1", 0)) as taken:
        port = port_of(taken)
        code, printed = complaint_of(tmp_path, "serve", "broken:app", "--port", str(port))
    assert code == 2
    assert printed.startswith(f"anyws: cannot listen on 127.0.0.1 port {port}: ")
    assert printed.count("\n") == 1


def test_an_error_of_the_users_code_is_its_traceback_and_a_line(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import missing_package")
    code, printed = complaint_of(tmp_path, "serve", "broken:app", "--port", "0")
    assert code == 2
    first, *_, error, last = printed.splitlines()
    assert first == "Traceback (most recent call last):"
    assert "anyws" not in printed.partition("ModuleNotFoundError")[0]
    assert error == "ModuleNotFoundError: No module named 'missing_package'"
    assert last == "anyws: importing broken failed, see the ModuleNotFoundError above"


def test_a_startup_that_failed_is_its_message_and_the_code_1(tmp_path: Path, loop: str) -> None:
    (tmp_path / "broken.py").write_text(
        "async def app(scope, receive, send):\n"
        "    await receive()\n"
        "    await send({'type': 'lifespan.startup.failed', 'message': 'no database'})\n"
    )
    assert complaint_of(tmp_path, "serve", "broken:app", "--port", "0", *OPTIONS[loop]) == (
        1,
        "anyws: the application's startup failed: no database\n",
    )


@pytest.mark.parametrize(
    ("package", "options", "remedy"),
    [
        ("hypercorn", "", "pip install hypercorn"),
        ("uvloop", "--backend asyncio --uvloop", "pip install uvloop"),
    ],
)
def test_a_package_that_is_missing_comes_with_its_remedy(
    folder: Path, package: str, options: str, remedy: str
) -> None:
    (folder / "without.py").write_text(
        f"import sys; sys.modules[{package!r}] = None\n"
        "from anyws.cli import main\n"
        f"sys.exit(main(['serve', 'shop:app', *{options.split()}]))\n"
    )
    done = subprocess.run(
        [sys.executable, "without.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"anyws: the package {package} is not installed: {remedy}")
    assert done.stderr.count("\n") == 1


def test_the_command_and_the_module_are_the_same(folder: Path) -> None:
    command = Path(sys.executable).with_name("anyws" + (".exe" if os.name == "nt" else ""))
    if not command.exists():
        pytest.skip("anyws is not installed beside this Python")
    arguments = ["serve", "shop:ap", "--port", "0"]
    done = subprocess.run(
        [command, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == complaint_of(folder, *arguments)
