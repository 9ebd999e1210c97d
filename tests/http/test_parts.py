"""Bytes that arrive in parts."""

from __future__ import annotations

from typing import cast

import pytest

from anyws.http.parts import Parts


@pytest.mark.parametrize("n", [1, 3, 4])
def test_what_is_taken_is_bytes_whatever_arrived(n: int) -> None:
    parts = Parts()
    parts.append(cast("bytes", bytearray(b"abc")))
    taken = parts.take(n)
    assert type(taken) is bytes
    assert taken == b"abc"[:n]
    assert parts.size == 3 - len(taken)
