"""What a client makes of a stream of events: WHATWG HTML, section 9.2.6."""

from __future__ import annotations

import codecs
import re
from typing import Final, NamedTuple

from anyws.media import json as json_codec

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_DEFAULT_TYPE: Final = "message"


class ReceivedEvent(NamedTuple):
    """A server-sent event as a browser hands it to its listeners."""

    event: str
    """The type; 'message' where the event does not say."""
    data: str
    event_id: str
    """The last id that came, with this event or before; `''` where none has."""

    @property
    def json(self) -> object:
        """The data as JSON. Raises `json.JSONDecodeError`."""
        return json_codec.decode(self.data)


class EventParser:
    """Parses a stream of events in whatever pieces it comes."""

    def __init__(self) -> None:
        self.comments: list[str] = []
        """The comments so far, pings among them, without the colon and the space."""
        self.retry: int | None = None
        """Milliseconds to wait before connecting again, if the stream has said so."""
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._line = ""
        self._ended_by_cr = False
        self._data: list[str] = []
        self._event = ""
        self._event_id = ""

    def feed(self, chunk: bytes) -> list[ReceivedEvent]:
        """Give the events that are complete with this chunk."""
        text = self._decoder.decode(chunk)
        if self._ended_by_cr and text:
            text = text.removeprefix("\n")
            self._ended_by_cr = False
        *lines, self._line = _LINE_END.split(self._line + text)
        if text:
            self._ended_by_cr = text[-1] == "\r"
        events = [self._take(line) for line in lines]
        return [event for event in events if event is not None]

    def _take(self, line: str) -> ReceivedEvent | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "":
                self.comments.append(value)
            case "event":
                self._event = value
            case "data":
                self._data.append(value)
            case "id" if "\0" not in value:
                self._event_id = value
            case "retry" if value.isascii() and value.isdigit():
                self.retry = int(value)
            case _:
                pass
        return None

    def _dispatch(self) -> ReceivedEvent | None:
        kind, data = self._event or _DEFAULT_TYPE, self._data
        self._event, self._data = "", []
        return ReceivedEvent(kind, "\n".join(data), self._event_id) if data else None
