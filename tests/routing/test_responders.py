"""Which responders a resource has."""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable
from typing import Any
from unittest.mock import AsyncMock

import pytest

from anyws.errors.usage import UnacceptableRouteError
from anyws.routing import allowed_methods, map_responders

METHODS = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"]


async def respond(*args: object, **kwargs: object) -> None: ...


def respond_plainly(*args: object, **kwargs: object) -> None: ...


class CalledAsync:
    async def __call__(self, *args: object) -> None: ...


def resource_with(**attributes: object) -> object:
    return type("Things", (), attributes)()


class Chat:
    async def on_get(self, req: object, resp: object) -> None: ...

    async def on_websocket(self, req: object, ws: object) -> None: ...

    async def on_post_item(self, req: object, resp: object) -> None: ...

    async def on_websocket_item(self, req: object, ws: object) -> None: ...

    async def on_message(self, message: str) -> None: ...


def test_every_usual_method_and_the_websocket_are_found() -> None:
    attributes = {f"on_{method.lower()}": respond for method in (*METHODS, "websocket")}
    assert sorted(map_responders(resource_with(**attributes))) == sorted([*METHODS, "WEBSOCKET"])


def test_without_a_suffix_only_plain_names_count() -> None:
    chat = Chat()
    assert map_responders(chat) == {"GET": chat.on_get, "WEBSOCKET": chat.on_websocket}


def test_a_suffix_picks_the_responders_that_end_in_it() -> None:
    chat = Chat()
    assert map_responders(chat, suffix="item") == {
        "POST": chat.on_post_item,
        "WEBSOCKET": chat.on_websocket_item,
    }


def test_a_suffix_that_no_responder_has_is_refused_with_the_names_looked_for() -> None:
    with pytest.raises(UnacceptableRouteError) as caught:
        map_responders(Chat(), suffix="items")
    assert isinstance(caught.value, ValueError)
    for text in ("Chat", "'items'", "on_get_items", "on_websocket_items"):
        assert text in str(caught.value)


def test_a_resource_without_responders_is_allowed() -> None:
    assert map_responders(object()) == {}


def test_none_takes_an_inherited_responder_away() -> None:
    class Quiet(Chat):
        on_get = None  # type: ignore[assignment]  # the way Python marks a missing method

    assert list(map_responders(Quiet())) == ["WEBSOCKET"]


@pytest.mark.parametrize(
    "responder",
    [
        respond,
        staticmethod(functools.partial(respond, 1)),
        staticmethod(functools.partial(CalledAsync(), 1)),
        functools.partialmethod(respond, 1),
        staticmethod(respond),
        classmethod(respond),
        CalledAsync(),
        AsyncMock(),
    ],
)
def test_whatever_gives_a_coroutine_is_a_responder(responder: object) -> None:
    assert list(map_responders(resource_with(on_get=responder))) == ["GET"]


def give_awaitable(resource: object, req: object, resp: object) -> Awaitable[None]:
    return respond(req, resp)


@pytest.mark.parametrize(
    "responder",
    [
        respond_plainly,
        give_awaitable,
        staticmethod(functools.partial(respond_plainly, 1)),
        CalledAsync,
        "text",
        7,
    ],
)
@pytest.mark.parametrize("name", ["on_get", "on_websocket"])
def test_a_responder_that_is_no_coroutine_function_is_a_type_error(
    name: str, responder: object
) -> None:
    with pytest.raises(TypeError, match=rf"Things\.{name} is no coroutine .* 'async def'"):
        map_responders(resource_with(**{name: responder}))


async def take_request_alone(self: object, req: object) -> None: ...


async def take_no_resource(req: object, resp: object) -> None: ...


async def take_by_name(self: object, req: object, *, resp: object) -> None: ...


@pytest.mark.parametrize(
    ("responder", "taken"),
    [
        (take_request_alone, "(req)"),
        (take_no_resource, "(resp)"),
        (take_by_name, "(req, *, resp)"),
    ],
)
@pytest.mark.parametrize(
    ("name", "second"), [("on_get", "resp"), ("on_put", "resp"), ("on_websocket", "ws")]
)
@pytest.mark.parametrize("suffix", [None, "x"])
def test_a_responder_that_does_not_take_what_all_are_called_with_is_a_type_error(
    suffix: str | None, name: str, second: str, responder: object, taken: str
) -> None:
    if suffix is not None:
        name = f"{name}_{suffix}"
    resource = resource_with(**{name: responder})
    with pytest.raises(TypeError) as caught:
        map_responders(resource, suffix=suffix)
    assert f"Things.{name} takes {taken} besides the resource" in str(caught.value)
    assert f"define it as 'async def {name}(self, req, {second})'" in str(caught.value)


async def take_a_field(self: object, req: object, resp: object, name: str) -> None: ...


async def take_anything(*args: object) -> None: ...


def provide_the_response(responder: Any) -> Any:
    @functools.wraps(responder)
    async def provide(self: object, req: object, resp: object, **fields: object) -> None: ...

    return provide


@pytest.mark.parametrize(
    "responder",
    [
        take_a_field,
        take_anything,
        provide_the_response(take_request_alone),
        staticmethod(take_no_resource),
        functools.partialmethod(take_a_field, name="x"),
    ],
)
def test_which_fields_a_responder_takes_is_its_own_matter(responder: object) -> None:
    assert list(map_responders(resource_with(on_get=responder))) == ["GET"]


@pytest.mark.parametrize(
    ("resource", "shown"),
    [
        (None, "None"),
        (Chat, "the class Chat"),
        (type, "the class type"),
        (respond, "the function respond"),
        (Chat().on_get, "the function Chat.on_get"),
        ("/x", "the str '/x'"),
    ],
)
def test_what_can_be_no_resource_is_a_type_error(resource: object, shown: str) -> None:
    with pytest.raises(TypeError, match=f"resource is {re.escape(shown)}; pass an instance"):
        map_responders(resource)


def test_on_request_is_called_for_missing_methods_only_where_it_is_asked_for() -> None:
    on_put = AsyncMock()
    resource = resource_with(on_request=respond, on_put=on_put)
    assert list(map_responders(resource)) == ["PUT"]
    responders = map_responders(resource, default_to_on_request=True)
    assert sorted(responders) == sorted({*METHODS} - {"OPTIONS"})
    assert responders["PUT"] is on_put


def test_on_request_leaves_head_to_on_get_and_never_serves_a_websocket() -> None:
    resource = resource_with(on_request=respond, on_get=respond)
    responders = map_responders(resource, default_to_on_request=True)
    assert sorted(responders) == sorted({*METHODS} - {"OPTIONS", "HEAD"})


def test_on_request_takes_the_suffix_too() -> None:
    resource = resource_with(on_request_x=respond)
    assert "GET" in map_responders(resource, suffix="x", default_to_on_request=True)
    with pytest.raises(UnacceptableRouteError):
        map_responders(resource, suffix="x")


@pytest.mark.parametrize(
    ("methods", "allowed"),
    [
        ([], ("OPTIONS",)),
        (["WEBSOCKET"], ("OPTIONS",)),
        (["POST", "DELETE"], ("DELETE", "OPTIONS", "POST")),
        (["GET"], ("GET", "HEAD", "OPTIONS")),
        (["HEAD", "OPTIONS", "WEBSOCKET"], ("HEAD", "OPTIONS")),
    ],
)
def test_allowed_methods_are_sorted_and_never_name_the_websocket(
    methods: list[str], allowed: tuple[str, ...]
) -> None:
    assert allowed_methods(dict.fromkeys(methods, respond)) == allowed
