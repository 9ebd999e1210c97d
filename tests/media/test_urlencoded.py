"""HTML forms."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws.errors import MediaMalformedError
from anyws.media import URLEncodedFormHandler

FORM = "application/x-www-form-urlencoded"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def read(body: bytes, *, keep_blank: bool = True) -> object:
    return URLEncodedFormHandler(keep_blank=keep_blank).deserialize(BytesIO(body), FORM, len(body))


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b"", {}),
        (b"a=1", {"a": "1"}),
        (b"a=1&b=2", {"a": "1", "b": "2"}),
        (b"a=1&a=2&a=3&b=4", {"a": ["1", "2", "3"], "b": "4"}),
        (b"a=&b&c=1", {"a": "", "b": "", "c": "1"}),
        (b"a=&a=", {"a": ["", ""]}),
        (b"a+b=c+d%2B", {"a b": "c d+"}),
        (b"a=%C3%BC", {"a": "ü"}),
        ("a=ü".encode(), {"a": "ü"}),
        (b"a=1=2", {"a": "1=2"}),
        (b"&&a=1&", {"a": "1"}),
        (b"a=1;b=2", {"a": "1;b=2"}),
        (b"a=100%", {"a": "100%"}),
    ],
)
def test_a_form_is_read(body: bytes, form: object) -> None:
    assert read(body) == form


def test_blank_fields_can_be_dropped() -> None:
    assert read(b"a=&b&c=1", keep_blank=False) == {"c": "1"}


@pytest.mark.parametrize("body", [b"a=%FF", b"%FF=a", b"a=\xff", b"a=%ED%A0%80"])
def test_a_form_that_is_not_utf_8_is_malformed(body: bytes) -> None:
    with pytest.raises(MediaMalformedError) as caught:
        read(body)
    assert caught.value.media_type == FORM


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ({"a": "ü b", "c": 1}, b"a=%C3%BC+b&c=1"),
        ({"a": ["1", "2"]}, b"a=1&a=2"),
        ([("a", "1"), ("a", "2")], b"a=1&a=2"),
        ({}, b""),
    ],
)
def test_a_form_is_written(media: object, body: bytes) -> None:
    assert URLEncodedFormHandler().serialize(media, FORM) == body


def test_what_is_no_form_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        URLEncodedFormHandler().serialize(3, FORM)


@given(st.dictionaries(TEXT, TEXT | st.lists(TEXT, min_size=2)))
def test_what_is_written_is_read_as_it_was(form: dict[str, str | list[str]]) -> None:
    assert read(URLEncodedFormHandler().serialize(form, FORM)) == form
