"""Paths that ask for what lies outside of a directory get nothing of it, and break nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anyws import App
from anyws.static import StaticRoute
from anyws.static.files import find
from anyws.static.paths import inner_path
from anyws.static.validators import Conditions
from anyws.testing import ASGIConductor
from tests.http.exchanges import Server, make_scope, part
from tests.static.hostile import CHAIN, FALLBACK, SECRET, TABLE, as_sent, beside, make_directory


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_directory(tmp_path_factory.mktemp("around"))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that are opened."""
    paths: list[str] = []
    real_open = os.open

    def noting(path: Any, *arguments: Any, **options: Any) -> int:
        paths.append(os.fspath(path))
        return real_open(path, *arguments, **options)

    monkeypatch.setattr(os, "open", noting)
    return paths


def app_for(prefix: str, directory: Path, fallback: str | None) -> App:
    app = App()
    app.add_static_route(prefix, directory, fallback_filename=fallback)
    return app


def test_there_are_hostile_paths_enough() -> None:
    assert sum(map(len, TABLE.values())) > 500


def test_the_secrets_are_where_the_paths_lead(directory: Path) -> None:
    for path in ("../secret", "link-to-directory/static-secret/secret", "chain-29"):
        assert (directory / path).read_bytes() == SECRET


@pytest.mark.parametrize("fallback", [None, "index.html"])
@pytest.mark.parametrize("prefix", ["/static", "/"])
@pytest.mark.parametrize("kind", TABLE)
async def test_a_hostile_path_in_a_request_is_a_404_or_the_fallback(
    kind: str, prefix: str, fallback: str | None, directory: Path, opened: list[str]
) -> None:
    async with ASGIConductor(app_for(prefix, directory, fallback)) as conductor:
        for path in TABLE[kind]:
            target = f"{prefix.rstrip('/')}/{as_sent(path)}"
            result = await conductor.simulate_get(target)
            outcome = (result.status_code, result.content)
            if fallback is None or result.status_code != 200:
                assert result.status_code == 404, (target[:200], outcome)
                assert SECRET not in result.content
            else:
                assert result.content == FALLBACK, (target[:200], outcome)
    assert all(Path(path).is_relative_to(directory) for path in opened)


def decodings(path: str) -> set[str]:
    """Give what servers may make of a path as it stands in a request, well or badly."""
    once = unquote(path)
    return {
        path,
        once,
        unquote(once),
        unquote(path, errors="surrogateescape"),
        unquote(path, encoding="latin-1"),
    }


@pytest.mark.parametrize("kind", TABLE)
async def test_a_hostile_path_in_a_scope_is_a_404_however_it_was_decoded(
    kind: str, directory: Path, opened: list[str]
) -> None:
    app = app_for("/static", directory, None)
    for path in TABLE[kind]:
        for decoded in decodings(path):
            for headers in ({}, {"Range": "bytes=0-"}, {"If-None-Match": "*"}):
                status, content = await call(app, f"/static/{decoded}", headers)
                assert status == 404, (decoded[:200], headers, content)
                assert SECRET not in content
    assert all(Path(path).is_relative_to(directory) for path in opened)


async def call(app: App, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Send a request whose path is not checked by anybody."""
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = make_scope(path=path, headers=raw)
    await app(scope, Server(part(b"", more=False)).receive, send)
    return sent[0]["status"], b"".join(event["body"] for event in sent[1:])


@pytest.mark.parametrize("fallback", [None, "index.html"])
async def test_a_path_that_begins_as_the_prefix_does_is_not_below_it(
    directory: Path, fallback: str | None
) -> None:
    async with ASGIConductor(app_for("/static", directory, fallback)) as conductor:
        for path in beside("/static"):
            result = await conductor.simulate_get(path)
            assert result.status_code == 404, path
            assert SECRET not in result.content


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
async def test_no_method_leads_out_of_the_directory_either(directory: Path, method: str) -> None:
    async with ASGIConductor(app_for("/static", directory, None)) as conductor:
        for path in ("../secret", "%2e%2e/secret", "link-to-file"):
            result = await conductor.simulate_request(method, f"/static/{path}")
            assert result.status_code in (400, 405)
            assert SECRET not in result.content


async def test_more_links_than_can_be_followed_are_no_failure(directory: Path) -> None:
    async with ASGIConductor(app_for("/static", directory, None)) as conductor:
        result = await conductor.simulate_get(f"/static/long-{CHAIN - 1}")
    # Whether they are too many depends on the Python.
    assert (result.status_code, result.content) == (200, FALLBACK) or result.status_code == 404


def test_a_chain_that_python_cannot_follow_leads_to_no_file(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RecursionError

    root = os.path.realpath(directory)
    monkeypatch.setattr(os.path, "realpath", lambda path, strict=False: fail() if strict else root)
    assert find(root, ["index.html"], Conditions()) is None


def test_a_name_that_the_file_system_cannot_write_is_no_file(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = os.path.realpath(directory)

    def encode(path: str, strict: bool = False) -> str:
        path.encode("ascii")
        return path

    # So it is where the locale is C, and Python was told not to use UTF-8 all the same.
    monkeypatch.setattr(os.path, "realpath", encode)
    assert find(root, ["caf\xe9"], Conditions()) is None
    assert find(root, ["caf\xe9", "index.html"], Conditions()) is not None


@pytest.mark.parametrize(
    "fallback",
    [
        "../secret",
        "sub/../../secret",
        "../static-secret/secret",
        "link-to-file",
        "link-to-directory/secret",
        "link-to-null",
        "link-to-root/etc/passwd",
        "chain-29",
        "/etc/passwd",
        "//etc/passwd",
        "pipe",
        "socket",
        "sub",
        "sub/",
        ".",
        "..",
        "link-to-nothing",
        "link-to-itself",
    ],
)
def test_a_fallback_leads_to_a_file_in_the_directory(directory: Path, fallback: str) -> None:
    with pytest.raises(ValueError, match=r"fallback_filename=.* a file inside"):
        StaticRoute("/static", directory, fallback_filename=fallback)


async def test_a_fallback_that_leads_out_later_on_is_a_404(tmp_path: Path) -> None:
    directory = make_directory(tmp_path)
    async with ASGIConductor(app_for("/static", directory, "index.html")) as conductor:
        assert (await conductor.simulate_get("/static/nothing")).content == FALLBACK
        (directory / "index.html").unlink()
        (directory / "index.html").symlink_to(tmp_path / "secret")
        for path in ("/static", "/static/", "/static/nothing", "/static/index.html"):
            assert (await conductor.simulate_get(path)).status_code == 404


@pytest.mark.parametrize("name", ["latest.css", "sub/latest.css"])
async def test_a_link_inside_the_directory_is_sent_under_its_own_name(
    tmp_path: Path, name: str
) -> None:
    directory = make_directory(tmp_path)
    # Such a name on the disk is no text.
    stored = os.fsdecode(b"blob-\xff")
    (directory / stored).write_bytes(b"a {}")
    (directory / name).symlink_to(directory / stored)
    app = App()
    app.add_static_route("/static", directory, downloadable=True)
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get(f"/static/{name}")
    assert (result.status_code, result.content) == (200, b"a {}")
    assert result.headers["content-type"] == "text/css"
    assert result.headers["content-disposition"] == 'attachment; filename="latest.css"'


NAMES = [
    *("..", ".", "", "/", "//", "\\", "%2e", "%2E%2E", "%2f", "%5C", "%252e", "%00", "\x00", "~"),
    *("secret", "static", "static-secret", "sub", "page.txt", "index.html", "etc", "passwd"),
    *("link-to-directory", "link-to-sibling", "link-to-root", "sub/link-up", "chain-3", "pipe"),
    *("\uff0e\uff0e", "\u2025", "\u2024", "\uff0f", "\u2215", "\ud800", "\ufffd", " ", ";", ":"),
]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(NAMES), max_size=8), st.sampled_from(["/", "", "%2f", "\\", "/../"])
)
@example(["link-to-directory", "static", "index.html"], "/")
def test_whatever_is_found_lies_inside_the_directory(
    directory: Path, names: list[str], separator: str
) -> None:
    rest = separator.join(names)
    for path in decodings(rest):
        inner = inner_path(path)
        found = find(str(directory), [inner], Conditions()) if inner else None
        if found is not None:
            assert found.content in (FALLBACK, b"page")
