"""Errors of Hypercorn's own."""

from __future__ import annotations

import anyio
import pytest
from anyio.lowlevel import checkpoint

from anyws.cli.worker.mishaps import confined


@pytest.mark.parametrize(
    "error", [KeyError(1), ExceptionGroup("of a task group", [ExceptionGroup("", [KeyError(1)])])]
)
def test_an_error_of_one_connection_is_logged_in_a_line_and_goes_no_further(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with confined():
        raise error
    [record] = [record for record in caplog.records if record.levelname != "DEBUG"]
    assert record.getMessage() == "Hypercorn has dropped a connection: KeyError(1)"
    assert record.exc_info is None


async def test_a_cancellation_passes() -> None:
    with anyio.CancelScope() as scope:
        scope.cancel()
        with confined():
            await checkpoint()
    assert scope.cancelled_caught
