"""Forms that arrive in pieces, whole or cut off, beside what the parser makes of them at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anyws.errors import MultipartParseError
from tests.media.forms import BOUNDARY, Field, Pieces, encode_form
from tests.media.readings import read_at_once, read_in_pieces

SMALL = encode_form(Field("a", b"\r\n--x"), Field("b", b"", filename="b.txt"))

# Much of what a delimiter is made of, so that much looks like one that is none.
BINARY = st.lists(
    st.sampled_from([b"\r", b"\n", b"-", b"--", b"\r\n--", BOUNDARY[:-1].encode(), b"x", b"\0"]),
    max_size=12,
).map(b"".join) | st.binary(max_size=40)
NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8).filter(
    lambda name: not set(name) & set("%\\")
)
FIELDS = st.builds(
    Field, NAMES, BINARY, st.none() | NAMES, st.sampled_from([None, "text/plain", "image/png"])
)


async def test_a_form_cut_at_any_byte_is_the_same_in_pieces_of_any_size() -> None:
    for cut in range(len(SMALL) + 1):
        body = SMALL[:cut]
        at_once = read_at_once(body)
        assert at_once.error is (MultipartParseError if cut < len(SMALL) - 2 else None)
        for size in (*range(1, 40), len(SMALL)):
            assert await read_in_pieces(Pieces(body, size)) == at_once


@given(
    fields=st.lists(FIELDS, max_size=4),
    kept=st.just(1.0) | st.floats(0, 1),
    size=st.integers(1, 60),
    ask_for=st.none() | st.integers(1, 20),
)
async def test_any_form_cut_anywhere_is_the_same_in_pieces(
    fields: list[Field], kept: float, size: int, ask_for: int | None
) -> None:
    whole = encode_form(*fields)
    body = whole[: round(kept * len(whole))]
    reading = await read_in_pieces(Pieces(body, size), ask_for=ask_for)
    assert reading == read_at_once(body)
    if body == whole:
        assert reading.parts == [(field.name, field.filename, field.data) for field in fields]


@given(st.binary(max_size=80) | BINARY, st.integers(1, 20))
async def test_what_is_no_form_is_an_error_and_nothing_worse(body: bytes, size: int) -> None:
    assert (await read_in_pieces(Pieces(body, size))).error is MultipartParseError
    reading = await read_in_pieces(Pieces(SMALL[:60] + body, size))
    assert reading.parts in ([], [("a", None, b"\r\n--x")])
