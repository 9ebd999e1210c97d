"""What several tests of WebSockets use."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.websocket.fuzzing import TALLIES


@pytest.fixture
def quiet() -> Iterator[None]:
    """Write no log: thousands of errors are to happen, and nobody wants to read of them."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell how much was tried at random."""
    for tally in config.stash.get(TALLIES, []):
        terminalreporter.write_line(str(tally))
