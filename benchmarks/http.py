"""What a request costs inside the process: from the server's call to the last event sent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

import anyio

from benchmarks._harness import Effort, interleave, parse_effort
from benchmarks._http import anyws_service, falcon_service, starlette_service
from benchmarks._http.exchanges import EXCHANGES, time_exchange
from benchmarks._report import OURS, Row, setting, table

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp


class MakeApp(Protocol):
    """Makes the service, with its middleware or without."""

    def __call__(self, *, middleware: bool) -> ASGIApp: ...


PEERS: Final[dict[str, MakeApp]] = {
    OURS: anyws_service.make_app,
    "Falcon": falcon_service.make_app,
    "Starlette": starlette_service.make_app,
}
BACKENDS: Final = ("asyncio", "trio")
PACKAGES: Final = ("anyws", "anyio", "trio", "msgspec", "falcon", "starlette")


async def measure(effort: Effort) -> Sequence[Row]:
    """Measure each of the exchanges, on the event loop that this runs on."""
    rows: list[Row] = []
    for exchange in EXCHANGES:
        samples = {
            name: partial(
                time_exchange, make(middleware=exchange.middleware), exchange, effort.calls
            )
            for name, make in PEERS.items()
        }
        rows.append(Row(exchange.name, await interleave(samples, effort.rounds)))
    return rows


def main() -> None:
    effort = parse_effort(__doc__ or "", rounds=25, calls=1000)
    print(setting(PACKAGES))
    for backend in BACKENDS:
        rows = anyio.run(measure, effort, backend=backend)
        print()
        print(table(backend, "us a request", rows))


if __name__ == "__main__":
    main()
