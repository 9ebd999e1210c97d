"""Preflights: which requests a page may send at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from anyws.middleware.cors import CORSMiddleware
from anyws.testing import ASGIConductor
from tests.middleware.pages import OTHER, PAGE, allowance, app_with, ask

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_preflight_is_answered_with_the_methods_of_the_resource() -> None:
    result = await ask(
        CORSMiddleware(PAGE),
        "/",
        "OPTIONS",
        origin=PAGE,
        request_method="DELETE",
        request_headers="x-token, content-type",
    )
    assert (result.status_code, result.content) == (200, b"")
    assert allowance(result) == (PAGE, None, "Origin")
    assert result.headers["access-control-allow-methods"] == "DELETE, GET, HEAD, OPTIONS"
    assert result.headers["access-control-allow-headers"] == "x-token, content-type"
    assert result.headers["access-control-max-age"] == "86400"


async def test_a_preflight_that_asks_for_no_headers_allows_any() -> None:
    result = await ask(CORSMiddleware(), "/", "OPTIONS", origin=PAGE, request_method="GET")
    assert result.headers["access-control-allow-headers"] == "*"


async def test_without_an_allow_header_the_method_that_is_asked_for_is_allowed() -> None:
    result = await ask(CORSMiddleware(), "/shaped", "OPTIONS", origin=PAGE, request_method="PATCH")
    assert result.status_code == 204
    assert result.headers["access-control-allow-methods"] == "PATCH"


async def test_a_preflight_for_files_is_answered_although_they_have_no_options(
    tmp_path: Path,
) -> None:
    app = app_with(CORSMiddleware())
    app.add_static_route("/files", tmp_path)
    headers = {"Origin": PAGE, "Access-Control-Request-Method": "GET"}
    async with ASGIConductor(app) as conductor:
        preflight = await conductor.simulate_options("/files/a.txt", headers=headers)
        plain = await conductor.simulate_options("/files/a.txt", headers={"Origin": PAGE})
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert preflight.headers["access-control-allow-methods"] == "GET, HEAD"
    assert "content-type" not in preflight.headers
    assert plain.status_code == 405


@pytest.mark.parametrize(("path", "status"), [("/shaped?as=error", 401), ("/nowhere", 404)])
async def test_a_preflight_that_fails_is_left_as_it_is(path: str, status: int) -> None:
    result = await ask(CORSMiddleware(), path, "OPTIONS", origin=PAGE, request_method="GET")
    assert result.status_code == status
    assert result.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-methods" not in result.headers


@pytest.mark.parametrize(
    ("method", "origin", "request_method"),
    [
        ("OPTIONS", PAGE, None),
        ("OPTIONS", OTHER, "GET"),
        ("OPTIONS", None, "GET"),
        ("OPTIONS", PAGE, "NO TOKEN"),
        ("GET", PAGE, "GET"),
    ],
)
async def test_other_requests_are_no_preflights(
    method: str, origin: str | None, request_method: str | None
) -> None:
    result = await ask(
        CORSMiddleware(PAGE), "/", method, origin=origin, request_method=request_method
    )
    assert result.status_code == 200
    assert not {"access-control-allow-methods", "access-control-max-age"} & set(result.headers)
