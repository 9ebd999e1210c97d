"""What the command line says."""

from __future__ import annotations

import pytest

from anyws.cli.arguments import ServeArguments, parse_arguments
from anyws.cli.errors import InvalidOption


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shop:app", ServeArguments("shop:app", "127.0.0.1", 8000, "trio", uvloop=False)),
        (
            "shop:app --backend asyncio --uvloop",
            ServeArguments("shop:app", "127.0.0.1", 8000, "asyncio", uvloop=True),
        ),
        (
            "shop:app --host 0.0.0.0",
            ServeArguments("shop:app", "0.0.0.0", 8000, "trio", uvloop=False),
        ),
        (
            "shop:app --port 0",
            ServeArguments("shop:app", "127.0.0.1", 0, "trio", uvloop=False),
        ),
        (
            "--bind localhost:65535 shop:make_app()",
            ServeArguments("shop:make_app()", "localhost", 65535, "trio", uvloop=False),
        ),
        (
            "shop:app --bind [::1]:9000",
            ServeArguments("shop:app", "::1", 9000, "trio", uvloop=False),
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
