"""The client process: it keeps connections open, and echoes over them as fast as a server can.

It is told what to do by lines of JSON, and answers each with one.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING, Any, Final, Self

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks._websockets.conversations import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable

_PAYLOAD: Final = TEXT.encode()
# So many handshakes at a time: a server's backlog is finite.
_AT_ONCE: Final = 50


class Talker(WSListener):
    """A connection that sends its next message when it gets the answer to the last."""

    transport: WSTransport
    exchange: Exchange | None = None

    @classmethod
    async def connect(cls, url: str) -> Self:
        """Open a connection, which stays."""
        talker = cls()
        await ws_connect(lambda: talker, url)
        return talker

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT and self.exchange is not None:
            self.exchange.note_answer(self)

    def talk(self) -> None:
        self.transport.send(WSMsgType.TEXT, _PAYLOAD)


class Exchange:
    """Some connections that talk for a while."""

    def __init__(self, talkers: Iterable[Talker]) -> None:
        self._talkers = tuple(talkers)
        self._under_way = len(self._talkers)
        self._over = False
        self._done = asyncio.Event()
        self.messages = 0

    async def run(self, seconds: float) -> float:
        """Talk for so many seconds; give how many it took until the last answer."""
        begun = time.perf_counter()
        asyncio.get_running_loop().call_later(seconds, self._finish)
        for talker in self._talkers:
            talker.exchange = self
            talker.talk()
        await self._done.wait()
        for talker in self._talkers:
            talker.exchange = None
        return time.perf_counter() - begun

    def note_answer(self, talker: Talker) -> None:
        """Count an answer; the next message follows unless it is over."""
        self.messages += 1
        if not self._over:
            talker.talk()
            return
        self._under_way -= 1
        if not self._under_way:
            self._done.set()

    def _finish(self) -> None:
        self._over = True


class Client:
    """What the process does."""

    def __init__(self) -> None:
        self._talkers: dict[str, list[Talker]] = {}

    async def open(self, url: str, count: int) -> dict[str, object]:
        """Have so many more connections to a place."""
        talkers = self._talkers.setdefault(url, [])
        while count:
            batch = [Talker.connect(url) for _ in range(min(count, _AT_ONCE))]
            talkers += await asyncio.gather(*batch)
            count -= len(batch)
        return {"open": len(talkers)}

    async def echo(self, url: str, count: int, seconds: float) -> dict[str, object]:
        """Talk over so many of the connections that are open."""
        exchange = Exchange(self._talkers[url][:count])
        taken = await exchange.run(seconds)
        return {"messages": exchange.messages, "seconds": taken}


async def main() -> None:
    client = Client()
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        answer = await getattr(client, order.pop("do"))(**order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
