"""A configuration file in Hypercorn's format."""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import lru_cache
from inspect import isclass, ismodule, isroutine
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Final, TypeAlias

from hypercorn.config import Config

from anyws.cli.errors import InvalidOption
from anyws.cli.options import ServeOptions

Settings: TypeAlias = dict[str, Any]

SAME: Final[Mapping[str, str]] = {
    "certfile": "certfile",
    "keep_alive_timeout": "header_timeout",
    "keyfile": "keyfile",
    "ssl_handshake_timeout": "tls_handshake_timeout",
    "websocket_max_message_size": "max_message_size",
    "websocket_ping_interval": "ping_interval",
}
"""Hypercorn's settings that a field of `ServeOptions` stands for."""

_NO_USE: Final = "it has no use here, take it out"
_LISTENING: Final = "give --bind, or bind= in anyws.run()"
_ENDING: Final = "give --drain-deadline, or drain_deadline= in ServeOptions"
_LOGGING: Final = "give --access-log, or access_log= in ServeOptions"
TAKEN: Final[Mapping[str, str]] = {
    "access_log_format": _LOGGING,
    "accesslog": _LOGGING,
    "application_path": "name the application on the command line",
    "backlog": _NO_USE,
    "bind": _LISTENING,
    "daemon": _NO_USE,
    "debug": _NO_USE,
    "dogstatsd_tags": _NO_USE,
    "graceful_timeout": _ENDING,
    "group": _NO_USE,
    "insecure_bind": _LISTENING,
    "logger_class": _NO_USE,
    "pid_path": _NO_USE,
    "quic_bind": "HTTP/3 is not served, take it out",
    "shutdown_timeout": _ENDING,
    "startup_timeout": _NO_USE,
    "statsd_host": _NO_USE,
    "statsd_prefix": _NO_USE,
    "umask": _NO_USE,
    "use_reloader": "give --reload",
    "user": _NO_USE,
    "worker_class": "give --backend and --uvloop",
    "workers": "give --workers",
    "wsgi_max_body_size": _NO_USE,
}
"""What the launcher does itself, and what to use instead."""


def known_settings() -> frozenset[str]:
    """Give the names of all settings that Hypercorn has."""
    return frozenset(
        name
        for name, value in vars(Config).items()
        if not name.startswith(("_", "set_")) and not isroutine(value)
    ) - {"log", "ssl_enabled", "cert_reqs"} | {"application_path"}


def read_settings(path: str | PathLike[str]) -> Settings:
    """Read a file: names and values as they stand in it.

    Raises `InvalidOption` for what is no setting, for what the launcher does itself, and for a
    value of another type than Hypercorn's own.
    """
    settings = _read(Path(path))
    unknown = sorted(settings.keys() - known_settings())
    if unknown:
        raise InvalidOption(f"{fspath(path)}: Hypercorn has no setting {', '.join(unknown)}")
    for name in sorted(settings.keys() & TAKEN.keys()):
        raise InvalidOption(f"{fspath(path)}: {name} is not read from here: {TAKEN[name]}")
    for name, value in settings.items():
        if not _fits(value, getattr(Config, name)):
            raise InvalidOption(
                f"{fspath(path)}: {name}={value!r} can't be: give a value like"
                f" {getattr(Config, name)!r}"
            )
    return settings


def merge_settings(options: ServeOptions) -> ServeOptions:
    """Take from the configuration file what is also an option, and has not been set as such.

    Raises `InvalidOption`.
    """
    if options.config is None:
        return options
    settings = read_settings(options.config)
    defaults = {field.name: field.default for field in fields(ServeOptions)}
    found = {
        option: settings[name]
        for name, option in SAME.items()
        if name in settings and getattr(options, option) == defaults[option]
    }
    try:
        return replace(options, **found)
    except InvalidOption as error:
        raise InvalidOption(f"{fspath(options.config)}: {error}") from None


def _read(path: Path) -> Settings:
    if path.suffix not in (".py", ".toml"):
        raise InvalidOption(f"config={str(path)!r}: give the name of a .toml or .py file")
    try:
        text = path.read_bytes()
    except OSError as error:
        raise InvalidOption(f"config={str(path)!r} cannot be read: {error.strerror}") from error
    try:
        return _evaluate(path, text)
    except Exception as error:
        raise InvalidOption(f"{path}: {type(error).__name__}: {error}") from error


@lru_cache(maxsize=4)
def _evaluate(path: Path, text: bytes) -> Settings:
    """Make values of a file's text, once: it is asked for wherever its values are needed."""
    return _run(path) if path.suffix == ".py" else tomllib.loads(text.decode())


def _run(path: Path) -> Settings:
    """Give what a Python file has set, without what it has imported or is there for its own use."""
    return {
        name: value
        for name, value in runpy.run_path(str(path)).items()
        if not (name.startswith("_") or ismodule(value) or isclass(value) or isroutine(value))
    }


def _fits(value: object, default: object) -> bool:
    match default:
        case bool():
            return isinstance(value, bool)
        case int() | float():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case str():
            return isinstance(value, str)
        case list():
            return isinstance(value, list)
        case _:
            return True
