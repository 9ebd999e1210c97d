"""Statuses, from one form to another."""

from __future__ import annotations

import http
import re

import pytest

from anyws import status, status_lines
from anyws.status import PHRASES, phrase, status_code, status_line


@pytest.mark.parametrize("member", http.HTTPStatus, ids=lambda member: str(member.value))
def test_every_status_of_the_standard_library_has_its_constants(member: http.HTTPStatus) -> None:
    line = getattr(status, f"HTTP_{member.value}")
    assert line.startswith(f"{member.value} ")
    assert getattr(status, f"HTTP_{member.name}") == line


def test_phrases_are_those_of_the_standard_library_but_for_five() -> None:
    renamed = {413, 414, 416, 418, 422}
    ours = {code: text for code, text in PHRASES.items() if code not in renamed}
    theirs = {int(member): member.phrase for member in http.HTTPStatus if member not in renamed}
    assert ours == theirs
    assert phrase(413) == "Content Too Large"
    assert phrase(414) == "URI Too Long"
    assert phrase(416) == "Range Not Satisfiable"
    assert phrase(418) == "I'm a teapot"
    assert phrase(422) == "Unprocessable Entity"


def test_the_module_of_the_lines_holds_nothing_else() -> None:
    # pytest leaves names with an "@" in the modules of its plugins, of which anyws is one.
    public = {name for name in vars(status_lines) if not name.startswith(("_", "@"))}
    assert all(re.fullmatch(r"HTTP_[A-Z0-9_]+", name) for name in public)
    assert all(re.fullmatch(r"[1-5]\d\d \S.*", getattr(status, name)) for name in public)


def test_an_unknown_code_has_no_phrase() -> None:
    assert phrase(799) == ""


@pytest.mark.parametrize(
    ("given", "code", "line"),
    [
        (404, 404, "404 Not Found"),
        (http.HTTPStatus.NOT_FOUND, 404, "404 Not Found"),
        ("404", 404, "404 Not Found"),
        ("404 ", 404, "404 Not Found"),
        ("404 Not Found", 404, "404 Not Found"),
        ("404 Nobody Home", 404, "404 Nobody Home"),
        (100, 100, "100 Continue"),
        (599, 599, "599"),
        ("799", 799, "799"),
        (999, 999, "999"),
    ],
)
def test_a_status_has_a_code_and_a_line(given: int | str, code: int, line: str) -> None:
    assert status_code(given) == code
    assert type(status_code(given)) is int
    assert status_line(given) == line


@pytest.mark.parametrize(
    "bad",
    [
        *(0, 99, 1000, -404, True, 404.0, None, b"404"),
        *("", "Not Found", "40", "099 Low", "4040 Long", "404Not Found", " 404", "4 4", "٤٠٤"),
    ],
)
def test_a_bad_status_is_a_value_error_that_names_it(bad: object) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(bad))):
        status_code(bad)  # type: ignore[arg-type]  # what a program without types passes
    with pytest.raises(ValueError, match="not an HTTP status"):
        status_line(bad)  # type: ignore[arg-type]  # the same
