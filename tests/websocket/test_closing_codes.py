"""Close codes and reasons that may go over the wire: RFC 6455, sections 5.5 and 7.4."""

from __future__ import annotations

import enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws.websocket.closing import check_code, check_reason, default_close_reasons

ALLOWED = [(1000, 1003), (1007, 1014), (3000, 4999)]
REFUSED = [(-1, 999), (1004, 1006), (1015, 2999), (5000, 65535)]


class CloseCode(enum.IntEnum):
    """Codes by name, as programs and the client libraries keep them."""

    GOING_AWAY = 1001
    ABNORMAL_CLOSURE = 1006


@pytest.mark.parametrize("code", [end for span in ALLOWED for end in span])
def test_a_code_that_may_be_sent_passes(code: int) -> None:
    assert check_code(code) == code


@pytest.mark.parametrize("code", [end for span in REFUSED for end in span])
def test_a_code_that_never_goes_over_the_wire_is_a_value_error(code: int) -> None:
    with pytest.raises(ValueError, match="Invalid close code") as raised:
        check_code(code)
    assert str(code) in str(raised.value)


@pytest.mark.parametrize("code", [2000, 2999, 1016, 1999])
def test_the_reserved_codes_up_to_2999_are_refused(code: int) -> None:
    with pytest.raises(ValueError, match="Invalid close code"):
        check_code(code)


@pytest.mark.parametrize("code", [5000, 5001, 65535, 65536, 10**9])
def test_the_codes_beyond_4999_are_refused(code: int) -> None:
    with pytest.raises(ValueError, match="Invalid close code"):
        check_code(code)


@pytest.mark.parametrize("code", [True, False, 1000.0, "1000", b"1000", None, [1000], object()])
def test_a_code_that_is_no_int_is_a_value_error(code: object) -> None:
    with pytest.raises(ValueError, match="Invalid close code"):
        check_code(code)


def test_a_member_of_an_int_enum_is_an_int() -> None:
    assert check_code(CloseCode.GOING_AWAY) == 1001
    with pytest.raises(ValueError, match="Invalid close code"):
        check_code(CloseCode.ABNORMAL_CLOSURE)


@given(st.integers(min_value=-10, max_value=70_000))
def test_a_code_passes_exactly_if_it_is_in_one_of_three_spans(code: int) -> None:
    try:
        check_code(code)
    except ValueError:
        passed = False
    else:
        passed = True
    assert passed is any(first <= code <= last for first, last in ALLOWED)


@pytest.mark.parametrize("reason", [None, ""])
def test_an_empty_reason_is_none_at_all(reason: str | None) -> None:
    assert check_reason(reason) is None


@pytest.mark.parametrize("reason", ["x", "x" * 123, "é" * 61, "€" * 41, "🙂" * 30])
def test_a_reason_of_up_to_123_bytes_in_utf_8_passes(reason: str) -> None:
    assert check_reason(reason) == reason


@pytest.mark.parametrize("reason", ["x" * 124, "é" * 62, "€" * 42, "🙂" * 31])
def test_a_reason_of_more_than_123_bytes_in_utf_8_is_a_value_error(reason: str) -> None:
    with pytest.raises(ValueError, match="123"):
        check_reason(reason)


@pytest.mark.parametrize("reason", [b"bye", b"", 1, 0, False, ["bye"]])
def test_a_reason_that_is_not_a_str_is_a_type_error(reason: object) -> None:
    with pytest.raises(TypeError, match="reason"):
        check_reason(reason)


def test_a_reason_that_cannot_be_encoded_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        check_reason("\ud800")


def test_every_default_reason_can_be_sent_with_its_code() -> None:
    for code, reason in default_close_reasons().items():
        assert check_code(code) == code
        assert check_reason(reason) == reason


def test_the_default_reasons_are_a_dict_of_its_own_for_every_caller() -> None:
    assert default_close_reasons() == default_close_reasons()
    assert default_close_reasons() is not default_close_reasons()
