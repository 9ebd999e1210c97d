"""The page on virtual time."""

from __future__ import annotations

import pytest

from tests.house.pages import DOCS

pytest_plugins = ["pytester"]


def test_the_tests_on_the_page_pass_on_both_backends(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nanyio_mode = auto\nfilterwarnings = error\n")
    for name in ("heartbeat.py", "test_heartbeat.py"):
        page = DOCS / "how-to/code/virtual_time" / name
        (pytester.path / name).write_text(page.read_text())
    pytester.runpytest_inprocess().assert_outcomes(passed=4)
