"""The page on background work."""

from __future__ import annotations

from types import ModuleType

import pytest
from anyio import fail_after

from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from tests.house.pages import module_of


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> ModuleType:
    """The program, in which nothing takes any time."""
    caplog.set_level("INFO", "shop")
    module = module_of("how-to/code/background.py")
    monkeypatch.setattr(module, "WORK", 0)
    return module


async def test_what_was_scheduled_is_done_before_the_services_are_closed(
    shop: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    async with ASGIConductor(shop.app) as conductor:
        assert (await conductor.simulate_post("/orders/tea")).status_code == 204
    lines = [record.message for record in caplog.records if record.name == "shop"]
    assert lines[0] == "the mail service is open"
    assert sorted(lines[1:3]) == ["tea is in the archive", "the mail about tea is sent"]
    assert lines[3:] == ["the mail service is closed"]


async def test_long_work_goes_on_after_the_answer_and_can_be_asked_about(
    shop: ModuleType,
) -> None:
    async with ASGIConductor(shop.app) as conductor:
        assert (await conductor.simulate_get("/orders/cake")).json == {"percent": None}
        assert (await conductor.simulate_put("/orders/cake")).status_code == 202
        await wait_all_tasks_blocked()
        assert (await conductor.simulate_get("/orders/cake")).json == {"percent": 100}


async def test_long_work_ends_with_the_application(
    shop: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop, "WORK", 3600)
    with fail_after(60):
        async with ASGIConductor(shop.app) as conductor:
            await conductor.simulate_put("/orders/cake")
            await wait_all_tasks_blocked()
            assert (await conductor.simulate_get("/orders/cake")).json == {"percent": 0}
