"""Which handler serves which media type."""

from __future__ import annotations

import json
from typing import Any

import pytest

from anyws.errors import HTTPUnsupportedMediaType
from anyws.media import (
    BaseHandler,
    Handlers,
    JSONHandler,
    JSONHandlerWS,
    MessagePackHandler,
    MessagePackHandlerWS,
    MultipartFormHandler,
    URLEncodedFormHandler,
)

JSON = "application/json"


def test_json_messagepack_and_forms_are_there_from_the_start() -> None:
    handlers = Handlers()
    assert isinstance(handlers.find(JSON, JSON), JSONHandler)
    assert isinstance(handlers.find("application/msgpack", JSON), MessagePackHandler)
    assert isinstance(
        handlers.find("application/x-www-form-urlencoded", JSON), URLEncodedFormHandler
    )
    assert isinstance(handlers.find("multipart/form-data; boundary=x", JSON), MultipartFormHandler)
    assert len(handlers) == 4
    assert list(handlers) == [*handlers.keys()]


def test_given_handlers_are_the_only_ones() -> None:
    mine = BaseHandler()
    handlers = Handlers({"text/x": mine})
    assert dict(handlers) == {"text/x": mine}
    assert len(Handlers({})) == 0


@pytest.mark.parametrize(
    "spelling",
    [
        "application/json",
        "application/json; charset=UTF-8",
        "application/json;charset=UTF-8",
        "APPLICATION/JSON",
        " Application/Json ; a=b",
    ],
)
def test_case_and_parameters_do_not_matter(spelling: str) -> None:
    handlers = Handlers()
    assert handlers.find(spelling, "text/x") is handlers[JSON]
    assert handlers[spelling] is handlers[JSON]
    assert spelling in handlers


@pytest.mark.parametrize("silent", [None, "", "*/*"])
def test_without_a_media_type_the_default_counts(silent: str | None) -> None:
    handlers = Handlers()
    assert handlers.find(silent, "application/msgpack") is handlers["application/msgpack"]


@pytest.mark.parametrize("unknown", ["text/plain", "application/jsonp", "json", "application/*"])
def test_an_unknown_type_is_a_415_that_names_it(unknown: str) -> None:
    with pytest.raises(HTTPUnsupportedMediaType, match=unknown.replace("*", r"\*")):
        Handlers().find(unknown, JSON)


def test_a_default_without_a_handler_is_a_415() -> None:
    with pytest.raises(HTTPUnsupportedMediaType, match="text/x"):
        Handlers().find(None, "text/x")


def test_a_change_counts_from_the_next_look_up_on() -> None:
    handlers = Handlers()
    earlier = handlers.find("application/json; a=b", JSON)
    mine = BaseHandler()
    handlers["Application/JSON; charset=utf-8"] = mine
    assert handlers.find("application/json; a=b", JSON) is mine
    assert earlier is not mine
    assert len(handlers) == 4
    del handlers[JSON]
    with pytest.raises(HTTPUnsupportedMediaType):
        handlers.find("application/json; a=b", JSON)
    handlers.update({JSON: mine})
    assert handlers.find("application/json; a=b", JSON) is mine


def test_handlers_show_what_they_hold() -> None:
    assert repr(Handlers({})) == "Handlers({})"


@pytest.mark.parametrize(
    ("handler", "remedy"),
    [
        (JSONHandler, r"pass an instance, such as JSONHandler\(\)"),
        (JSONHandlerWS(), r".* ws_options\.media_handlers"),
        (MessagePackHandlerWS(), r".* ws_options\.media_handlers"),
        (json.dumps, r"subclass anyws\.media\.BaseHandler"),
        (None, r"subclass anyws\.media\.BaseHandler"),
    ],
)
def test_what_is_no_handler_is_a_type_error_when_it_is_put_in(handler: Any, remedy: str) -> None:
    handlers = Handlers()
    with pytest.raises(TypeError, match=rf"^the media handler of 'a/b' is .*: {remedy}"):
        handlers["a/b"] = handler
    with pytest.raises(TypeError, match=remedy):
        Handlers({"a/b": handler})
    with pytest.raises(TypeError, match=remedy):
        handlers.update({"a/b": handler})
    assert len(handlers) == 4


@pytest.mark.parametrize("media_type", ["json", "", None, JSONHandler()])
def test_what_is_no_media_type_is_a_value_error_when_it_is_put_in(media_type: Any) -> None:
    with pytest.raises(ValueError, match=r"is no media type: .* such as 'application/json'"):
        Handlers()[media_type] = JSONHandler()
