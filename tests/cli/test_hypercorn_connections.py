"""What the launcher's connections rely on in Hypercorn, beside its documented interface.

Where a new version of Hypercorn differs, look at the override that is named, and only then at the
sum here.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from pathlib import Path

import hypercorn.asyncio.run
import hypercorn.asyncio.tcp_server
import hypercorn.protocol.h2
import hypercorn.protocol.h11
import hypercorn.protocol.ws_stream
import hypercorn.trio.run
import hypercorn.trio.tcp_server
import pytest

from anyws.cli.worker import on_asyncio, on_trio

ON_TRIO = hypercorn.trio.tcp_server.TCPServer
ON_ASYNCIO = hypercorn.asyncio.tcp_server.TCPServer
WEBSOCKET = hypercorn.protocol.ws_stream.WSStream


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        # Taken over by `Connection._write()`, with the lock in the shield.
        pytest.param(ON_TRIO.protocol_send, "225856426bff", id="trio-protocol_send"),
        # `Connection.protocol_send()` notes what passes, and `Wait` what an Updated says.
        pytest.param(ON_ASYNCIO.protocol_send, "06144915fc09", id="asyncio-protocol_send"),
        # Ask the context that `Reception.context_of()` gives how long to wait.
        pytest.param(ON_TRIO._idle_timeout, "210ce1014d98", id="trio-idle"),
        pytest.param(ON_ASYNCIO._idle_timeout, "cb99af7fa2cf", id="asyncio-idle"),
        # What `Stream.handle()` does in their place.
        pytest.param(WEBSOCKET.handle, "743209f49012", id="handle"),
        pytest.param(WEBSOCKET._send_error_response, "8b6acae9ca1c", id="error-response"),
        # Waits without end for a buffer that nobody empties: `WorkerProtocol` closes it.
        pytest.param(hypercorn.protocol.h2.StreamBuffer, "bc347b7c7806", id="buffer"),
        # The order in which they end: the trigger, the listening sockets, the connections, the
        # lifespan. `Ending` and `Service` go along with it.
        pytest.param(hypercorn.trio.run.worker_serve, "8dc8347a9fc3", id="trio-worker"),
        pytest.param(hypercorn.asyncio.run.worker_serve, "ae30269c42b9", id="asyncio-worker"),
    ],
)
def test_what_is_taken_over_or_relied_on_is_what_it_was(
    function: Callable[..., object], expected: str
) -> None:
    assert _sum_of(function) == expected


@pytest.mark.parametrize("module", [hypercorn.protocol.h11, hypercorn.protocol.h2])
def test_protocols_ask_a_context_for_no_more_than_ours_has(module: object) -> None:
    source = Path(str(inspect.getsourcefile(module))).read_text()  # type: ignore[arg-type]  # a module
    asked = {word.split("(")[0] for word in source.split("context.")[1:]}
    names = {word.split(".")[0].split(")")[0].strip() for word in asked}
    assert names <= {"event_class", "mark_request", "terminated"}


def test_the_workers_serve_with_connections_of_the_launchers() -> None:
    assert vars(hypercorn.trio.run)["TCPServer"] is on_trio.Connection
    assert vars(hypercorn.asyncio.run)["TCPServer"] is on_asyncio.Connection


@pytest.mark.parametrize("kind", [ON_TRIO, ON_ASYNCIO])
def test_connections_have_what_theirs_lean_on(kind: type) -> None:
    source = inspect.getsource(kind)
    for part in ("self.context = context", "self.send_lock = ", "self.idle_task = "):
        assert part in source


def _sum_of(function: Callable[..., object]) -> str:
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:12]
