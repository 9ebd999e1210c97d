"""The page on uploads."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from anyws import App
from anyws.testing import ASGIConductor, Result
from tests.house.pages import app_of
from tests.http.exchanges import Server, make_scope, part

FORM = (
    b"--edge\r\n"
    b'Content-Disposition: form-data; name="caption"\r\n\r\n'
    b"Tea\r\n"
    b"--edge\r\n"
    b'Content-Disposition: form-data; name="photo"; filename="../tea.jpg"\r\n\r\n'
    b"a photo\r\n"
    b"--edge--\r\n"
)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """The program, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return app_of("how-to/code/uploads.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


def files_in(folder: Path) -> dict[str, bytes]:
    """What is in a folder, by name."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def test_a_body_becomes_a_file(app: App, folder: Path) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_post("/file", body=b"a photo")
    assert result.status_code == 201
    saved: Any = result.json
    assert saved["size"] == 7
    assert files_in(folder) == {saved["name"]: b"a photo"}


async def test_files_of_a_form_are_saved_under_names_that_the_client_does_not_choose(
    app: App, folder: Path
) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_post(
            "/form", body=FORM, content_type="multipart/form-data; boundary=edge"
        )
    got: Any = result.json
    assert result.status_code == 201
    assert got["caption"] == "Tea"
    assert got["photo"]["size"] == 7
    assert files_in(folder) == {got["photo"]["name"]: b"a photo"}


async def test_what_is_no_form_is_a_415(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_post("/form", json={"caption": "Tea"})
    assert result.status_code == 415


async def test_a_body_beyond_the_limit_is_a_413_and_leaves_nothing(app: App, folder: Path) -> None:
    assert app.req_options.max_body_size == 100 * 2**20
    app.req_options.max_body_size = 6
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_post("/file", body=b"a photo")
    assert result.status_code == 413
    assert "6 bytes" in result.text
    assert files_in(folder) == {}


async def test_a_body_that_is_cut_off_leaves_nothing(app: App, folder: Path) -> None:
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_post("/file", body=b"a pho", headers={"Content-Length": "7"})
    assert files_in(folder) == {}


@pytest.mark.anyws_clock("virtual")
async def test_a_body_that_takes_too_long_is_a_408_and_leaves_nothing(
    app: App, folder: Path
) -> None:
    sent: list[MutableMapping[str, Any]] = []

    async def send(event: MutableMapping[str, Any]) -> None:
        sent.append(event)

    server = Server(part(b"a pho"))
    await app(make_scope(method="POST", path="/file"), server.receive, send)
    assert sent[0]["status"] == 408
    assert files_in(folder) == {}


async def post_note(**arguments: Any) -> Result:
    async with ASGIConductor(app_of("how-to/code/notes.py")) as conductor:
        return await conductor.simulate_post("/notes", **arguments)


async def test_a_note_is_taken() -> None:
    result = await post_note(json={"title": "Tea", "stars": 5})
    assert result.status_code == 201
    assert result.json == {"number": 1, "title": "Tea"}


@pytest.mark.parametrize(
    ("media", "complaint"),
    [
        ({"title": "Tea", "stars": "five"}, "Expected `int`, got `str` - at `$.stars`"),
        ({"stars": 5}, "Object missing required field `title`"),
        ([], "Expected `object`, got `array`"),
    ],
)
async def test_a_note_of_another_shape_is_a_400_that_says_where(
    media: object, complaint: str
) -> None:
    result = await post_note(json=media)
    assert result.status_code == 400
    assert result.json == {"title": "400 Bad Request", "description": complaint}


async def test_the_limit_of_one_route_is_its_own() -> None:
    app = app_of("how-to/code/notes.py")
    async with ASGIConductor(app) as conductor:
        fitting = b'{"title":"Tea"}'.ljust(1024)
        assert (await conductor.simulate_post("/notes", body=fitting)).status_code == 201
        result = await conductor.simulate_post("/notes", body=fitting + b" ")
        assert result.status_code == 413
        assert "1024 bytes" in result.text
    assert app.req_options.max_body_size == 16 * 2**20
