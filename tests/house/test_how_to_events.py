"""The page on server-sent events."""

from __future__ import annotations

import time

import pytest

from anyws import App
from anyws.testing import ASGIConductor
from tests.house.pages import app_of


@pytest.fixture
def app() -> App:
    return app_of("how-to/code/news.py")


async def test_what_is_posted_reaches_those_who_listen(app: App) -> None:
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_get_stream("/news") as near,
        conductor.simulate_get_stream("/news") as far,
    ):
        assert near.headers["content-type"] == "text/event-stream"
        for text in ("rain", "sun"):
            assert (await conductor.simulate_post("/news", json={"text": text})).status_code == 204
        for stream in (near, far):
            events = stream.events()
            first, second = await anext(events), await anext(events)
            assert (first.event, first.json) == ("news", {"text": "rain"})
            assert (second.event, second.json) == ("news", {"text": "sun"})
            assert events.retry == 2000


async def test_a_client_that_comes_back_gets_what_it_missed_and_then_what_is_new(
    app: App,
) -> None:
    async with ASGIConductor(app) as conductor:
        async with conductor.simulate_get_stream("/news") as stream:
            await conductor.simulate_post("/news", json="rain")
            seen = (await anext(stream.events())).event_id
        await conductor.simulate_post("/news", json="sun")
        async with conductor.simulate_get_stream(
            "/news", headers={"Last-Event-ID": seen}
        ) as stream:
            events = stream.events()
            assert (await anext(events)).json == "sun"
            await conductor.simulate_post("/news", json="snow")
            assert (await anext(events)).json == "snow"


async def test_an_id_of_an_earlier_run_is_older_than_all_that_there_is(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_post("/news", json="rain")
        an_hour_ago = (time.time_ns() // 10**6) - 3_600_000
        async with conductor.simulate_get_stream(
            "/news", headers={"Last-Event-ID": str(an_hour_ago)}
        ) as stream:
            assert (await anext(stream.events())).json == "rain"


async def test_an_id_that_is_no_number_is_a_400_that_names_the_header(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get("/news", headers={"Last-Event-ID": "x"})
        assert result.status_code == 400
        assert "Last-Event-ID" in result.text


async def test_the_page_listens_to_the_news(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        page = await conductor.simulate_get("/")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert 'new EventSource("/news")' in page.text
