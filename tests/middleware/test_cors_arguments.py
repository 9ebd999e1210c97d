"""What the CORS middleware is made of, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from anyws.middleware.cors import CORSMiddleware, without_cors
from tests.middleware.pages import OTHER, PAGE, Thing


@pytest.mark.parametrize(
    "origin",
    [
        "page.example",
        "https://page.example/",
        "https://page.example/path",
        "https://*.page.example",
        "https://user@page.example",
        "https://page.example:443",
        "http://page.example:80",
        "https://a.example, https://b.example",
        "https://",
        "",
    ],
)
@pytest.mark.parametrize("argument", ["allow_origins", "allow_credentials"])
def test_what_no_browser_sends_is_refused_by_name(argument: str, origin: str) -> None:
    arguments: dict[str, Any] = {argument: [PAGE, origin]}
    with pytest.raises(ValueError, match=f"{argument} has '.*', which is no origin .*as in"):
        CORSMiddleware(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"allow_origins": True}, "allow_origins=True must be a str, or an iterable of str"),
        ({"allow_origins": [b"x"]}, "allow_origins=.* must be a str, or an iterable of str"),
        ({"allow_credentials": True}, "allow_credentials=True must be a str"),
        ({"expose_headers": 1}, "expose_headers=1 must be a str"),
        ({"expose_headers": "X A"}, "expose_headers has 'X A', which cannot be the name"),
        ({"expose_headers": ""}, "expose_headers has '', which cannot be the name"),
        ({"allow_origins": [PAGE, "*"]}, r"has '\*' among others: '\*' alone is any origin"),
        (
            {"allow_origins": PAGE, "allow_credentials": OTHER},
            "allow_credentials=.* has origins that allow_origins has not: add them there",
        ),
    ],
)
def test_a_bad_value_is_a_value_error_that_names_the_argument_and_the_remedy(
    arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        CORSMiddleware(**arguments)


def test_components_beside_the_one_of_cors_enable_are_given_back() -> None:
    component = Thing()
    assert without_cors(None) == ()
    assert without_cors(component) == (component,)
    assert without_cors(iter([component, 1])) == (component, 1)


@pytest.mark.parametrize("components", [CORSMiddleware(), [Thing(), CORSMiddleware()]])
def test_cors_is_enabled_in_one_way(components: object) -> None:
    with pytest.raises(ValueError, match="cors_enable=True stands for a CORSMiddleware"):
        without_cors(components)
