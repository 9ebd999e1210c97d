"""What has to be installed, and go together, for a way of serving."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from anyws.cli.arguments import Backend
from anyws.cli.errors import InvalidOption, MissingPackage

_BACKENDS: Final = ("trio", "asyncio")
_REMEDIES: Final = {
    "hypercorn": "pip install hypercorn",
    "trio": "pip install trio, or choose the backend asyncio",
    "uvloop": "pip install uvloop, or serve without uvloop",
    "watchfiles": "pip install watchfiles, or serve without --reload",
}


def check_requirements(*, backend: Backend, uvloop: bool, reload: bool = False) -> None:
    """Raise `InvalidOption` or `MissingPackage` if the application cannot be served this way."""
    check_event_loop(backend=backend, uvloop=uvloop)
    _require("hypercorn")
    if reload:
        _require("watchfiles")


def check_event_loop(*, backend: Backend, uvloop: bool) -> None:
    """Raise `InvalidOption` or `MissingPackage` if this event loop cannot be had."""
    if backend not in _BACKENDS:
        raise InvalidOption(f"backend {backend!r} is not known: give 'trio' or 'asyncio'")
    if uvloop and backend != "asyncio":
        raise InvalidOption(
            f"uvloop is an event loop of asyncio and cannot be had with the backend {backend}:"
            " choose the backend asyncio, or leave uvloop out"
        )
    if backend == "trio":
        _require("trio")
    if uvloop:
        _require("uvloop")


def _require(package: str) -> None:
    if find_spec(package) is None:
        raise MissingPackage(
            f"the package {package} is not installed: {_REMEDIES[package]}", name=package
        )
