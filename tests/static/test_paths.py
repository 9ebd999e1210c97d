"""Which paths may be looked for in a directory."""

from __future__ import annotations

import os.path
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws.static.paths import inner_path


@pytest.mark.parametrize(
    "rest",
    [
        "index.html",
        "a/b/c.txt",
        "with space.txt",
        "caf\xe9/\u65e5\u672c.txt",
        ".well-known/security.txt",
        "..a/b..",
        "...",
        "100%.txt",
        "a%20b.txt",
        "~user",
        "a:b",
        "x\u2026y",
    ],
)
def test_an_ordinary_path_stays_as_it_is(rest: str) -> None:
    assert inner_path(rest) == rest


@pytest.mark.parametrize("rest", ["", "a/", "a/b/"])
def test_a_path_of_a_directory_means_no_file(rest: str) -> None:
    assert inner_path(rest) == ""


TRAVERSALS = [
    "..",
    "../x",
    "a/../x",
    "a/..",
    "a/../",
    "./a",
    "a/./b",
    "a//b",
    "/etc/passwd",
    "//a",
]


@pytest.mark.parametrize("rest", [*TRAVERSALS, "/", "..\\x", "a\\b", "\\\\host\\share"])
def test_traversal_in_the_open_is_refused(rest: str) -> None:
    assert inner_path(rest) is None


@pytest.mark.parametrize("rounds", [1, 2, 3, 9])
@pytest.mark.parametrize("rest", [*TRAVERSALS, "..\\x", "a\x00b", "a\nb"])
def test_traversal_hidden_in_any_encoding_is_refused(rest: str, rounds: int) -> None:
    hidden = "".join(f"%{byte:02x}" for byte in rest.encode())
    for _ in range(rounds - 1):
        hidden = hidden.replace("%", "%25")
    assert inner_path(hidden) is None


@pytest.mark.parametrize(
    "rest",
    [
        "\uff0e\uff0e/x",
        "\u2025/x",
        "..\uff0fx",
        "\uff05\uff12e\uff05\uff12e/x",
        "%c0%ae%c0%ae/x",
        "%ef%bc%8e%ef%bc%8e/x",
        "a\uff3cb",
        "%5c..%5cx",
    ],
)
def test_traversal_in_another_scripts_characters_is_refused(rest: str) -> None:
    assert inner_path(rest) is None


@pytest.mark.parametrize(
    "character", ["\x00", "\r", "\n", "\x1b", "\x7f", "\x85", "\ufffd", chr(0xD800)]
)
def test_control_characters_and_undecodable_bytes_are_refused(character: str) -> None:
    assert inner_path(f"a{character}b") is None


def test_a_name_that_is_encoded_over_and_over_is_refused_without_delay() -> None:
    began = time.process_time()
    assert inner_path("%" + "25" * 50_000 + "2e") is None
    # Layer by layer it would be minutes.
    assert time.process_time() - began < 5


HOSTILE = st.text(st.sampled_from("./\\%25eEfFcC0a\x00\uff0e\u2025\uff0f~:"), max_size=30)


@given(st.one_of(st.text(max_size=30), HOSTILE))
def test_no_path_leads_out_of_the_directory(rest: str) -> None:
    inner = inner_path(rest)
    if inner is not None:
        path = os.path.normpath(os.path.join("/root/dir", inner))
        assert path == "/root/dir" or path.startswith("/root/dir/")
        assert inner in ("", rest)
        assert "\x00" not in inner


NAMES = st.text(
    st.characters(categories=["L", "N", "Zs"], max_codepoint=0x24F), min_size=1, max_size=8
)


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_every_ordinary_name_can_be_looked_for(names: list[str]) -> None:
    rest = "/".join(names)
    assert inner_path(rest) == rest
    assert quote(rest) == rest or inner_path(quote(rest)) == quote(rest)
