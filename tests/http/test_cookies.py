"""Cookies that come, and cookies that are set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws.http.cookies import parse_cookies
from tests.http.exchanges import make_request, make_response


def test_the_first_of_several_values_counts_and_all_can_be_had() -> None:
    request = make_request(headers={"Cookie": "a=1; b=2; a=3"})
    assert request.cookies == {"a": "1", "b": "2"}
    assert request.get_cookie_values("a") == ["1", "3"]
    assert request.get_cookie_values("c") is None


def test_cookies_of_several_headers_are_all_there() -> None:
    request = make_request(headers=[("Cookie", "a=1"), ("Cookie", "b=2")])
    assert request.cookies == {"a": "1", "b": "2"}


def test_without_cookies_there_are_none() -> None:
    assert make_request().cookies == {}


@pytest.mark.parametrize(
    ("field", "cookies"),
    [
        ("a=", {"a": [""]}),
        ("a=b=c", {"a": ["b=c"]}),
        ('a="x y"', {"a": ["x y"]}),
        (r'a="x\073\"y"', {"a": ['x;"y']}),
        ("junk; a=1;;  ; =2", {"a": ["1"]}),
        ("a:b=1; c=2", {"a:b": ["1"], "c": ["2"]}),
    ],
)
def test_a_malformed_pair_does_not_hide_the_others(
    field: str, cookies: dict[str, list[str]]
) -> None:
    assert parse_cookies(field) == cookies


def set_cookie(name: str = "a", value: str = "1", **attributes: Any) -> str:
    response = make_response()
    response.set_cookie(name, value, **attributes)
    (cookie,) = response.set_cookie_values
    return cookie


def test_cookies_are_secure_http_only_and_same_site_lax_by_default() -> None:
    assert set_cookie() == "a=1; Secure; HttpOnly; SameSite=Lax"


def test_each_default_can_be_turned_off() -> None:
    assert set_cookie(secure=False, http_only=False, same_site=None) == "a=1"


def test_the_option_decides_whether_cookies_are_secure() -> None:
    response = make_response(secure_cookies_by_default=False)
    response.set_cookie("a", "1")
    response.set_cookie("b", "1", secure=True)
    assert response.set_cookie_values == [
        "a=1; HttpOnly; SameSite=Lax",
        "b=1; Secure; HttpOnly; SameSite=Lax",
    ]


def test_a_max_age_of_zero_is_honoured() -> None:
    assert "Max-Age=0;" in set_cookie(max_age=0)


def test_every_attribute_is_written() -> None:
    assert set_cookie(
        expires=datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC),
        max_age=60,
        domain="example.com",
        path="/x",
        same_site="strict",
        partitioned=True,
    ) == (
        "a=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Max-Age=60; Domain=example.com; Path=/x; "
        "Secure; HttpOnly; SameSite=Strict; Partitioned"
    )


def test_unsetting_makes_the_client_forget() -> None:
    response = make_response()
    response.set_cookie("a", "1", path="/x")
    response.unset_cookie("a", path="/x")
    (cookie,) = response.set_cookie_values
    assert cookie == (
        'a=""; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/x; '
        "Secure; HttpOnly; SameSite=Lax"
    )


def test_a_cookie_replaces_one_of_the_same_name_domain_and_path() -> None:
    response = make_response()
    response.set_cookie("a", "1")
    response.set_cookie("a", "2", path="/x")
    response.set_cookie("a", "3")
    assert [cookie.partition(";")[0] for cookie in response.set_cookie_values] == ["a=3", "a=2"]


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a;b", "\xe9", "a\r\n"])
def test_a_name_that_is_no_token_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a cookie"):
        set_cookie(name)


@pytest.mark.parametrize("attribute", ["domain", "path"])
@pytest.mark.parametrize("value", ["/; Secure", "a\r\nb", "a\x00", "\xe9"])
def test_an_attribute_that_would_end_early_is_refused(attribute: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{attribute}="):
        set_cookie(**{attribute: value})


def test_a_value_that_is_not_ascii_is_refused_with_a_remedy() -> None:
    with pytest.raises(ValueError, match="percent-encode it"):
        set_cookie(value="\xe9")


@pytest.mark.parametrize("arguments", [{"value": 1}, {"name": b"a"}, {"path": 1}])
def test_names_values_and_attributes_are_str(arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="a str, not"):
        set_cookie(**arguments)


@pytest.mark.parametrize("same_site", ["", "loose", True])
def test_an_unknown_same_site_is_refused(same_site: Any) -> None:
    with pytest.raises(ValueError, match="'Lax', 'Strict' or 'None'"):
        set_cookie(same_site=same_site)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"expires": 60}, r"expires of a cookie is a datetime, not 60: max_age is in seconds"),
        ({"expires": "Sun"}, "expires of a cookie is a datetime, not 'Sun'"),
        (
            {"max_age": timedelta(1)},
            r"max_age of a cookie is a number of seconds, not .*timedelta",
        ),
        ({"max_age": "60"}, "max_age of a cookie is a number of seconds, not '60'"),
    ],
)
def test_a_time_of_another_type_is_a_type_error_that_names_the_argument(
    arguments: dict[str, Any], expected: str
) -> None:
    with pytest.raises(TypeError, match=expected):
        set_cookie(**arguments)


@given(st.text(st.characters(max_codepoint=127)))
def test_every_ascii_value_comes_back_as_it_was_and_stays_inside_its_cookie(value: str) -> None:
    pair = set_cookie(value=value).removesuffix("; Secure; HttpOnly; SameSite=Lax")
    assert ";" not in pair
    assert "\r" not in pair
    assert "\n" not in pair
    assert parse_cookies(pair) == {"a": [value]}
