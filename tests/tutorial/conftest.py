"""The tutorial on a real server, one process for each backend."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).parents[2]
OPTIONS = {
    "asyncio": ["--backend", "asyncio"],
    "uvloop": ["--backend", "asyncio", "--uvloop"],
    "trio": ["--backend", "trio"],
}


@pytest.fixture
def token() -> str:
    """The token that the tutorial's server asks for."""
    return "only for this test"


@pytest.fixture
def server(backend_name: str, token: str) -> Iterator[str]:
    """The address that a tutorial server listens on, `http://127.0.0.1:…`."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-u", "-m", "anyws", "serve", "examples.tutorial.app:app"),
            *("--port", "0", *OPTIONS[backend_name]),
        ],
        cwd=ROOT,
        env=os.environ | {"TUTORIAL_TOKEN": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    with process:
        try:
            yield _address(process.stdout, backend_name)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                rest, _ = process.communicate(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    assert process.returncode == 0, rest
    assert "Traceback" not in rest, rest


def _address(output: IO[str], backend: str) -> str:
    """The address in the line with which the server says that it is ready."""
    seen = ""
    for line in output:
        seen += line
        if banner := re.search(r"^anyws: serving .* on (http://127\.0\.0\.1:\d+) \((.*?)\)", line):
            assert banner[2].endswith(backend)
            return banner[1]
    raise AssertionError(f"the server ended before it was ready:\n{seen}")
