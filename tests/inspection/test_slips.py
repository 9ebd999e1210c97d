"""Names that are almost another one."""

from __future__ import annotations

import pytest

from anyws.inspection.mistakes.slips import is_slip_of


@pytest.mark.parametrize(
    "name",
    [
        "on_webscoket",
        "on_websockets",
        "on_web_socket",
        "on_websocke",
        "n_websocket",
        "on_wepsocket",
        "no_websocket",
        "on_websockte",
        "on_WebSocket",
        "ON_WEBSOCKET",
        "on_websocket",
    ],
)
def test_one_slip_of_the_finger_is_seen(name: str) -> None:
    assert is_slip_of(name, "on_websocket")


@pytest.mark.parametrize("name", ["on_webscokte", "on_websocketss", "on_socket", "", "on_get"])
def test_two_slips_are_another_name(name: str) -> None:
    assert not is_slip_of(name, "on_websocket")
