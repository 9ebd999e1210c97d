"""Files of a directory as responses."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import anyio
import pytest
from anyio import to_thread

from anyws import (
    HTTPError,
    HTTPMethodNotAllowed,
    HTTPNotFound,
    HTTPPreconditionFailed,
    HTTPRangeNotSatisfiable,
    Request,
    RequestOptions,
    Response,
    ResponseOptions,
)
from anyws.http.rendering import render
from anyws.http.streams import aclose, chunks
from anyws.static import StaticRoute
from anyws.static.files import FileStream

LARGE = bytes(range(256)) * 1024


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory of files, with a secret beside it."""
    public = tmp_path / "public"
    (public / "sub").mkdir(parents=True)
    (public / "hello.txt").write_bytes(b"0123456789")
    (public / "large.bin").write_bytes(LARGE)
    (public / "empty").touch()
    (public / "index.html").write_bytes(b"<html>")
    (public / "sub" / "a b.json").write_bytes(b"{}")
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "public-too").mkdir()
    (tmp_path / "public-too" / "secret").write_bytes(b"secret")
    return public


def request_for(path: str, method: str = "GET", **headers: str) -> Request:
    async def receive() -> dict[str, Any]:
        raise AssertionError("a static file asks for no body")

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [
            (name.replace("_", "-").lower().encode(), value.encode("latin-1"))
            for name, value in headers.items()
        ],
    }
    return Request(scope, receive, options=RequestOptions())


async def get(
    route: StaticRoute, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Give what a client gets: status, headers and body."""
    request = request_for(path, method, **headers)
    response = Response(options=ResponseOptions(static_media_types={".x": "text/x"}))
    await route(request, response)
    try:
        rendered = await render(response, head=method == "HEAD")
        body = rendered.body
        if body is None:
            assert rendered.stream is not None
            body = b"".join([chunk async for chunk in chunks(rendered.stream)])
    finally:
        await aclose(response.stream)
    fields = {name.decode(): value.decode("latin-1") for name, value in rendered.headers}
    return rendered.status, fields, body


@pytest.mark.parametrize(
    ("name", "body", "media_type"),
    [
        ("hello.txt", b"0123456789", "text/plain"),
        ("large.bin", LARGE, "application/octet-stream"),
        ("empty", b"", "application/octet-stream"),
        ("sub/a b.json", b"{}", "application/json"),
    ],
)
async def test_a_file_is_sent_with_its_length_its_type_and_its_validators(
    directory: Path, name: str, body: bytes, media_type: str
) -> None:
    status, headers, sent = await get(StaticRoute("/files", directory), f"/files/{name}")
    assert (status, sent) == (200, body)
    assert headers.keys() == {
        "content-length",
        "content-type",
        "accept-ranges",
        "etag",
        "last-modified",
    }
    assert headers["content-length"] == str(len(body))
    assert headers["content-type"] == media_type
    assert headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("name", ["hello.txt", "large.bin"])
async def test_a_head_gets_the_same_headers_and_no_body(directory: Path, name: str) -> None:
    route = StaticRoute("/", directory)
    _, headers, _ = await get(route, f"/{name}")
    assert await get(route, f"/{name}", "HEAD", Range="bytes=0-1") == (200, headers, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"])
async def test_any_method_but_get_and_head_is_a_405(directory: Path, method: str) -> None:
    with pytest.raises(HTTPMethodNotAllowed) as caught:
        await get(StaticRoute("/", directory), "/hello.txt", method)
    assert caught.value.headers == [("Allow", "GET, HEAD")]


async def test_a_client_that_has_the_file_gets_a_304(directory: Path) -> None:
    route = StaticRoute("/", directory)
    _, headers, _ = await get(route, "/hello.txt")
    etag, changed = headers["etag"], headers["last-modified"]
    validators = {"etag": etag, "last-modified": changed}
    assert await get(route, "/hello.txt", If_None_Match=etag) == (304, validators, b"")
    assert await get(route, "/large.bin", If_Modified_Since=changed)
    status, _, _ = await get(route, "/hello.txt", If_Modified_Since=changed)
    assert status == 304
    status, _, body = await get(
        route, "/hello.txt", If_None_Match='"x"', If_Modified_Since=changed
    )
    assert (status, body) == (200, b"0123456789")


async def test_a_client_that_wants_another_version_gets_a_412(directory: Path) -> None:
    route = StaticRoute("/", directory)
    _, headers, _ = await get(route, "/hello.txt")
    etag, changed = headers["etag"], headers["last-modified"]
    long_ago = "Sun, 06 Nov 1994 08:49:37 GMT"
    for wanted in ({"If_Match": etag}, {"If_Match": "*"}, {"If_Unmodified_Since": changed}):
        assert (await get(route, "/hello.txt", **wanted))[0] == 200
    for wanted in ({"If_Match": '"x"'}, {"If_Match": "x"}, {"If_Unmodified_Since": long_ago}):
        for method in ("GET", "HEAD"):
            with pytest.raises(HTTPPreconditionFailed):
                await get(route, "/hello.txt", method, **wanted)
    # What is not there has no version.
    with pytest.raises(HTTPNotFound):
        await get(route, "/nothing", If_Match='"x"')


async def test_another_content_is_another_version(directory: Path) -> None:
    route = StaticRoute("/", directory)
    _, headers, _ = await get(route, "/hello.txt")
    (directory / "hello.txt").write_bytes(b"other")
    status, _, body = await get(route, "/hello.txt", If_None_Match=headers["etag"])
    assert (status, body) == (200, b"other")


@pytest.mark.parametrize(
    ("name", "field", "content_range", "body"),
    [
        ("hello.txt", "bytes=2-4", "bytes 2-4/10", b"234"),
        ("hello.txt", "bytes=8-", "bytes 8-9/10", b"89"),
        ("hello.txt", "bytes=-3", "bytes 7-9/10", b"789"),
        ("large.bin", "bytes=1-200000", "bytes 1-200000/262144", LARGE[1:200001]),
        ("large.bin", "bytes=262143-", "bytes 262143-262143/262144", b"\xff"),
    ],
)
async def test_one_range_is_sent_as_a_206(
    directory: Path, name: str, field: str, content_range: str, body: bytes
) -> None:
    status, headers, sent = await get(StaticRoute("/", directory), f"/{name}", Range=field)
    assert (status, headers["content-range"], sent) == (206, content_range, body)
    assert headers["content-length"] == str(len(body))


async def test_a_range_behind_the_end_is_a_416_and_nothing_stays_open(directory: Path) -> None:
    with pytest.raises(HTTPRangeNotSatisfiable):
        await get(StaticRoute("/", directory), "/hello.txt", Range="bytes=10-")


@pytest.mark.parametrize(
    "field", ["bytes=0-1,4-5", "bytes=x-", "bytes=5-4", "items=0-1", "", "bytes=-0"]
)
async def test_malformed_and_several_ranges_are_ignored(directory: Path, field: str) -> None:
    status, headers, body = await get(StaticRoute("/", directory), "/hello.txt", Range=field)
    assert (status, body) == (200, b"0123456789")
    assert "content-range" not in headers


async def test_a_range_counts_only_for_the_version_that_if_range_names(directory: Path) -> None:
    route = StaticRoute("/", directory)
    _, headers, _ = await get(route, "/hello.txt")
    arguments = {"Range": "bytes=0-1"}
    status, _, _ = await get(route, "/hello.txt", If_Range=headers["etag"], **arguments)
    assert status == 206
    status, _, _ = await get(route, "/hello.txt", If_Range='"x"', **arguments)
    assert status == 200


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.css", "text/css"),
        ("a.js", "text/javascript"),
        ("a.PNG", "image/png"),
        ("a.x", "text/x"),
        ("a.tar.gz", "application/gzip"),
        ("a.unknown", "application/octet-stream"),
    ],
)
async def test_the_media_type_goes_by_the_suffix(
    directory: Path, name: str, media_type: str
) -> None:
    (directory / name).write_bytes(b"x")
    _, headers, _ = await get(StaticRoute("/", directory), f"/{name}")
    assert headers["content-type"] == media_type


async def test_downloadable_files_are_saved_under_their_name(directory: Path) -> None:
    route = StaticRoute("/", directory, downloadable=True)
    _, headers, _ = await get(route, "/sub/a b.json")
    assert headers["content-disposition"] == 'attachment; filename="a b.json"'


MISSING = ["/nothing", "/sub", "/sub/", "/", "/hello.txt/", "/hello.txt/x", "/" + "x" * 300]
HOSTILE = [
    "/../secret",
    "/sub/../../secret",
    "//etc/passwd",
    "/..%2fsecret",
    "/%2e%2e/secret",
    "/%252e%252e/secret",
    "/..\\secret",
    "/hello.txt\x00",
    "/hello.txt\x00.png",
    "/hello.txt\n",
    "/./hello.txt",
    "/\uff0e\uff0e/secret",
    "/sub//a b.json",
]


@pytest.mark.parametrize("path", [*MISSING, *HOSTILE])
async def test_what_is_no_file_inside_the_directory_is_a_404(directory: Path, path: str) -> None:
    for method in ("GET", "HEAD"):
        with pytest.raises(HTTPNotFound):
            await get(StaticRoute("/", directory), path, method)


@pytest.mark.parametrize("path", MISSING)
async def test_the_fallback_answers_missing_paths_with_200(directory: Path, path: str) -> None:
    route = StaticRoute("/", directory, fallback_filename="index.html")
    status, headers, body = await get(route, path)
    assert (status, body) == (200, b"<html>")
    assert headers["content-type"] == "text/html"


@pytest.mark.parametrize("path", HOSTILE)
async def test_the_fallback_does_not_answer_for_hostile_paths(directory: Path, path: str) -> None:
    with pytest.raises(HTTPNotFound):
        await get(StaticRoute("/", directory, fallback_filename="index.html"), path)


async def test_the_fallback_does_not_stand_in_for_a_file_that_is_there(directory: Path) -> None:
    route = StaticRoute("/", directory, fallback_filename="index.html")
    assert (await get(route, "/hello.txt"))[2] == b"0123456789"


async def test_links_are_followed_inside_the_directory_and_not_out_of_it(directory: Path) -> None:
    (directory / "inside").symlink_to(directory / "hello.txt")
    (directory / "outside").symlink_to(directory.parent / "secret")
    (directory / "outside-dir").symlink_to(directory.parent)
    (directory / "sibling").symlink_to(directory.parent / "public-too")
    (directory / "circle").symlink_to(directory / "circle")
    (directory / "dangling").symlink_to(directory / "nothing")
    route = StaticRoute("/", directory)
    assert (await get(route, "/inside"))[2] == b"0123456789"
    for path in ("/outside", "/outside-dir/secret", "/sibling/secret", "/circle", "/dangling"):
        with pytest.raises(HTTPNotFound):
            await get(route, path)


async def test_the_directory_itself_may_be_a_link_that_is_set_anew(directory: Path) -> None:
    current = directory.parent / "current"
    current.symlink_to(directory)
    route = StaticRoute("/", current)
    assert (await get(route, "/hello.txt"))[2] == b"0123456789"
    current.unlink()
    current.symlink_to(directory.parent / "public-too")
    assert (await get(route, "/secret"))[2] == b"secret"


async def test_only_regular_files_are_sent(directory: Path) -> None:
    os.mkfifo(directory / "pipe")
    (directory / "null").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as server:
        # The name of a socket is limited to about 100 characters.
        with Inside(directory):
            server.bind("socket")
        for path in ("/pipe", "/null", "/socket"):
            with anyio.fail_after(30), pytest.raises(HTTPNotFound):
                await get(StaticRoute("/", directory), path)


class Inside:
    """The working directory, for a while."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __enter__(self) -> None:
        self._before = Path.cwd()
        os.chdir(self._directory)

    def __exit__(self, *_: object) -> None:
        os.chdir(self._before)


def fail_to_open(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Have the file system answer with an error (root may read everything)."""

    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", fail)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.ENOENT])
async def test_a_file_that_must_not_be_read_or_is_gone_by_now_is_a_404(
    directory: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    fail_to_open(monkeypatch, number)
    with pytest.raises(HTTPNotFound):
        await get(StaticRoute("/", directory), "/hello.txt")


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EIO])
async def test_an_error_of_the_file_system_is_not_a_404(
    directory: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    fail_to_open(monkeypatch, number)
    with pytest.raises(OSError, match=os.strerror(number)):
        await get(StaticRoute("/", directory), "/hello.txt")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The files that are opened; they must be closed when the test is over."""
    files: list[Any] = []
    fdopen = os.fdopen

    def noting(*arguments: Any, **options: Any) -> Any:
        files.append(fdopen(*arguments, **options))
        return files[-1]

    monkeypatch.setattr(os, "fdopen", noting)
    yield files
    assert files
    assert all(file.closed for file in files)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {}),
        ("HEAD", {}),
        ("GET", {"If_None_Match": "*"}),
        ("GET", {"If_Match": '"x"'}),
        ("GET", {"Range": "bytes=0-99999"}),
        ("GET", {"Range": "bytes=999999999-"}),
    ],
)
@pytest.mark.parametrize("name", ["hello.txt", "large.bin"])
async def test_files_are_closed_in_every_case(
    directory: Path, opened: list[Any], name: str, method: str, headers: dict[str, str]
) -> None:
    try:
        await get(StaticRoute("/", directory), f"/{name}", method, **headers)
    except HTTPError:
        assert headers


async def test_a_file_is_closed_when_its_reader_is_cancelled(
    directory: Path, opened: list[Any]
) -> None:
    response = Response(options=ResponseOptions())
    await StaticRoute("/", directory)(request_for("/large.bin"), response)
    assert isinstance(response.stream, FileStream)
    with anyio.CancelScope() as scope:
        try:
            scope.cancel()
            await anyio.lowlevel.checkpoint()
        finally:
            await aclose(response.stream)
    assert opened[0].closed


async def test_a_file_is_closed_even_if_no_thread_becomes_free(
    directory: Path, opened: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    response = Response(options=ResponseOptions())
    await StaticRoute("/", directory)(request_for("/large.bin"), response)
    monkeypatch.setattr("anyws.static.files._CLOSE_TIMEOUT", 0)
    limiter = to_thread.current_default_thread_limiter()
    before = limiter.total_tokens
    borrowers = [object() for _ in range(int(before))]
    for borrower in borrowers:
        await limiter.acquire_on_behalf_of(borrower)
    try:
        await aclose(response.stream)
    finally:
        for borrower in borrowers:
            limiter.release_on_behalf_of(borrower)


async def test_a_small_file_takes_one_hop_into_a_thread(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hops = []
    run_sync = to_thread.run_sync

    async def counting(*arguments: Any, **options: Any) -> Any:
        hops.append(arguments)
        return await run_sync(*arguments, **options)

    monkeypatch.setattr(to_thread, "run_sync", counting)
    await get(StaticRoute("/", directory), "/hello.txt")
    assert len(hops) == 1


@pytest.mark.parametrize("name", ["hello.txt", "large.bin"])
async def test_a_file_that_gets_shorter_is_not_sent_as_if_it_were_whole(
    directory: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = directory / name
    fdopen = os.fdopen

    def truncating(*arguments: Any, **options: Any) -> Any:
        file = fdopen(*arguments, **options)
        seek = file.seek
        monkeypatch.setattr("os.fdopen", fdopen)

        class Truncated:
            name, fileno, close, read = file.name, file.fileno, file.close, file.read

            def seek(self, position: int) -> None:
                seek(position)
                path.write_bytes(b"")

        return Truncated()

    monkeypatch.setattr("os.fdopen", truncating)
    with pytest.raises(OSError, match="has become shorter"):
        await get(StaticRoute("/", directory), f"/{name}")


@pytest.mark.parametrize(
    ("prefix", "fallback", "path", "matches"),
    [
        ("/files", None, "/files/x", True),
        ("/files/", None, "/files/x", True),
        ("/files", None, "/files", False),
        ("/files", None, "/filesystem", False),
        ("/files", None, "/x/files/x", False),
        ("/files", "index.html", "/files", True),
        ("/files", "index.html", "/file", False),
        ("/", None, "/x", True),
    ],
)
def test_a_route_matches_what_lies_below_its_prefix(
    directory: Path, prefix: str, fallback: str | None, path: str, matches: bool
) -> None:
    route = StaticRoute(prefix, directory, fallback_filename=fallback)
    assert route.matches(path) is matches


async def test_the_bare_prefix_is_answered_by_the_fallback(directory: Path) -> None:
    route = StaticRoute("/files", directory, fallback_filename="index.html")
    assert (await get(route, "/files"))[2] == b"<html>"


@pytest.mark.parametrize("prefix", ["", "files", "files/", None])
def test_a_prefix_starts_with_a_slash(directory: Path, prefix: Any) -> None:
    with pytest.raises(ValueError, match=r"prefix=.* must be a str that starts with '/'"):
        StaticRoute(prefix, directory)


def test_a_directory_is_absolute_and_exists(directory: Path) -> None:
    with pytest.raises(ValueError, match=r"directory='static' must be absolute.*pathlib"):
        StaticRoute("/", "static")
    with pytest.raises(ValueError, match=r"directory=.* must exist and be a directory"):
        StaticRoute("/", directory / "nothing")
    with pytest.raises(ValueError, match=r"directory=.* must exist and be a directory"):
        StaticRoute("/", directory / "hello.txt")


@pytest.mark.parametrize("fallback", ["nothing", "../secret", "/etc/passwd", "sub", ""])
def test_a_fallback_is_a_file_inside_the_directory(directory: Path, fallback: str) -> None:
    with pytest.raises(ValueError, match=r"fallback_filename=.* a file inside"):
        StaticRoute("/", directory, fallback_filename=fallback)


def test_the_hostile_paths_would_be_answered_if_nobody_looked(directory: Path) -> None:
    """The paths of the tests above do lead to a file, once they are decoded."""
    assert (directory / unquote("..%2fsecret")).read_bytes() == b"secret"
