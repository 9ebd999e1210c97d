"""The options of serving, as flags and as values."""

from __future__ import annotations

from dataclasses import fields

import pytest

from anyws import ServeOptions
from anyws.cli.arguments import parse_arguments
from anyws.cli.errors import InvalidOption

FLAGS = {
    "drain_deadline": ("--drain-deadline 30", 30.0),
    "drain_spread": ("--drain-spread 5", 5.0),
    "ping_interval": ("--ping-interval 10", 10.0),
    "ping_timeout": ("--ping-timeout 10", 10.0),
    "compression": ("--no-compression", False),
    "max_connections": ("--max-connections 100", 100),
    "max_message_size": ("--max-message-size 1024", 1024),
    "header_timeout": ("--header-timeout 2", 2.0),
    "tls_handshake_timeout": ("--tls-handshake-timeout 2", 2.0),
    "certfile": ("--certfile a --keyfile b", "a"),
    "keyfile": ("--certfile a --keyfile b", "b"),
    "access_log": ("--access-log json", "json"),
    "trusted_proxies": ("--proxy-headers 10.0.0.0/8,unix", ("10.0.0.0/8", "unix")),
    "config": ("--config server.toml", "server.toml"),
}


def options_of(typed: str) -> ServeOptions:
    return parse_arguments(["serve", "shop:app", *typed.split()]).options


@pytest.mark.parametrize("field", [field.name for field in fields(ServeOptions)])
def test_each_option_has_a_flag(field: str) -> None:
    typed, value = FLAGS[field]
    assert getattr(options_of(typed), field) == value
    assert getattr(ServeOptions(), field) != value


def test_without_flags_the_options_are_the_defaults() -> None:
    assert options_of("") == ServeOptions()


def test_an_interval_of_0_is_none_at_all() -> None:
    assert options_of("--ping-interval 0").ping_interval is None


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("--ping-timeout 0", "ping_timeout=0.0 can't be: give a number of seconds above 0"),
        ("--ping-interval nan", "ping_interval=nan can't be"),
        ("--drain-deadline inf", "drain_deadline=inf can't be"),
        ("--max-connections 0", "max_connections=0 can't be: give a number above 0"),
        ("--max-message-size 0", "max_message_size=0 can't be: give a number of bytes above 0"),
        ("--header-timeout -1", "header_timeout=-1.0 can't be"),
        ("--drain-spread 25", "drain_spread=25.0 does not fit into drain_deadline=25.0"),
        ("--certfile a", "TLS takes both"),
        ("--access-log pretty", "invalid choice: 'pretty'"),
        ("--proxy-headers 10.0.0.1/8", "trusted_proxies has '10.0.0.1/8'"),
        ("--proxy-headers proxy", "trusted_proxies has 'proxy', which is no address"),
    ],
)
def test_a_value_that_can_never_work_is_one_line(typed: str, complaint: str) -> None:
    with pytest.raises(InvalidOption) as raised:
        options_of(typed)
    assert complaint in str(raised.value)
    assert "\n" not in str(raised.value)
