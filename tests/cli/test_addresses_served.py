"""Serving where the command says: Unix sockets, inherited sockets, and those of systemd."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from websockets.sync.client import unix_connect

from anyws.cli.listening import listen, port_of
from tests.cli.crews import write_crew
from tests.cli.launching import OPTIONS

AS_SYSTEMD = """
import os, sys
_, listener, *command = sys.argv
os.dup2(int(listener), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(command[0], command)
"""


@pytest.fixture
def folder() -> Generator[Path]:
    """A folder with the module `crew`, and a short name, as the path of a socket has to have."""
    with TemporaryDirectory(prefix="anyws-") as name:
        write_crew(Path(name))
        yield Path(name)


@contextmanager
def serving(
    folder: Path, *options: str, listener: int | None = None
) -> Generator[tuple[str, subprocess.Popen[str]]]:
    """Serve `crew:app` until the block is left; gives the banner and the process.

    A descriptor that is passed on is the third one, with what systemd says of it around.
    """
    command = [sys.executable, "-m", "anyws", "serve", "crew:app", *options]
    if listener is not None:
        command = [sys.executable, "-c", AS_SYSTEMD, str(listener), *command]
    with subprocess.Popen(
        command,
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=() if listener is None else (listener,),
    ) as process:
        assert process.stderr is not None
        try:
            yield process.stderr.readline(), process
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=10)
            assert process.returncode == 0
        finally:
            process.kill()


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("loop", ["trio", "asyncio", "uvloop"])
def test_a_unix_socket_serves_requests_and_sockets_and_is_gone_afterwards(
    folder: Path, loop: str, workers: str
) -> None:
    path = folder / "crew.sock"
    with serving(folder, "--bind", f"unix:{path}", "--workers", workers, *OPTIONS[loop]) as (
        banner,
        _,
    ):
        assert f" on unix:{path} (" in banner
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path))) as client:
            assert client.get("http://crew/").text.endswith(" old")
        with unix_connect(str(path), "ws://crew/") as connection:
            assert str(connection.recv(timeout=5)).endswith(" old")
            connection.send("hi")
            assert connection.recv(timeout=5) == "hi"
    assert not path.exists()


@pytest.mark.parametrize("options", [("--bind", "fd://3"), (), ("--workers", "2")])
def test_an_inherited_socket_is_served_on(folder: Path, options: tuple[str, ...]) -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{port_of(listener)}"
        with serving(folder, *options, listener=listener.fileno()) as (banner, _):
            origin = "" if "--bind" in options else ", a socket from systemd"
            assert f"on {url}{origin} (trio" in banner
            assert httpx.get(url).text.endswith(" old")
        # It is systemd's, and stays open for whoever comes next.
        socket.create_connection(listener.getsockname(), timeout=5).close()


def test_an_address_that_was_given_goes_before_systemds(folder: Path) -> None:
    with (
        closing(listen("127.0.0.1", 0)) as listener,
        serving(folder, "--port", "0", listener=listener.fileno()) as (banner, _),
    ):
        assert f":{port_of(listener)} " not in banner


@pytest.mark.parametrize("options", [(), ("--workers", "2"), ("--rolling",)])
def test_the_service_manager_is_told_when_clients_can_connect_and_when_it_ends(
    folder: Path, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        manager.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(folder / "notify"))
        with serving(folder, "--port", "0", *options):
            assert manager.recv(100) == b"READY=1"
        assert manager.recv(100) == b"STOPPING=1"
        manager.setblocking(False)
        with pytest.raises(BlockingIOError):
            manager.recv(100)


@pytest.mark.parametrize("options", [("--workers", "2"), ("--rolling",)])
def test_the_service_manager_is_told_of_a_reload(
    folder: Path, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        manager.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(folder / "notify"))
        with serving(folder, "--port", "0", *options) as (_, server):
            assert manager.recv(100) == b"READY=1"
            server.send_signal(signal.SIGHUP)
            assert manager.recv(100).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
            assert manager.recv(100) == b"READY=1"
        assert manager.recv(100) == b"STOPPING=1"
