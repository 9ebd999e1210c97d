"""Cross-origin requests: which pages may read a response."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

import anyws
from anyws.middleware.cors import CORSMiddleware
from anyws.testing import ASGIConductor
from tests.middleware.pages import OTHER, PAGE, Thing, allowance, ask

if TYPE_CHECKING:
    from anyws import Request, Response


@pytest.mark.parametrize(
    ("arguments", "origin", "expected"),
    [
        ({}, PAGE, ("*", None, None)),
        ({}, None, (None, None, None)),
        ({"allow_origins": PAGE}, PAGE, (PAGE, None, "Origin")),
        ({"allow_origins": PAGE}, OTHER, (None, None, "Origin")),
        ({"allow_origins": PAGE}, None, (None, None, "Origin")),
        ({"allow_origins": [PAGE, OTHER]}, OTHER, (OTHER, None, "Origin")),
        ({"allow_origins": (PAGE,)}, PAGE, (PAGE, None, "Origin")),
        ({"allow_origins": "HTTPS://Page.Example"}, PAGE, (PAGE, None, "Origin")),
        ({"allow_origins": "https://page.example:8443"}, PAGE, (None, None, "Origin")),
        ({"allow_origins": "null"}, "null", ("null", None, "Origin")),
        ({"allow_origins": []}, PAGE, (None, None, "Origin")),
        ({"allow_credentials": "*"}, PAGE, (PAGE, "true", "Origin")),
        ({"allow_credentials": PAGE}, PAGE, (PAGE, "true", "Origin")),
        ({"allow_credentials": [PAGE]}, OTHER, ("*", None, "Origin")),
        ({"allow_credentials": []}, PAGE, ("*", None, None)),
        (
            {"allow_origins": [PAGE, OTHER], "allow_credentials": PAGE},
            OTHER,
            (OTHER, None, "Origin"),
        ),
        ({"allow_origins": PAGE, "allow_credentials": "*"}, PAGE, (PAGE, "true", "Origin")),
        ({"allow_origins": PAGE, "allow_credentials": "*"}, OTHER, (None, None, "Origin")),
    ],
)
async def test_better_an_origin_is_allowed_by_name_and_a_cache_is_told(
    arguments: dict[str, Any], origin: str | None, expected: tuple[str | None, ...]
) -> None:
    result = await ask(CORSMiddleware(**arguments), origin=origin)
    assert allowance(result) == expected
    assert result.text == "read me"


async def test_origins_may_come_from_an_iterator() -> None:
    middleware = CORSMiddleware(iter([PAGE, OTHER]), iter(["X-A", "X-B"]), iter([PAGE]))
    result = await ask(middleware, origin=PAGE)
    assert allowance(result) == (PAGE, "true", "Origin")
    assert result.headers["access-control-expose-headers"] == "X-A, X-B"


async def test_vary_is_added_once() -> None:
    result = await ask(CORSMiddleware(PAGE), "/shaped?as=vary", origin=PAGE)
    assert result.headers["vary"] == "Accept, origin"


async def test_a_responder_may_allow_an_origin_of_its_own() -> None:
    result = await ask(CORSMiddleware(), "/shaped?as=own", origin=PAGE)
    assert result.headers["access-control-allow-origin"] == "https://own.example"


@pytest.mark.parametrize("exposed", ["X-A, X-B", ["X-A", "X-B"], ("X-A ", " X-B")])
async def test_headers_are_exposed_to_the_origins_that_are_allowed(
    exposed: str | Iterable[str],
) -> None:
    middleware = CORSMiddleware(PAGE, expose_headers=exposed)
    allowed = await ask(middleware, origin=PAGE)
    denied = await ask(middleware, origin=OTHER)
    assert allowed.headers["access-control-expose-headers"] == "X-A, X-B"
    assert "access-control-expose-headers" not in denied.headers


@pytest.mark.parametrize(
    ("path", "status"), [("/shaped?as=error", 403), ("/shaped?as=crash", 500), ("/nowhere", 404)]
)
async def test_errors_can_be_read_across_origins_too(
    path: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "anyws")
    result = await ask(CORSMiddleware(PAGE), path, origin=PAGE)
    assert result.status_code == status
    assert allowance(result) == (PAGE, None, "Accept, Origin")


async def test_a_stream_of_events_can_be_read_across_origins() -> None:
    result = await ask(CORSMiddleware(), "/shaped", origin=PAGE)
    assert allowance(result) == ("*", None, None)
    assert result.content == b"data: x\n\n"


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("independent", [True, False])
async def test_it_works_at_any_place_among_the_middleware(
    *, position: int, independent: bool
) -> None:
    class Late:
        async def process_response(
            self, req: Request, resp: Response, resource: object, req_succeeded: bool
        ) -> None:
            resp.append_header("Vary", "Accept-Encoding")

    components: list[object] = [Late()]
    components.insert(position, CORSMiddleware(PAGE))
    app = anyws.App(middleware=components, independent_middleware=independent)
    app.add_route("/", Thing())
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get("/", headers={"Origin": PAGE})
    assert result.headers["access-control-allow-origin"] == PAGE
    assert sorted(result.headers["vary"].split(", ")) == ["Accept-Encoding", "Origin"]
