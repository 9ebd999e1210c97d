"""What echoing costs under real servers: the processor's time, and the time that it takes."""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from benchmarks._report import OURS, Row, setting, table
from benchmarks._servers.processes import ClientProcess, ServerProcess
from benchmarks._websockets.conversations import ECHO
from benchmarks._websockets.peers import RAW

CONNECTIONS: Final = (1, 50, 500)
PACKAGES: Final = (
    "anyws",
    "anyio",
    "trio",
    "hypercorn",
    "uvicorn",
    "uvloop",
    "websockets",
    "wsproto",
    "falcon",
    "starlette",
    "litestar",
    "quart-trio",
    "picows",
)


class Candidate(NamedTuple):
    """A server, and the module with the application that it runs."""

    server: str
    service: str


def _everywhere(server: str) -> dict[str, Candidate]:
    return {
        OURS: Candidate(server, "anyws_service"),
        RAW: Candidate(server, "raw_service"),
        "Starlette": Candidate(server, "starlette_service"),
        "Litestar": Candidate(server, "litestar_service"),
    }


SETTINGS: Final[dict[str, dict[str, Candidate]]] = {
    "Hypercorn, asyncio": {
        **_everywhere("hypercorn-asyncio"),
        "Falcon": Candidate("hypercorn-asyncio", "falcon_service"),
    },
    "Hypercorn, trio": {
        **_everywhere("hypercorn-trio"),
        "Quart-Trio": Candidate("hypercorn-trio", "quart_trio_service"),
    },
    "anyws serve, trio": {
        **_everywhere("anyws-trio"),
        "Quart-Trio": Candidate("anyws-trio", "quart_trio_service"),
    },
    "uvicorn": {
        **_everywhere("uvicorn"),
        "Falcon": Candidate("uvicorn", "falcon_service"),
    },
}
"""What is compared: on Hypercorn's Trio worker as it is, and as the launcher runs it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How much is measured."""

    rounds: int
    processes: int
    """Processes of each candidate: two of the same differ by some percent."""
    seconds: float
    """How long each is kept busy for a sample."""
    connections: Sequence[int] = CONNECTIONS
    """Over how many connections, one after the other."""


class Sample(NamedTuple):
    """Microseconds for each message: of the server's processor, and on the clock."""

    processor: float
    clock: float


Samples: TypeAlias = Mapping[tuple[int, str], Sequence[Sample]]
"""By the number of connections and the candidate; samples of the same place were taken in turns."""


def measure(candidates: Mapping[str, Candidate], plan: Plan) -> Samples:
    """Measure candidates side by side: all of their processes run, one of them is busy."""
    with ExitStack() as stack:
        crews = {
            # Now and then the collector walks all that the open connections hold. In whose sample
            # it does is chance, and it costs more than what is measured.
            name: [
                ServerProcess.start(*candidate, stack, collector=False)
                for _ in range(plan.processes)
            ]
            for name, candidate in candidates.items()
        }
        client = ClientProcess(stack)
        for crew in crews.values():
            for server in crew:
                server.wait_ready()
                client.open(server.url(ECHO), max(plan.connections))
        samples: defaultdict[tuple[int, str], list[Sample]] = defaultdict(list)
        for number in range(plan.rounds + 1):
            for count in plan.connections:
                for row in zip(*crews.values(), strict=True):
                    for name, server in _in_turns(list(zip(crews, row, strict=True)), number):
                        samples[count, name].append(sample(server, client, count, plan.seconds))
    # The first round is thrown away: Python specialises its byte code then.
    keys = [(count, name) for count in plan.connections for name in candidates]
    return {key: samples[key][plan.processes :] for key in keys}


def sample(server: ServerProcess, client: ClientProcess, count: int, seconds: float) -> Sample:
    """Echo over so many connections for so many seconds."""
    before = server.processor_seconds()
    messages, taken = client.echo(server.url(ECHO), count, seconds)
    processor = server.processor_seconds() - before
    return Sample(processor / messages * 1e6, taken / messages * 1e6)


def _in_turns(
    servers: Sequence[tuple[str, ServerProcess]], number: int
) -> Sequence[tuple[str, ServerProcess]]:
    """Give them in one order in even rounds and in the other in odd ones."""
    return servers if number % 2 else servers[::-1]


def rows(
    samples: Samples,
    figure: Callable[[Sequence[Sample], Sequence[Sample]], float],
    connections: Sequence[int] = CONNECTIONS,
) -> Sequence[Row]:
    """Make a row for each number of connections; `figure` gets the samples of raw as well."""
    return [
        Row(
            f"{count} connections",
            {
                name: figure(taken, samples[count, RAW])
                for (of, name), taken in samples.items()
                if of == count
            },
        )
        for count in connections
    ]


def processor(taken: Sequence[Sample], raw: Sequence[Sample]) -> float:
    return statistics.median(one.processor for one in taken)


def clock(taken: Sequence[Sample], raw: Sequence[Sample]) -> float:
    return statistics.median(one.clock for one in taken)


def share_of_raw(taken: Sequence[Sample], raw: Sequence[Sample]) -> float:
    """Give the messages in the same time as a share of raw's, each sample with its neighbour."""
    pairs = zip(taken, raw, strict=True)
    return statistics.median(beside.processor / one.processor for one, beside in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="samples of each process")
    parser.add_argument("--processes", type=int, default=3, help="processes of each candidate")
    parser.add_argument("--seconds", type=float, default=0.2, help="time for each sample")
    parser.add_argument("--on", choices=SETTINGS, action="append", help="only on this server")
    arguments = parser.parse_args()
    plan = Plan(rounds=arguments.rounds, processes=arguments.processes, seconds=arguments.seconds)
    print(setting(PACKAGES))
    for name in arguments.on or SETTINGS:
        samples = measure(SETTINGS[name], plan)
        print()
        print(table(f"{name}: processor", "us a message", rows(samples, processor)))
        print()
        print(table(f"{name}: clock", "us a message", rows(samples, clock)))
        print()
        shares = rows(samples, share_of_raw)
        print(table(f"{name}: messages", "share of raw", shares, multiples=False))


if __name__ == "__main__":
    main()
