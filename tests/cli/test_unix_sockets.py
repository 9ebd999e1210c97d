"""A Unix socket's file: made, found in the way, and removed."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from anyws.cli.addresses import UnixAddress
from anyws.cli.errors import InvalidOption, UnavailableAddress
from anyws.cli.listening import listening_on, port_of, url_of


@pytest.fixture
def path() -> Iterator[Path]:
    """Where a socket may be; its name is short, as it has to be."""
    with TemporaryDirectory(prefix="anyws-") as folder:
        yield Path(folder, "shop.sock")


def test_clients_can_connect_until_the_file_is_removed(path: Path) -> None:
    with listening_on(UnixAddress(str(path))) as listener:
        assert url_of(listener) == f"unix:{path}"
        assert port_of(listener) == 0
        assert not listener.getblocking()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
    assert not path.exists()


def test_a_file_on_which_nobody_listens_is_replaced(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(path))
    with listening_on(UnixAddress(str(path))), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))


def test_a_socket_on_which_somebody_listens_is_left_alone(path: Path) -> None:
    address = UnixAddress(str(path))
    with listening_on(address):
        with pytest.raises(UnavailableAddress, match="another process listens there; end it"):
            listening_on(address).__enter__()
        assert path.exists()


def test_a_socket_that_nobody_but_its_owner_may_ask_is_left_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The user that runs the tests may be one that no file is closed to.
    monkeypatch.setattr(socket.socket, "connect_ex", lambda *_: errno.EACCES)
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(path))
    with pytest.raises(UnavailableAddress, match="a socket of another user is there; remove it"):
        listening_on(UnixAddress(str(path))).__enter__()
    assert path.exists()


def test_a_listener_that_does_not_keep_up_is_still_one(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as busy, socket.socket(socket.AF_UNIX) as waiting:
        busy.bind(str(path))
        busy.listen(0)
        waiting.connect(str(path))
        with pytest.raises(UnavailableAddress, match="another process listens there"):
            listening_on(UnixAddress(str(path))).__enter__()


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_is_no_socket_is_left_alone(path: Path, kind: str) -> None:
    match kind:
        case "file":
            path.write_text("precious")
        case "folder":
            path.mkdir()
        case _:
            path.symlink_to("/nowhere")
    with pytest.raises(UnavailableAddress, match="it is there, and no socket; give another path"):
        listening_on(UnixAddress(str(path))).__enter__()
    assert os.path.lexists(path)


def test_a_file_that_a_successor_has_put_there_is_not_removed(path: Path) -> None:
    with listening_on(UnixAddress(str(path))):
        path.rename(path.with_suffix(".old"))
        with closing(socket.socket(socket.AF_UNIX)) as successor:
            successor.bind(str(path))
    assert path.is_socket()


def test_a_folder_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(UnavailableAddress, match=f"there is no folder {path}") as raised:
        listening_on(UnixAddress(f"{path}/deeper.sock")).__enter__()
    assert raised.value.errno == errno.ENOENT


def test_a_path_that_is_too_long_says_so(path: Path) -> None:
    with pytest.raises(UnavailableAddress, match="the path is too long; the system takes about"):
        listening_on(UnixAddress(f"{path}{'x' * 100}")).__enter__()


def test_a_folder_that_may_not_be_written_to_says_so(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(listener: socket.socket, address: object) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(UnavailableAddress, match="permission denied; the user"):
        listening_on(UnixAddress(str(path))).__enter__()


def test_a_system_without_unix_sockets_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_UNIX")
    with pytest.raises(InvalidOption, match="this system has no Unix sockets"):
        listening_on(UnixAddress("/run/shop.sock")).__enter__()
