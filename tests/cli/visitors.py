"""Clients that come, exchange a message, leave, and come again."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.cli.launching import Launch


class Visits:
    """What the visitors have seen."""

    def __init__(self) -> None:
        self.seen: set[tuple[int, str]] = set()
        self.failures: list[Exception] = []
        self.count = 0

    def visit(self, server: Launch, end: Event) -> None:
        """Visit until the end is set."""
        while not end.is_set():
            try:
                with connect(server.ws, open_timeout=10) as connection:
                    self._talk(connection)
            except Exception as error:
                self.failures.append(error)
            self.count += 1

    def _talk(self, connection: ClientConnection) -> None:
        try:
            pid, code = str(connection.recv(timeout=10)).split()
            self.seen.add((int(pid), code))
            connection.send("hello")
            assert connection.recv(timeout=10) == "hello"
        except ConnectionClosed as closed:
            # Whoever is in the middle of it when a worker retires is told so.
            assert closed.rcvd is not None
            assert closed.rcvd.code == 1012


@contextmanager
def visiting(server: Launch, *, visitors: int) -> Generator[Visits]:
    """Have visitors come and go while the block runs."""
    visits, end = Visits(), Event()
    with ThreadPoolExecutor(visitors) as threads:
        for _ in range(visitors):
            threads.submit(visits.visit, server, end)
        try:
            yield visits
        finally:
            end.set()
