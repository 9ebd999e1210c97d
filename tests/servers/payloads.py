"""Bytes that both sides of a test can make, so that neither has to keep them."""

from __future__ import annotations

from hashlib import sha256
from random import Random
from typing import Final

BLOCK: Final = 2**16
"""Bytes of one block."""
_ONE_MORE: Final = Random(0).randbytes(2 * BLOCK)


def block(number: int) -> bytes:
    """Give the block with that number; neighbours differ."""
    start = number * 251 % BLOCK
    return _ONE_MORE[start : start + BLOCK]


def blocks(count: int) -> bytes:
    """Give so many blocks, from the first one on."""
    return b"".join(map(block, range(count)))


def digest_of(content: bytes) -> dict[str, object]:
    """Give what the application says of an upload with that content."""
    return {"size": len(content), "sha256": sha256(content).hexdigest()}
