"""The page on static files."""

from __future__ import annotations

import pytest

from anyws import App
from anyws.testing import ASGIConductor
from tests.house.pages import app_of

SCRIPT = "/assets/app.1f3a.js"


@pytest.fixture
def app() -> App:
    return app_of("how-to/code/files.py")


@pytest.mark.parametrize("path", ["/", "/index.html", "/orders/7"])
async def test_paths_without_a_file_get_the_page(app: App, path: str) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get(path)
        assert result.status_code == 200
        assert "<title>A page</title>" in result.text
        assert result.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/assets/missing.js", "/downloads/missing.csv", "/api/missing"])
async def test_other_things_that_are_missing_are_a_404(app: App, path: str) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get(path)
        assert result.status_code == 404
        assert "cache-control" not in result.headers


async def test_the_api_is_in_front_of_the_files(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/api/hello")).json == {"hello": "world"}


async def test_a_browser_that_has_a_file_need_not_get_it_again(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        first = await conductor.simulate_get(SCRIPT)
        assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
        second = await conductor.simulate_get(
            SCRIPT, headers={"If-None-Match": first.headers["etag"]}
        )
        assert (second.status_code, second.content) == (304, b"")


async def test_a_part_of_a_file_can_be_asked_for(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get(SCRIPT, headers={"Range": "bytes=0-7"})
        assert (result.status_code, result.content) == (206, b"document")
        result = await conductor.simulate_get(SCRIPT, headers={"Range": "bytes=900-"})
        assert result.status_code == 416


async def test_downloads_are_saved_under_their_names(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get("/downloads/prices.csv")
        assert result.headers["content-disposition"] == 'attachment; filename="prices.csv"'
        assert result.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("path", ["/assets/../../files.py", "/assets/%2e%2e/index.html"])
async def test_what_is_outside_of_a_folder_is_a_404(app: App, path: str) -> None:
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get(path)).status_code == 404
