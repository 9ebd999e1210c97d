"""Work that stops when its client leaves: `anyws serve examples.jobs:app`.

Connect to /primes and send {"below": 1000000000}; leave, and /jobs says that none is running. A
worker thread can't be stopped: a job works in slices, and stops between two of them.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from anyio import to_thread

from anyws import App, HTTPBadRequest, Request, Response, WebSocket

SLICE = 10**6
MOST = 10**9

log = logging.getLogger("jobs")


@dataclass
class Job:
    below: int


class Jobs:
    """Counts primes, and the jobs that do."""

    def __init__(self) -> None:
        self.running = 0

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {"running": self.running}

    async def on_websocket_primes(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for job in ws.iter_media(type=Job):
            if not 0 <= job.below <= MOST:
                raise HTTPBadRequest
            # When the client leaves it raises WebSocketDisconnected, which ends the responder.
            with self.counted(job), ws.fail_on_disconnect():
                found = await count_primes(job.below)
            await ws.send_media({"below": job.below, "primes": found})

    @contextmanager
    def counted(self, job: Job) -> Iterator[None]:
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
            log.info("a job below %d has ended", job.below)


async def count_primes(below: int) -> int:
    found = 0
    for start in range(2, below, SLICE):
        found += await to_thread.run_sync(count_slice, start, min(start + SLICE, below))
    return found


def count_slice(start: int, stop: int) -> int:
    """Cross out what is a multiple of something, and count the rest."""
    left = bytearray(b"\1") * (stop - start)
    for divisor in range(2, math.isqrt(stop) + 1):
        first = max(divisor * divisor, start + -start % divisor)
        left[first - start :: divisor] = bytes(len(range(first, stop, divisor)))
    return left.count(1)


logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
app = App()
jobs = Jobs()
app.add_route("/jobs", jobs)
app.add_route("/primes", jobs, suffix="primes")
