"""What the command line says."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from anyws.cli.addresses import Inherited, TcpAddress, UnixAddress
from anyws.cli.arguments import ServeArguments, parse_arguments
from anyws.cli.errors import InvalidOption
from anyws.cli.processes import Processes


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shop:app", ServeArguments("shop:app", None, "trio", uvloop=False)),
        (
            "shop:app --backend asyncio --uvloop",
            ServeArguments("shop:app", None, "asyncio", uvloop=True),
        ),
        (
            "shop:app --host 0.0.0.0",
            ServeArguments("shop:app", TcpAddress("0.0.0.0", 8000), "trio", uvloop=False),
        ),
        (
            "shop:app --port 0",
            ServeArguments("shop:app", TcpAddress("127.0.0.1", 0), "trio", uvloop=False),
        ),
        (
            "--bind localhost:65535 shop:make_app()",
            ServeArguments(
                "shop:make_app()", TcpAddress("localhost", 65535), "trio", uvloop=False
            ),
        ),
        (
            "shop:app --bind [::1]:9000",
            ServeArguments("shop:app", TcpAddress("::1", 9000), "trio", uvloop=False),
        ),
        (
            "shop:app --bind unix:/run/shop.sock",
            ServeArguments("shop:app", UnixAddress("/run/shop.sock"), "trio", uvloop=False),
        ),
        (
            "shop:app --bind fd://3 --workers 4 --rolling",
            ServeArguments(
                "shop:app",
                Inherited(3),
                "trio",
                uvloop=False,
                processes=Processes(workers=4, rolling=True),
            ),
        ),
    ],
)
def test_the_command_line_is_a_value(typed: str, meant: ServeArguments) -> None:
    assert parse_arguments(["serve", *typed.split()]) == meant


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("", "arguments are required: command"),
        ("serve", "arguments are required: module:app"),
        ("start shop:app", "invalid choice: 'start'"),
        ("serve shop:app --backend gevent", "invalid choice: 'gevent'"),
        ("serve shop:app --port http", "'http' is no port: give a number from 0 to 65535"),
        ("serve shop:app --port 65536", "'65536' is no port"),
        ("serve shop:app --port=-1", "'-1' is no port"),
        ("serve shop:app --port \N{SUPERSCRIPT TWO}", "is no port"),
        ("serve shop:app --bind 8000", "'8000' has no port: write host:port"),
        ("serve shop:app --bind :8000", "write 0.0.0.0:8000"),
        ("serve shop:app --bind ::1:8000", "write an IPv6 address as [::1]:8000"),
        ("serve shop:app --bind localhost:http", "'http' is no port"),
        ("serve shop:app --bind a:1 --host b", "--bind stands for --host and --port together"),
        ("serve shop:app --bind a:1 --port 0", "--bind stands for --host and --port together"),
        ("serve shop:app --bind unix:shop.sock", "write unix:/run/shop.sock"),
        ("serve shop:app --bind unix:", "write unix:/run/shop.sock"),
        ("serve shop:app --bind fd://three", "write its number, as fd://3"),
        ("serve shop:app --bind fd://", "write its number, as fd://3"),
        ("serve shop:app --workers 0", "--workers 0: give a number from 1 on"),
        ("serve shop:app --workers=-1", "--workers -1: give a number from 1 on"),
        ("serve shop:app --workers many", "invalid int value: 'many'"),
        ("serve shop:app --reload --workers 2", "--reload is for development, with one process"),
        ("serve shop:app --reload --rolling", "leave one of them out"),
        ("serve shop:app --work 2", "unrecognized arguments: --work 2"),
    ],
)
def test_what_cannot_be_understood_is_one_line(typed: str, complaint: str) -> None:
    with pytest.raises(InvalidOption) as raised:
        parse_arguments(typed.split())
    assert complaint in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_help_names_the_options_and_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_arguments(["serve", "--help"])
    assert ended.value.code == 0
    assert "--backend" in capsys.readouterr().out


def test_a_socket_can_be_written_as_a_url() -> None:
    given = parse_arguments(["serve", "shop:app", "--bind", "unix:///run/shop.sock"])
    assert given.address == UnixAddress("/run/shop.sock")


def test_the_version_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_arguments(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"anyws {version('anyws')}\n"
