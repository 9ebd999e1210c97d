"""Files that are uploaded, and then downloaded in whole and in part."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest

from tests.servers.payloads import BLOCK, blocks

CONTENT = blocks(5)
SIZE = len(CONTENT)


@dataclass(frozen=True)
class File:
    """A file on the server."""

    client: httpx.Client
    path: str
    etag: str

    def get(self, **headers: str) -> httpx.Response:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(self.path, headers=fields)


@pytest.fixture
def file(client: httpx.Client, key: str) -> File:
    assert client.put(f"/files/{key}.bin", content=CONTENT).status_code == 201
    path = f"/static/{key}.bin"
    return File(client, path, client.head(path).headers["etag"])


def test_a_file_comes_whole_and_says_how_it_can_be_asked_for(file: File) -> None:
    response = file.get()
    assert (response.status_code, response.content) == (200, CONTENT)
    assert response.headers["content-length"] == str(SIZE)
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["accept-ranges"] == "bytes"
    assert response.headers["etag"] == file.etag


def test_head_tells_of_a_file_without_sending_it(file: File) -> None:
    response = file.client.head(file.path)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-length"] == str(SIZE)


@pytest.mark.parametrize(
    ("field", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        (f"bytes={BLOCK - 1}-{2 * BLOCK}", BLOCK - 1, 2 * BLOCK),
        (f"bytes={BLOCK}-", BLOCK, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        (f"bytes=5-{10 * SIZE}", 5, SIZE - 1),
    ],
)
def test_a_range_is_a_206_with_that_part(file: File, field: str, first: int, last: int) -> None:
    response = file.get(range=field)
    assert (response.status_code, response.content) == (206, CONTENT[first : last + 1])
    assert response.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert response.headers["content-length"] == str(last - first + 1)


def test_a_range_beyond_the_end_is_a_416(file: File) -> None:
    response = file.get(range=f"bytes={SIZE}-")
    assert response.status_code == 416
    assert response.headers["content-range"] == f"bytes */{SIZE}"


def test_a_range_of_another_version_is_the_whole_file(file: File) -> None:
    same = file.get(range="bytes=0-9", if_range=file.etag)
    assert (same.status_code, same.content) == (206, CONTENT[:10])
    other = file.get(range="bytes=0-9", if_range='"another"')
    assert (other.status_code, other.content) == (200, CONTENT)


def test_a_file_that_the_client_has_is_not_sent_again(file: File) -> None:
    response = file.get(if_none_match=file.etag)
    assert (response.status_code, response.content) == (304, b"")
    assert file.get().status_code == 200


def test_a_file_cannot_be_posted_to(file: File) -> None:
    response = file.client.post(file.path, content=b"x")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/static/nothing", "/static/..%2f..%2fetc%2fpasswd"])
def test_what_is_not_there_is_a_404(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
