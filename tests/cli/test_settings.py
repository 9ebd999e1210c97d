"""Configuration files in Hypercorn's format."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypercorn.config import Config

from anyws import ServeOptions
from anyws._asgi.types import Receive, Scope, Send
from anyws.cli.errors import InvalidOption
from anyws.cli.settling import settle
from anyws.cli.worker.settings import SAME, TAKEN, known_settings, read_settings
from tests.cli.launching import complaint_of
from tests.cli.talking import connected, served


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "server.toml"


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["root_path"].encode()})


@pytest.fixture
def rooted(file: Path) -> Path:
    file.write_text('root_path = "/shop"\ninclude_server_header = false\n')
    return file


async def test_the_server_is_set_as_the_file_says(rooted: Path) -> None:
    async with served(hello, ServeOptions(config=rooted)) as port, await connected(port) as stream:
        await stream.send(b"GET / HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
        found = b""
        while b"/shop" not in found:
            found += await stream.receive()
    assert b"hypercorn" not in found


def test_an_option_of_ours_may_stand_in_the_file_and_counts_where_it_is_not_set(
    file: Path,
) -> None:
    file.write_text("keep_alive_timeout = 7\nwebsocket_ping_interval = 3.5\n")
    assert settle(ServeOptions(config=file)) == ServeOptions(
        config=file, header_timeout=7, ping_interval=3.5
    )
    assert settle(ServeOptions(config=file, header_timeout=1, ping_interval=None)) == ServeOptions(
        config=file, header_timeout=1, ping_interval=None
    )


def test_a_python_file_is_run_once_and_may_import_what_it_likes(tmp_path: Path) -> None:
    file = tmp_path / "server.py"
    file.write_text(
        "import ssl\nfrom ssl import VerifyMode\nfrom os.path import join\n"
        "with open('runs', 'a') as _runs:\n    _runs.write('x')\n"
        "def half(number): return number // 2\n"
        "verify_mode = VerifyMode.CERT_REQUIRED\nh2_max_concurrent_streams = half(20)\n"
        "def app(scope): ...\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        found = [read_settings(file) for _ in range(2)]
    assert found[0]["h2_max_concurrent_streams"] == 10
    assert set(found[0]) == {"verify_mode", "h2_max_concurrent_streams"}
    assert (tmp_path / "runs").read_text() == "x"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("keepalive = 5\nroot = 1", "server.toml: Hypercorn has no setting keepalive, root"),
        ("_bind = 1", "no setting _bind"),
        ("from_toml = 1", "no setting from_toml"),
        ('bind = "0.0.0.0:1"', "bind is not read from here: give --bind"),
        ("workers = 2", "workers is not read from here: give --workers"),
        ('worker_class = "trio"', "give --backend"),
        ("graceful_timeout = 3", "give --drain-deadline"),
        ('accesslog = "-"', "give --access-log"),
        ("use_reloader = true", "give --reload"),
        ('h2_max_concurrent_streams = "ten"', "h2_max_concurrent_streams='ten' can't be"),
        ("include_date_header = 1", "include_date_header=1 can't be: give a value like True"),
        ("h2_max_header_list_size = true", "give a value like 65536"),
        ("server_names = 'a'", "server_names='a' can't be"),
        ("keep_alive_timeout = -1", "server.toml: header_timeout=-1 can't be"),
        ("certfile = 'a'", "TLS takes both"),
        ("bind = ", "server.toml: TOMLDecodeError: Invalid value"),
    ],
)
def test_what_cannot_be_is_one_line_that_names_the_file(
    text: str, complaint: str, file: Path
) -> None:
    file.write_text(text)
    with pytest.raises(InvalidOption) as raised:
        settle(ServeOptions(config=file))
    assert complaint in str(raised.value)
    assert str(file) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_fails_or_is_not_there_is_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "server.py"
    broken.write_text("1 / 0")
    for path, complaint in (
        (broken, "server.py: ZeroDivisionError: division by zero"),
        (tmp_path / "none.toml", "none.toml' cannot be read: No such file or directory"),
        (tmp_path / "server.ini", "server.ini': give the name of a .toml or .py file"),
    ):
        with pytest.raises(InvalidOption, match=complaint):
            settle(ServeOptions(config=path))


def test_the_command_complains_before_anything_is_started(file: Path) -> None:
    file.write_text("nonsense = 1")
    code, complaint = complaint_of(file.parent, "serve", "shop:app", "--config", file.name)
    assert (code, complaint) == (2, "anyws: server.toml: Hypercorn has no setting nonsense\n")


def test_each_setting_that_hypercorn_has_is_known() -> None:
    assert TAKEN.keys() <= known_settings()
    assert SAME.keys() <= known_settings()
    assert not TAKEN.keys() & SAME.keys()
    allowed = known_settings() - TAKEN.keys()
    for name in allowed:
        Config.from_mapping({name: getattr(Config, name)})
    assert allowed - SAME.keys() == set(ALLOWED.split())


ALLOWED = """
    alpn_protocols alt_svc_headers ca_certs ciphers errorlog h11_max_incomplete_size
    h11_pass_raw_headers h2_max_concurrent_streams h2_max_header_list_size
    h2_max_inbound_frame_size include_date_header include_server_header keep_alive_max_requests
    keyfile_password logconfig logconfig_dict loglevel max_app_queue_size max_requests
    max_requests_jitter read_timeout root_path server_names verify_flags verify_mode
"""
