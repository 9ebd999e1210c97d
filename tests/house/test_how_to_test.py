"""The page on tests."""

from __future__ import annotations

import pytest

from tests.house.pages import DOCS

pytest_plugins = ["pytester"]


def test_the_tests_of_the_chat_room_pass_on_both_backends(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nanyio_mode = auto\nfilterwarnings = error\n")
    for name in ("room.py", "test_room.py"):
        (pytester.path / name).write_text((DOCS / "how-to/code/chat" / name).read_text())
    pytester.runpytest_inprocess().assert_outcomes(passed=2 * 17)
