"""Server-sent events: what they are made of, and what they become on the wire."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from anyws.sse import SSEvent


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (SSEvent("text"), "data: text"),
        (SSEvent(b"\xc3\xa4"), "data: ä"),
        (SSEvent(""), "data: "),
        (SSEvent(" two  spaces "), "data:  two  spaces "),
        (SSEvent(data="named"), "data: named"),
        (SSEvent(text="ä\N{LINE SEPARATOR}b\x0bc"), "data: ä\N{LINE SEPARATOR}b\x0bc"),
        (SSEvent(json={"a": [1, None]}), 'data: {"a":[1,null]}'),
        (SSEvent(json=0), "data: 0"),
        (SSEvent(json=[]), "data: []"),
        (SSEvent(event="tick"), "event: tick"),
        (SSEvent(event_type="tick"), "event: tick"),
        (SSEvent(event_id=""), "id: "),
        (SSEvent(retry=0), "retry: 0"),
        (SSEvent(comment="hello"), ": hello"),
        (SSEvent(comment=""), ": "),
        (SSEvent(), ": ping"),
        (
            SSEvent("d", event="e", event_id="i", retry=1500, comment="c"),
            ": c\nevent: e\nid: i\nretry: 1500\ndata: d",
        ),
    ],
)
def test_each_attribute_becomes_its_field(event: SSEvent, lines: str) -> None:
    assert event.serialize() == f"{lines}\n\n".encode()


@pytest.mark.parametrize("value", ["a\nb\nc", "a\rb\rc", "a\r\nb\r\nc", "a\r\nb\rc"])
@pytest.mark.parametrize(("argument", "field"), [("data", "data"), ("text", "data")])
def test_newlines_in_data_become_several_fields(argument: str, field: str, value: str) -> None:
    fields: dict[str, Any] = {argument: value}
    assert SSEvent(**fields).serialize() == b"data: a\ndata: b\ndata: c\n\n"


def test_an_empty_line_in_data_is_a_field_and_not_the_end_of_the_event() -> None:
    assert SSEvent(b"a\n\r\n\rb\n").serialize() == (
        b"data: a\ndata: \ndata: \ndata: b\ndata: \n\n"
    )


def test_newlines_in_a_comment_become_several_comments() -> None:
    assert SSEvent(comment="a\ndata: b").serialize() == b": a\n: data: b\n\n"


@pytest.mark.parametrize("unfit", ["a\rb", "a\nb", "a\0b", "\n"])
@pytest.mark.parametrize("argument", ["event", "event_id", "event_type"])
def test_better_a_line_end_or_nul_in_event_and_id_is_a_value_error(
    argument: str, unfit: str
) -> None:
    fields: dict[str, Any] = {argument: unfit}
    with pytest.raises(ValueError, match=r"must have no CR, LF or NUL"):
        SSEvent(**fields)


def test_every_argument_can_be_read_again() -> None:
    event = SSEvent("d", event="e", event_id="i", retry=3, comment="c")
    assert (event.data, event.event, event.event_type) == ("d", "e", "e")
    assert (event.event_id, event.retry, event.comment) == ("i", 3, "c")
    assert SSEvent(text="t").text == "t"
    assert SSEvent(json={"a": 1}).json == {"a": 1}
    assert (event.text, event.json) == (None, None)


def test_event_type_is_another_name_of_event() -> None:
    assert SSEvent("a", event_type="x") == SSEvent("a", event="x")
    with pytest.raises(TypeError, match=r"event= and event_type= .* give one of them"):
        SSEvent("a", event="x", event_type="x")


def test_only_data_is_positional() -> None:
    with pytest.raises(TypeError, match="positional"):
        SSEvent("a", "b")  # type: ignore[call-arg]  # that is what is refused


@pytest.mark.parametrize(
    "fields", [{"data": "a", "text": "b"}, {"text": "a", "json": 1}, {"data": b"", "json": 1}]
)
def test_an_event_has_one_source_of_data(fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="give one of them"):
        SSEvent(**fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"data": {"a": 1}}, "data is a str, not dict.*json= takes"),
        ({"text": b"a"}, "text is a str, not bytes"),
        ({"event": b"a"}, "event is a str, not bytes"),
        ({"event_id": 7}, "event_id is a str, not int"),
        ({"comment": 7}, "comment is a str, not int"),
        ({"retry": "7"}, "retry is an int, in milliseconds, not str"),
        ({"retry": True}, "retry is an int, in milliseconds, not bool"),
        ({"retry": 1.5}, "retry is an int, in milliseconds, not float"),
        ({"json": object()}, "object"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_where_the_event_is_made(
    fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        SSEvent(**fields)


@pytest.mark.parametrize(
    "fields",
    [{"retry": -1}, {"data": b"\xff"}, {"data": "\ud800"}, {"json": float("nan")}],
)
def test_a_value_that_cannot_be_sent_is_refused_where_the_event_is_made(
    fields: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match=r"."):
        SSEvent(**fields)


def test_the_serialized_event_can_be_encoded_as_a_str_can() -> None:
    serialized = SSEvent("ä").serialize()
    assert isinstance(serialized, bytes)
    for encoded in (serialized.encode(), serialized.encode("utf-8")):
        assert type(encoded) is bytes
        assert encoded == "data: ä\n\n".encode()


def test_an_event_cannot_be_changed_after_it_was_encoded() -> None:
    event = SSEvent("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.data = "b"  # type: ignore[misc]  # that is what is refused
