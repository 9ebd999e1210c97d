"""That all peers hold the same conversations, and so do the same work."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import msgspec
import pytest

from anyws._asgi.types import ASGIApp, Event
from benchmarks._websockets.conversations import (
    DOCUMENT,
    EXCHANGES,
    MEMBER,
    TEXT,
    Audience,
    Exchange,
)
from benchmarks._websockets.peers import PEERS, has
from benchmarks._websockets.server import Conversation, start
from tests.conftest import Backend

NAMES = list(dict.fromkeys(name for peers in PEERS.values() for name in peers))


class Recorder(Conversation):
    """A conversation that keeps what the application sends."""

    def __init__(self, app: ASGIApp, exchange: Exchange) -> None:
        super().__init__(app, exchange)
        self.sent: list[Event] = []

    async def _send(self, event: Event) -> None:
        self.sent.append(event)
        await super()._send(event)


@asynccontextmanager
async def started(name: str, backend: Backend, audience: Audience) -> AsyncIterator[ASGIApp]:
    """Run a peer's application; skip the test where the peer does not run on the backend."""
    if name not in PEERS[backend[0]]:
        pytest.skip(f"{name} does not run on {backend[0]}")
    stop = anyio.Event()
    async with anyio.create_task_group() as group:
        app = PEERS[backend[0]][name](audience)
        await start(app, group, stop)
        yield app
        stop.set()


def content_of(event: Event) -> object:
    """Read what a message carries, as an object where it is one."""
    if event.get("bytes") is not None:
        return msgspec.msgpack.decode(event["bytes"])
    text: str = event["text"]
    return json.loads(text) if text.startswith("{") else text


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.name)
@pytest.mark.parametrize("name", NAMES)
async def test_a_peer_answers_as_all_do(
    name: str, exchange: Exchange, anyio_backend: Backend
) -> None:
    if not has(name, exchange.path):
        pytest.skip(f"{name} has nothing for it")
    async with started(name, anyio_backend, []) as app, anyio.create_task_group() as group:
        conversation = Recorder(app, exchange)
        await conversation.begin(group)
        await conversation.exchange(3)
        conversation.leave()
    accept, *answers = conversation.sent[: 1 + 3 * exchange.answers]
    assert accept["type"] == "websocket.accept"
    expected = TEXT if content_of(exchange.message) == TEXT else DOCUMENT
    assert [content_of(answer) for answer in answers] == [expected] * 3 * exchange.answers


@pytest.mark.parametrize("name", NAMES)
async def test_a_member_of_a_peer_gets_what_is_sent_to_the_audience(
    name: str, anyio_backend: Backend
) -> None:
    audience: Audience = []
    async with started(name, anyio_backend, audience) as app, anyio.create_task_group() as group:
        member = Recorder(app, Exchange("", MEMBER, {}))
        await member.begin(group)
        await anyio.wait_all_tasks_blocked()
        (send_text,) = audience
        await send_text("to all")
        member.leave()
    assert member.sent[1]["text"] == "to all"
