"""The names that programs import, and the one that they ask for in vain."""

from __future__ import annotations

import importlib

import pytest

import anyws
from anyws.testing import ASGIConductor

NAMES = """
App Request Response WebSocket WebSocketOptions RequestOptions ResponseOptions
WebSocketPayloadType SSEvent before after CORSMiddleware HTTPError HTTPStatus HTTPMovedPermanently
HTTPFound HTTPSeeOther HTTPTemporaryRedirect HTTPPermanentRedirect HTTP_200 HTTP_404 MEDIA_JSON
run serve WebSocketDisconnected ClientDisconnected MediaValidationError MultipartParseError
WebSocketPathNotFound WebSocketHandlerNotFound WebSocketServerError PayloadTypeError
OperationNotAllowed UnsupportedError UnsupportedScopeError CompatibilityError MediaNotFoundError
MediaMalformedError UnacceptableRouteError media testing
""".split()
MEDIA_NAMES = """
TextBaseHandlerWS BinaryBaseHandlerWS JSONHandlerWS MessagePackHandlerWS BaseHandler JSONHandler
MessagePackHandler URLEncodedFormHandler MultipartFormHandler Handlers
""".split()
TESTING_NAMES = """
ASGIConductor TestClient ASGIWebSocketSimulator create_scope create_scope_ws Result
""".split()


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("anyws", NAMES),
        ("anyws.asgi", ["App", "Request", "Response", "WebSocket", "WebSocketOptions", "SSEvent"]),
        ("anyws.media", MEDIA_NAMES),
        ("anyws.testing", TESTING_NAMES),
    ],
    ids=["anyws", "asgi", "media", "testing"],
)
def test_the_public_names_are_there(module: str, names: list[str]) -> None:
    found = importlib.import_module(module)
    assert [name for name in names if not hasattr(found, name)] == []


def test_create_task_names_what_takes_its_place() -> None:
    with pytest.raises(AttributeError, match=r"ws\.task_group.*app\.task_group"):
        anyws.create_task  # type: ignore[attr-defined]  # noqa: B018  # the look-up is what fails


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'anyws' has no attribute 'nothing'"):
        anyws.nothing  # type: ignore[attr-defined]  # noqa: B018  # the look-up is what fails


async def test_cors_enable_lets_any_origin_read() -> None:
    async with ASGIConductor(anyws.App(cors_enable=True)) as conductor:
        result = await conductor.simulate_get("/", headers={"origin": "https://a.example"})
    assert result.headers["access-control-allow-origin"] == "*"


def test_cors_enable_and_a_cors_middleware_are_not_had_together() -> None:
    with pytest.raises(ValueError, match="cors_enable"):
        anyws.App(cors_enable=True, middleware=anyws.CORSMiddleware())
    app = anyws.App(cors_enable=True)
    with pytest.raises(ValueError, match="cors_enable"):
        app.add_middleware([anyws.CORSMiddleware()])
