"""The media handlers of WebSockets, each on its own."""

from __future__ import annotations

import json
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import pytest

from anyws.errors import MediaValidationError
from anyws.media import (
    BinaryBaseHandlerWS,
    JSONHandler,
    JSONHandlerWS,
    MessagePackHandlerWS,
    TextBaseHandlerWS,
    WebSocketPayloadType,
)
from anyws.media.websocket_handlers import HandlersWS


class Point(msgspec.Struct):
    x: int


class Reversed(JSONHandlerWS):
    def deserialize(self, payload: str) -> object:
        return super().deserialize(payload[::-1])


class WithoutFirstByte(MessagePackHandlerWS):
    def deserialize(self, payload: bytes) -> object:
        return super().deserialize(payload[1:])


def test_better_the_base_handlers_can_be_instantiated_and_implement_nothing() -> None:
    text, binary = TextBaseHandlerWS(), BinaryBaseHandlerWS()
    with pytest.raises(NotImplementedError, match=r"TextBaseHandlerWS has no serialize\(\)"):
        text.serialize({})
    with pytest.raises(NotImplementedError, match=r"TextBaseHandlerWS has no deserialize\(\)"):
        text.deserialize("{}")
    with pytest.raises(NotImplementedError, match=r"BinaryBaseHandlerWS has no serialize\(\)"):
        binary.serialize({})
    with pytest.raises(NotImplementedError, match=r"BinaryBaseHandlerWS has no deserialize\(\)"):
        binary.deserialize(b"{}")


def test_json_goes_out_as_compact_text() -> None:
    assert JSONHandlerWS().serialize({"a": ["ü", UUID(int=0)]}) == (
        '{"a":["ü","00000000-0000-0000-0000-000000000000"]}'
    )


def test_json_comes_in_as_objects_and_faults_as_decode_errors() -> None:
    handler = JSONHandlerWS()
    assert handler.deserialize('{"a":[1]}') == {"a": [1]}
    with pytest.raises(json.JSONDecodeError):
        handler.deserialize("{")


def test_functions_that_are_given_are_used_as_they_are() -> None:
    handler = JSONHandlerWS(dumps=partial(json.dumps, sort_keys=True), loads=json.loads)
    assert handler.serialize({"b": "ü", "a": 1}) == '{"a": 1, "b": "\\u00fc"}'
    assert repr(handler.deserialize("NaN")) == "nan"


def test_one_function_can_be_given_alone() -> None:
    assert JSONHandlerWS(dumps=json.dumps).deserialize("[1]") == [1]
    assert JSONHandlerWS(loads=json.loads).serialize([1, 2]) == "[1,2]"


@pytest.mark.parametrize(
    "handler", [JSONHandlerWS(), JSONHandlerWS(loads=json.loads), JSONHandlerWS(json.dumps)]
)
def test_better_json_is_validated_into_a_type_by_any_loads(handler: JSONHandlerWS) -> None:
    assert handler.deserialize_as('{"x":1}', Point) == Point(1)
    with pytest.raises(MediaValidationError, match=r"at `\$\.x`"):
        handler.deserialize_as('{"x":"1"}', Point)
    with pytest.raises(json.JSONDecodeError):
        handler.deserialize_as('{"x"', Point)


def test_better_messagepack_is_validated_into_a_type() -> None:
    handler = MessagePackHandlerWS()
    assert handler.deserialize(handler.serialize({"x": b"\xff"})) == {"x": b"\xff"}
    assert handler.deserialize_as(handler.serialize({"x": 1}), Point) == Point(1)
    with pytest.raises(MediaValidationError, match=r"at `\$\.x`"):
        handler.deserialize_as(handler.serialize({"x": "1"}), Point)


def test_an_overridden_deserialize_is_not_passed_by_when_a_type_is_asked_for() -> None:
    assert Reversed().deserialize_as('}1:"x"{', Point) == Point(1)
    assert WithoutFirstByte().deserialize_as(b"\xc1\x81\xa1x\x01", Point) == Point(1)
    with pytest.raises(MediaValidationError):
        Reversed().deserialize_as("}{", Point)
    with pytest.raises(MediaValidationError):
        WithoutFirstByte().deserialize_as(b"\xc1\x80", Point)


@pytest.mark.parametrize(
    ("handler", "remedy"),
    [
        (JSONHandlerWS, r"pass an instance, such as JSONHandlerWS\(\)$"),
        (JSONHandler(), r"that is one of HTTP bodies; subclass anyws\.media\.TextBaseHandlerWS"),
    ],
)
def test_what_can_be_no_handler_is_a_type_error_when_it_is_put_in(
    handler: Any, remedy: str
) -> None:
    handlers = HandlersWS()
    with pytest.raises(TypeError, match=rf"handler of WebSocketPayloadType\.TEXT is .*: {remedy}"):
        handlers[WebSocketPayloadType.TEXT] = handler
    assert isinstance(handlers[WebSocketPayloadType.TEXT], JSONHandlerWS)


@pytest.mark.parametrize("kind", ["TEXT", str, 1])
def test_what_is_no_kind_of_message_is_a_type_error_when_it_is_put_in(kind: Any) -> None:
    with pytest.raises(TypeError, match=r"handlers go by WebSocketPayloadType\.TEXT and \.BINARY"):
        HandlersWS()[kind] = JSONHandlerWS()


def test_an_object_of_another_class_can_be_put_in() -> None:
    handlers = HandlersWS()
    mine: Any = object()
    handlers[WebSocketPayloadType.BINARY] = mine
    assert handlers[WebSocketPayloadType.BINARY] is mine
