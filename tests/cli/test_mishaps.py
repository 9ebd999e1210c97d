"""Errors of Hypercorn's own."""

from __future__ import annotations

import anyio
import pytest
from anyio.lowlevel import checkpoint

from anyws.cli.worker.mishaps import LINES_PER_SECOND, Mishaps


@pytest.mark.parametrize(
    "error", [KeyError(1), ExceptionGroup("of a task group", [ExceptionGroup("", [KeyError(1)])])]
)
def test_an_error_of_one_connection_is_logged_in_a_line_and_goes_no_further(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with Mishaps().confined():
        raise error
    [record] = [record for record in caplog.records if record.levelname != "DEBUG"]
    assert record.getMessage() == "Hypercorn has dropped a connection: KeyError(1)"
    assert record.exc_info is None


async def test_a_cancellation_passes() -> None:
    with anyio.CancelScope() as scope:
        scope.cancel()
        with Mishaps().confined():
            await checkpoint()
    assert scope.cancelled_caught


def test_a_flood_of_errors_is_a_few_lines_and_one_that_counts_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = 100.0
    mishaps = Mishaps(lambda: now)
    for _ in range(1000):
        with mishaps.confined():
            raise KeyError(1)
    with mishaps.confined():
        raise OSError("of another kind")
    now += 1
    with mishaps.confined():
        raise KeyError(2)
    mishaps.sum_up()
    lines = [record.getMessage() for record in caplog.records if record.levelname != "DEBUG"]
    assert lines == [
        *["Hypercorn has dropped a connection: KeyError(1)"] * LINES_PER_SECOND,
        "Hypercorn has dropped a connection: OSError('of another kind')",
        f"Hypercorn has dropped {1000 - LINES_PER_SECOND} more connections: KeyError",
        "Hypercorn has dropped a connection: KeyError(2)",
    ]


def test_an_error_that_repeats_what_the_client_sent_is_a_short_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Mishaps().confined():
        raise ValueError("\n" * 10_000)
    [record] = [record for record in caplog.records if record.levelname != "DEBUG"]
    assert len(record.getMessage()) < 300
    assert "\n" not in record.getMessage()
