"""Multipart forms as clients write them, and bodies that arrive in pieces."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple, Self

from anyws.media import MultipartForm, MultipartFormHandler

BOUNDARY = "simple-boundary"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


class Field(NamedTuple):
    """A part of a form."""

    name: str
    data: bytes
    filename: str | None = None
    content_type: str | None = None


def encode_form(*fields: Field, boundary: str = BOUNDARY) -> bytes:
    """Write a form as a browser does: WHATWG HTML, section 4.10.21.8."""
    lines = []
    for field in fields:
        lines.append(f"--{boundary}\r\n".encode())
        disposition = f'form-data; name="{_escape(field.name)}"'
        if field.filename is not None:
            disposition += f'; filename="{_escape(field.filename)}"'
        lines.append(f"Content-Disposition: {disposition}\r\n".encode())
        if field.content_type is not None:
            lines.append(f"Content-Type: {field.content_type}\r\n".encode())
        lines.append(b"\r\n" + field.data + b"\r\n")
    lines.append(f"--{boundary}--\r\n".encode())
    return b"".join(lines)


def _escape(text: str) -> str:
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


class Pieces:
    """A body that arrives in pieces of a size."""

    def __init__(self, body: bytes, size: int = 2**16) -> None:
        self._pieces = deque(body[start : start + size] for start in range(0, len(body), size))

    @classmethod
    def of(cls, pieces: Iterable[bytes]) -> Self:
        """Give a body that arrives in these pieces; none of them is an empty one."""
        made = cls(b"")
        made._pieces.extend(piece for piece in pieces if piece)
        return made

    @property
    def left(self) -> int:
        """The bytes that have not been asked for."""
        return sum(map(len, self._pieces))

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if not self._pieces:
            raise StopAsyncIteration
        return self._pieces.popleft()

    async def read(self, size: int = -1, /) -> bytes:
        raise AssertionError("a form is read as it arrives")


async def open_form(body: Pieces | bytes, **options: Any) -> MultipartForm:
    """Begin to read a form, with these options of the handler."""
    pieces = Pieces(body) if isinstance(body, bytes) else body
    handler = MultipartFormHandler(**options)
    form = await handler.deserialize_async(pieces, CONTENT_TYPE, None)
    assert isinstance(form, MultipartForm)
    return form


FORM = encode_form(Field("a", b"first"), Field("b", b"second"), Field("c", b"third"))
