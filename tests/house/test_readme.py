"""The README keeps its word: its example runs, its commands are the ones that are tried."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from anyws import App, WebSocketDisconnected
from anyws.testing import ASGIConductor

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    """The README's code blocks in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def app(tmp_path: Path) -> App:
    """The application of the example."""
    [example] = blocks("python")
    (tmp_path / "countdown.py").write_text(example)
    app = runpy.run_path(str(tmp_path / "countdown.py"))["app"]
    assert isinstance(app, App)
    return app


async def test_the_example_counts_down_until_it_is_told_to_stop(app: App) -> None:
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_ws("/countdown/60") as ws,
    ):
        assert await ws.receive_json() == {"left": 60}
        await ws.send_text("stop")
        with pytest.raises(WebSocketDisconnected) as ended:
            await ws.receive_json()
        assert ended.value.code == 1000


async def test_the_example_closes_when_the_count_is_over(app: App) -> None:
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_ws("/countdown/0") as ws,
    ):
        with pytest.raises(WebSocketDisconnected) as ended:
            await ws.receive_json()
        assert ended.value.reason == "lift-off"


def test_the_test_command_is_the_one_that_every_change_has_to_pass() -> None:
    _serve, test = (command.strip() for command in blocks("sh"))
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert test in [line.strip() for line in lines]


def test_the_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert targets != []
    assert [target for target in targets if not (ROOT / target).is_file()] == []
