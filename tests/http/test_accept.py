"""Content negotiation."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws.http.accept import best_match
from tests.http.exchanges import make_request

JSON, TEXT, HTML = "application/json", "text/plain", "text/html"


def test_without_an_accept_header_everything_is_accepted() -> None:
    request = make_request()
    assert request.accept == "*/*"
    assert request.client_accepts("image/png")
    assert request.client_accepts_json


@pytest.mark.parametrize(
    ("field", "media_type", "accepted"),
    [
        ("application/json", JSON, True),
        ("Application/JSON", "application/Json", True),
        ("application/json; charset=utf-8", JSON, False),
        ("application/json", "application/json; charset=utf-8", True),
        ("application/*", JSON, True),
        ("text/*", JSON, False),
        ("*/*", JSON, True),
        ("*", JSON, True),
        ("*/json", JSON, False),
        ("", JSON, True),
        ("nonsense", JSON, False),
        ("application/json;q=0", JSON, False),
        ("*/*, application/json;q=0", JSON, False),
        ("application/json;q=0.001", JSON, True),
        ("application/json;q=2", JSON, False),
        ("application/json;q=x, text/plain", TEXT, True),
        ('text/plain;a="1,2;3", text/html', HTML, True),
        ('text/plain;a="x', TEXT, False),
        ("application/json", "nonsense", False),
    ],
)
def test_a_media_type_is_accepted_or_not(field: str, media_type: str, accepted: bool) -> None:
    assert make_request(headers={"Accept": field}).client_accepts(media_type) is accepted


@pytest.mark.parametrize(
    ("field", "best"),
    [
        ("*/*", JSON),
        ("text/html, text/plain", TEXT),
        ("text/plain;q=0.5, text/html;q=0.6", HTML),
        ("text/*;q=0.5, text/html", HTML),
        ("text/*, text/plain;q=0.1, application/json;q=0.2", HTML),
        ("*/*;q=0.1, text/*;q=0.2", TEXT),
        ("image/png", None),
    ],
)
def test_the_client_prefers_the_heaviest_then_the_first(field: str, best: str | None) -> None:
    request = make_request(headers={"Accept": field})
    assert request.client_prefers([JSON, TEXT, HTML]) == best


@given(st.text(st.sampled_from('a*/,;=q01."\\ ')))
def test_any_accept_header_can_be_read(field: str) -> None:
    assert best_match([JSON, TEXT], field) in (None, JSON, TEXT)


@pytest.mark.parametrize(
    "field", ['"' + '\\"' * 60_000, '"' * 60_001, ";" * 60_000, "a/b;" * 9_999]
)
def test_a_hostile_accept_header_takes_no_more_than_linear_time(field: str) -> None:
    began = time.process_time()
    assert best_match([TEXT], field) is None
    # Quadratic time would be a minute.
    assert time.process_time() - began < 5
