"""What responders have to say when their own client cannot hear it any more."""

from __future__ import annotations

from anyio import Event

from anyws import Request, Response


class Notes:
    """Notes on connections, each under a key, to be asked for over HTTP."""

    def __init__(self) -> None:
        self._notes: dict[str, object] = {}
        self._written: dict[str, Event] = {}

    def write(self, key: str, **facts: object) -> None:
        """Note what became of a connection."""
        self._notes[key] = facts
        self._event(key).set()

    async def on_get(self, req: Request, resp: Response, key: str) -> None:
        """Give a note, and wait until it is there. The client has the deadline."""
        await self._event(key).wait()
        resp.media = self._notes[key]

    def _event(self, key: str) -> Event:
        return self._written.setdefault(key, Event())
