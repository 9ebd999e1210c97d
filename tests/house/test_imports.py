"""What importing the package brings along, and what it leaves for later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Final

import pytest

import anyws
from anyws._imports import Deferred

LATER: Final = """
import json, sys
import anyws
print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """The modules that are there after `import anyws`."""
    # Where coverage is measured, it has imports of its own.
    environment = {name: os.environ[name] for name in os.environ if "COVERAGE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", LATER],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
        env=environment,
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "module",
    [
        "anyws.cli",
        "anyws.http.options",
        "anyws.media.multipart.handler",
        "anyws.middleware.cors",
        "anyws.routing.options",
        "anyws.sse.event",
        "anyws.static.route",
        "anyws.testing",
        "anyws.websocket.options",
        "asyncio",
        "hypercorn",
        "msgpack",
        "msgspec",
        "multipart",
        "pytest",
        "trio",
        "uuid",
    ],
)
def test_what_few_programs_need_at_once_is_imported_later(module: str, imported: set[str]) -> None:
    assert "anyws.websocket.socket" in imported
    assert module not in imported


@pytest.mark.parametrize(
    "name",
    ["CORSMiddleware", "RequestOptions", "ResponseOptions", "SSEvent", "WebSocketOptions"],
)
def test_what_is_imported_later_has_its_name_from_the_start(name: str) -> None:
    assert getattr(anyws, name).__name__ == name


def test_a_name_that_is_nowhere_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'anyws' has no attribute 'Websocket'"):
        _ = anyws.Websocket  # type: ignore[attr-defined]  # the mistake


def test_a_deferred_module_gives_what_the_module_has() -> None:
    deferred = Deferred("json")
    assert deferred.dumps is json.dumps
    with pytest.raises(AttributeError, match="has no attribute 'dump_all'"):
        _ = deferred.dump_all
