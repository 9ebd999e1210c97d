"""What has to be installed, and go together."""

from __future__ import annotations

import sys
from typing import cast

import pytest

from anyws.cli.arguments import Backend
from anyws.cli.errors import InvalidOption, MissingPackage
from anyws.cli.requirements import check_requirements


@pytest.mark.parametrize(
    ("backend", "uvloop"), [("trio", False), ("asyncio", False), ("asyncio", True)]
)
def test_what_goes_together_passes(backend: Backend, uvloop: bool) -> None:
    check_requirements(backend=backend, uvloop=uvloop)


def test_uvloop_and_trio_do_not_go_together() -> None:
    with pytest.raises(InvalidOption, match="cannot be had with the backend trio") as raised:
        check_requirements(backend="trio", uvloop=True)
    assert isinstance(raised.value, ValueError)


def test_a_backend_that_is_not_known_is_named() -> None:
    with pytest.raises(InvalidOption, match="backend 'curio' is not known"):
        check_requirements(backend=cast("Backend", "curio"), uvloop=False)


@pytest.mark.parametrize(
    ("package", "remedy"),
    [
        ("hypercorn", "pip install hypercorn"),
        ("trio", "pip install trio, or choose the backend asyncio"),
        ("uvloop", "pip install uvloop, or serve without uvloop"),
    ],
)
def test_a_package_that_is_missing_comes_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, package: str, remedy: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    uvloop = package == "uvloop"
    with pytest.raises(MissingPackage, match=f"{package} is not installed: {remedy}") as raised:
        check_requirements(backend="asyncio" if uvloop else "trio", uvloop=uvloop)
    assert isinstance(raised.value, ImportError)
    assert raised.value.name == package


def test_asyncio_needs_no_trio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trio", None)
    check_requirements(backend="asyncio", uvloop=False)
