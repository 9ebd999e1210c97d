"""What a body can be streamed from, and how that is closed."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from anyws.http.streams import CHUNK_SIZE, aclose, chunks


class Reader:
    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)
        self.sizes: list[int] = []

    async def read(self, size: int) -> bytes:
        await anyio.lowlevel.checkpoint()
        self.sizes.append(size)
        return self._data.read(size)


async def test_a_reader_is_read_in_chunks() -> None:
    reader = Reader(b"x" * (CHUNK_SIZE + 1))
    assert [len(chunk) async for chunk in chunks(reader)] == [CHUNK_SIZE, 1]
    assert reader.sizes == [CHUNK_SIZE] * 3


async def test_an_asynchronous_iterable_gives_what_it_gives() -> None:
    async def source() -> AsyncIterator[bytes]:
        yield b"a"
        yield b""
        yield b"b"

    generator = source()
    assert [chunk async for chunk in chunks(generator)] == [b"a", b"", b"b"]


async def test_a_file_of_anyio_is_read_in_chunks_and_not_in_lines(tmp_path: Any) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"a\nb\n")
    file = await anyio.open_file(path, "rb")
    assert [chunk async for chunk in chunks(file)] == [b"a\nb\n"]
    await aclose(file)
    assert file.wrapped.closed


async def test_a_reader_that_blocks_is_a_type_error_with_a_remedy() -> None:
    with pytest.raises(TypeError, match=r"anyio\.open_file"):
        await anext(chunks(io.BytesIO(b"x")))  # type: ignore[arg-type]  # this is what is tested


async def test_a_generator_is_closed_in_the_task_that_closes_it() -> None:
    closed = []

    async def source() -> AsyncIterator[bytes]:
        try:
            yield b"a"
        finally:
            closed.append(True)

    generator = source()
    assert await anext(chunks(generator)) == b"a"
    await aclose(generator)
    assert closed == [True]


@pytest.mark.parametrize("closable", [True, False])
async def test_what_has_a_plain_close_or_none_is_closed_as_far_as_it_can_be(
    closable: bool,
) -> None:
    source = io.BytesIO() if closable else object()
    await aclose(source)
    assert getattr(source, "closed", closable) is closable


async def test_an_asynchronous_close_is_awaited() -> None:
    class Source:
        closed = False

        async def close(self) -> None:
            await anyio.lowlevel.checkpoint()
            self.closed = True

    source = Source()
    await aclose(source)
    assert source.closed
