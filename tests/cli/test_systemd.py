"""What a service and systemd tell each other, with a socket of the test's own in its place."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from anyws.cli.addresses import Inherited
from anyws.cli.errors import InvalidOption
from anyws.cli.systemd import Notifier, take_activation

OURS = str(os.getpid())


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest) -> Iterator[tuple[str, socket.socket]]:
    """A service manager: its address as `$NOTIFY_SOCKET` has it, and its socket."""
    with (
        TemporaryDirectory(prefix="anyws-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening,
    ):
        listening.settimeout(5)
        if request.param == "path":
            name = str(Path(folder, "notify"))
            listening.bind(name)
        else:
            name = f"@anyws-{OURS}"
            listening.bind(f"\0anyws-{OURS}")
        yield name, listening


def test_each_step_is_a_datagram(manager: tuple[str, socket.socket]) -> None:
    name, listening = manager
    notifier = Notifier(name)
    notifier.ready()
    notifier.reloading()
    notifier.stopping()
    assert listening.recv(100) == b"READY=1"
    reloading, _, since = listening.recv(100).partition(b"\nMONOTONIC_USEC=")
    assert reloading == b"RELOADING=1"
    assert int(since) > 0
    assert listening.recv(100) == b"STOPPING=1"


def test_the_environment_names_the_manager(
    manager: tuple[str, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, listening = manager
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    Notifier.of_environment().ready()
    assert listening.recv(100) == b"READY=1"


def test_without_a_manager_nobody_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    Notifier.of_environment().ready()
    assert caplog.messages == []


def test_a_manager_that_cannot_be_reached_is_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "anyws"):
        Notifier("/nowhere/notify").ready()
    assert caplog.messages == [
        "cannot tell the service manager READY=1: [Errno 2] No such file or directory"
    ]


def test_a_socket_of_systemds_is_the_third_descriptor_and_leaves_the_environment() -> None:
    environment = {"LISTEN_PID": OURS, "LISTEN_FDS": "1", "LISTEN_FDNAMES": "shop", "PATH": "/"}
    assert take_activation(environment) == Inherited(3)
    assert environment == {"PATH": "/"}


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"LISTEN_FDS": "1"},
        {"LISTEN_PID": "1", "LISTEN_FDS": "1"},
        {"LISTEN_PID": OURS, "LISTEN_FDS": "0"},
        {"LISTEN_PID": OURS},
    ],
)
def test_what_is_not_for_this_process_is_not_taken(environment: dict[str, str]) -> None:
    assert take_activation(environment) is None


def test_two_sockets_of_systemds_are_refused() -> None:
    with pytest.raises(InvalidOption, match="hands over 2 sockets"):
        take_activation({"LISTEN_PID": OURS, "LISTEN_FDS": "2"})
