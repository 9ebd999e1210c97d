"""What WebSocket messages and connections cost inside the process, on both event loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import cycle, islice
from typing import TYPE_CHECKING, Final

import anyio

from benchmarks._harness import Effort, Stopwatch, interleave, parse_effort
from benchmarks._report import OURS, Row, setting, table
from benchmarks._websockets.conversations import BRIEF, ECHO, EXCHANGES, MEMBER, TEXT
from benchmarks._websockets.peers import PACKAGES, PEERS, RAW, has
from benchmarks._websockets.server import Conversation, Crowd, start, time_connections

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp
    from benchmarks._websockets.conversations import Audience

BROADCAST: Final = 500
"""Sockets that a message is sent to, one after the other."""

IDLE: Final = (100, 10_000)
"""Connections that are open and silent, while others come and go."""

_AMONG_IDLE: Final = (OURS, RAW, "Starlette")


async def measure_messages(apps: Mapping[str, ASGIApp], effort: Effort) -> Sequence[Row]:
    """Measure exchanges on connections that stay open: microseconds for each message received."""
    conversations = {
        (exchange.name, name): Conversation(app, exchange)
        for exchange in EXCHANGES
        for name, app in apps.items()
        if has(name, exchange.path)
    }
    async with anyio.create_task_group() as group:
        samples = {}
        for key, conversation in conversations.items():
            await conversation.begin(group)
            samples[key] = partial(conversation.time_exchange, effort.calls)
        figures = await interleave(samples, effort.rounds)
        for conversation in conversations.values():
            conversation.leave()
    return _rows(figures)


async def measure_sends(
    apps: Mapping[str, ASGIApp], audiences: Mapping[str, Audience], effort: Effort
) -> Sequence[Row]:
    """Measure sends to one connection and to many: microseconds for each."""
    sizes = {"to one socket, each": 1, f"to {BROADCAST} sockets, each": BROADCAST}
    crowds = [Crowd(app, MEMBER) for app in apps.values()]
    async with anyio.create_task_group() as group:
        for crowd in crowds:
            await crowd.gather(BROADCAST, group)
        # Members who have left are in the lists before them.
        samples = {
            (title, name): partial(time_sends, audiences[name][-members:], effort.calls)
            for title, members in sizes.items()
            for name in apps
        }
        figures = await interleave(samples, effort.rounds)
        for crowd in crowds:
            crowd.leave()
    return _rows(figures)


async def time_sends(audience: Audience, count: int) -> float:
    """Give the microseconds that each of so many sends takes, to one member after the other."""
    watch = Stopwatch()
    for send_text in audience:
        await send_text(TEXT)
    with watch:
        for send_text in islice(cycle(audience), count):
            await send_text(TEXT)
    return watch.seconds / count * 1e6


async def measure_connections(apps: Mapping[str, ASGIApp], effort: Effort) -> Sequence[Row]:
    """Measure connections without messages: microseconds for each."""
    lives = {
        "accept, then our close": (BRIEF, "websocket.close"),
        "accept, then the client leaves": (ECHO, "websocket.accept"),
    }
    samples = {
        (title, name): partial(time_connections, app, path, last, effort.calls // 10)
        for title, (path, last) in lives.items()
        for name, app in apps.items()
    }
    return _rows(await interleave(samples, effort.rounds))


async def measure_among_idle(apps: Mapping[str, ASGIApp], effort: Effort) -> Sequence[Row]:
    """Measure connections while many others are open: microseconds for each."""
    samples = {
        (f"among {idle}", name): partial(time_among_idle, apps[name], idle, effort.calls // 10)
        for name in _AMONG_IDLE
        for idle in IDLE
    }
    return _rows(await interleave(samples, max(effort.rounds // 5, 1)))


async def time_among_idle(app: ASGIApp, idle: int, count: int) -> float:
    """Give the microseconds that one connection takes while so many others are open."""
    crowd = Crowd(app, ECHO)
    async with anyio.create_task_group() as group:
        await crowd.gather(idle, group)
        taken = await time_connections(app, BRIEF, "websocket.close", count)
        crowd.leave()
    return taken


async def report(backend: str, effort: Effort) -> None:
    """Measure everything on the event loop that this runs on, and print the tables."""
    audiences: dict[str, Audience] = {name: [] for name in PEERS[backend]}
    apps = {name: make(audiences[name]) for name, make in PEERS[backend].items()}
    stop = anyio.Event()
    async with anyio.create_task_group() as group:
        for app in apps.values():
            await start(app, group, stop)
        _print(f"{backend}: messages", "us", await measure_messages(apps, effort))
        _print(f"{backend}: sends", "us", await measure_sends(apps, audiences, effort))
        _print(f"{backend}: connections", "us", await measure_connections(apps, effort))
        among = await measure_among_idle(apps, effort)
        _print(f"{backend}: connections", "us", among)
        few, many = (row.figures for row in among)
        growth = {name: many[name] / few[name] for name in few}
        title = f"{backend}: connection among {IDLE[1]}"
        ratios = [Row(f"to one among {IDLE[0]}", growth)]
        print(f"\n{table(title, 'ratio', ratios, multiples=False)}")
        stop.set()


def _rows(figures: Mapping[tuple[str, str], float]) -> Sequence[Row]:
    titles = dict.fromkeys(title for title, _ in figures)
    return [
        Row(title, {name: figure for (of, name), figure in figures.items() if of == title})
        for title in titles
    ]


def _print(title: str, unit: str, rows: Sequence[Row]) -> None:
    print()
    print(table(title, unit, rows))


def main() -> None:
    effort = parse_effort(__doc__ or "", rounds=25, calls=1000)
    print(setting(PACKAGES))
    for backend in PEERS:
        anyio.run(report, backend, effort, backend=backend)


if __name__ == "__main__":
    main()
