"""Bytes that arrive in parts and are taken in other ones."""

from __future__ import annotations

from collections import deque


class Parts:
    """Bytes in the order in which they arrived, taken from the front in any amount."""

    __slots__ = ("_offset", "_parts", "size")

    def __init__(self) -> None:
        self._parts: deque[bytes] = deque()
        self._offset = 0
        self.size: int = 0

    def append(self, part: bytes) -> None:
        """Put a part at the end."""
        self._parts.append(part)
        self.size += len(part)

    def take(self, n: int) -> bytes:
        """Take `n` bytes, or all of them where there are fewer."""
        if n >= self.size and len(self._parts) == 1:
            return self.take_first()
        taken: list[bytes] = []
        while n > 0 and self._parts:
            first = self._parts[0]
            piece = first[self._offset : self._offset + n]
            taken.append(piece)
            n -= len(piece)
            self._offset += len(piece)
            self.size -= len(piece)
            if self._offset == len(first):
                self._parts.popleft()
                self._offset = 0
        return b"".join(taken)

    def take_first(self) -> bytes:
        """Take what is left of the first part, without a copy if that is all of it."""
        part = bytes(self._parts.popleft()[self._offset :])
        self._offset = 0
        self.size -= len(part)
        return part
