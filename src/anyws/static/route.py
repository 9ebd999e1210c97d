"""A directory of files, served below a prefix."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Final

from anyio import to_thread

from anyws.errors import HTTPMethodNotAllowed, HTTPRouteNotFound
from anyws.static.files import Found, find, is_inside
from anyws.static.media_types import media_type_of
from anyws.static.paths import inner_path
from anyws.static.validators import Conditions
from anyws.status import HTTP_206, HTTP_304

if TYPE_CHECKING:
    from anyws.http.request import Request
    from anyws.http.response import Response

_METHODS: Final = ("GET", "HEAD")


class StaticRoute:
    """Answer GET and HEAD below `prefix` with the files of `directory`.

    Only regular files that lie inside the directory after all links have been resolved are sent;
    everything else is a 404, or `fallback_filename` where there is one, which is a file inside
    the directory. `downloadable` has clients save files instead of showing them.

    Raises `ValueError` where an argument can never work.
    """

    def __init__(
        self,
        prefix: str,
        directory: str | os.PathLike[str],
        *,
        downloadable: bool = False,
        fallback_filename: str | None = None,
    ) -> None:
        self.prefix: str = _checked_prefix(prefix)
        self.directory: str = _checked_directory(directory)
        self.downloadable: bool = downloadable
        self.fallback_filename: str | None = _checked_fallback(fallback_filename, self.directory)

    def matches(self, path: str) -> bool:
        """Tell whether a path is this route's to answer, found or not."""
        if path.startswith(self.prefix):
            return True
        return self.fallback_filename is not None and path == self.prefix[:-1]

    async def __call__(self, req: Request, resp: Response) -> None:
        """Shape the response. The file is left open only as `resp.stream`, to be closed with it.

        Raises `HTTPMethodNotAllowed` (405), `HTTPRouteNotFound` (404), `HTTPPreconditionFailed`
        (412), `HTTPRangeNotSatisfiable` (416), and `OSError` where the file system fails. A
        cancelled call leaves nothing open.
        """
        if req.method not in _METHODS:
            raise HTTPMethodNotAllowed(_METHODS)
        inner = inner_path(req.path[len(self.prefix) :])
        if inner is None:
            raise HTTPRouteNotFound
        candidates = [name for name in (inner, self.fallback_filename) if name]
        search = functools.partial(find, self.directory, candidates, Conditions.of(req))
        found = await to_thread.run_sync(search)
        if found is None:
            raise HTTPRouteNotFound
        self._shape(resp, found)

    def _shape(self, resp: Response, found: Found) -> None:
        """Say in the response what was found."""
        # First, so that it is closed with the response if anything below should fail.
        resp.stream = found.stream
        resp.etag = found.version.etag
        resp.last_modified = found.version.last_modified
        if found.answer.not_modified:
            resp.status = HTTP_304
            return
        resp.accept_ranges = "bytes"
        resp.content_type = media_type_of(found.name, resp.options.static_media_types)
        if self.downloadable:
            resp.downloadable_as = found.name
        span = found.answer.span
        resp.content_length = found.version.size
        if span is not None:
            resp.status = HTTP_206
            resp.content_length = span.length
            resp.content_range = (span.first, span.last, found.version.size)
        resp.data = found.content


def _checked_prefix(prefix: object) -> str:
    if not isinstance(prefix, str) or not prefix.startswith("/"):
        raise ValueError(f"prefix={prefix!r} must be a str that starts with '/', as in '/static'")
    return prefix if prefix.endswith("/") else f"{prefix}/"


def _checked_directory(directory: str | os.PathLike[str]) -> str:
    path = os.fspath(directory)
    if not os.path.isabs(path):
        raise ValueError(
            f"directory={path!r} must be absolute, since the working directory may change: "
            "pass pathlib.Path(__file__).parent / 'static', for example"
        )
    if not os.path.isdir(path):
        raise ValueError(f"directory={path!r} must exist and be a directory: create it first")
    return path


def _checked_fallback(fallback: str | None, directory: str) -> str | None:
    if fallback is None:
        return None
    root = os.path.realpath(directory)
    path = os.path.realpath(os.path.join(root, fallback))
    if not is_inside(root, path) or not os.path.isfile(path):
        raise ValueError(
            f"fallback_filename={fallback!r} must be the name of a file inside {directory!r}"
        )
    return fallback
