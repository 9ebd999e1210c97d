"""`bind` of `anyws.serve()` and `anyws.run()`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pytest
from anyio import Event, create_task_group

import anyws
from anyws.cli.errors import InvalidOption, UnavailableAddress


async def test_serve_takes_a_unix_socket_and_removes_its_file() -> None:
    app, shutdown = anyws.App(), Event()
    with TemporaryDirectory(prefix="anyws-") as folder, anyio.fail_after(10):
        path = Path(folder, "shop.sock")
        async with create_task_group() as tasks:
            serving = partial(anyws.serve, app, bind=f"unix:{path}", shutdown=shutdown)
            assert await tasks.start(serving) == 0
            async with await anyio.connect_unix(path) as stream:
                await stream.send(b"GET / HTTP/1.1\r\nhost: test\r\n\r\n")
                assert (await stream.receive()).startswith(b"HTTP/1.1 404")
            shutdown.set()
        assert not await anyio.Path(path).exists()


async def test_serve_takes_a_host_and_a_port_in_one() -> None:
    shutdown = Event()
    with anyio.fail_after(10):
        async with create_task_group() as tasks:
            serving = partial(anyws.serve, anyws.App(), bind="127.0.0.1:0", shutdown=shutdown)
            port = await tasks.start(serving)
            await (await anyio.connect_tcp("127.0.0.1", port)).aclose()
            shutdown.set()


@pytest.mark.parametrize(
    ("bind", "port", "complaint"),
    [
        ("127.0.0.1:0", 1, "bind='127.0.0.1:0' stands for host and port together"),
        ("8000", 8000, "'8000' has no port: write host:port"),
        ("fd://x", 8000, "write its number, as fd://3"),
    ],
)
def test_run_refuses_what_cannot_be_understood(bind: str, port: int, complaint: str) -> None:
    with pytest.raises(InvalidOption, match=complaint):
        anyws.run(anyws.App(), bind=bind, port=port)


def test_run_refuses_a_descriptor_that_is_not_open() -> None:
    with pytest.raises(UnavailableAddress, match="no such file descriptor"):
        anyws.run(anyws.App(), bind="fd://999")
