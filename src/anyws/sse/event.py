"""One server-sent event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from anyws.media import codecs
from anyws.sse.encoding import EventBytes, encode_event

_UNFIT: Final = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True, init=False)
class SSEvent:
    """A server-sent event, as `resp.sse` gives them: WHATWG HTML, section 9.2.

    It cannot be changed, and is encoded when it is made: one event may go to any number of
    clients, and costs the encoding once. One without anything in it is a ping.

    At most one of `data`, `text` and `json` can be given, and at most one of `event` and
    `event_type`: `TypeError` otherwise. `ValueError` is raised for CR, LF or NUL in `event` or
    `event_id`, for a negative `retry`, for bytes that are not UTF-8, and for what JSON cannot
    hold; `TypeError` for a value of another type than the one that is named here.
    """

    data: str | bytes | None
    """What the client gets, as text in UTF-8. CRLF, CR and LF all become the client's LF."""

    text: str | None
    """What the client gets, where it was given under this name."""

    json: object
    """What the client gets as JSON, where it was given under this name. None is nothing."""

    event: str | None
    """The type of the event, for which a client listens; without one it is 'message'."""

    event_id: str | None
    """The id that the client sends as Last-Event-ID when it connects again."""

    retry: int | None
    """Milliseconds that the client waits from now on before it connects again."""

    comment: str | None
    """Text that clients drop."""

    _encoded: bytes

    def __init__(
        self,
        data: str | bytes | None = None,
        *,
        text: str | None = None,
        json: object = None,
        event: str | None = None,
        event_id: str | None = None,
        retry: int | None = None,
        comment: str | None = None,
        event_type: str | None = None,
    ) -> None:
        if event is not None and event_type is not None:
            raise TypeError("event= and event_type= are two names of one thing: give one of them")
        if (data is not None) + (text is not None) + (json is not None) > 1:
            raise TypeError("an event has one of data, text= and json=: give one of them")
        event = event_type if event is None else event
        for name, line in (("event", event), ("event_id", event_id)):
            _check_line(name, line)
        _check_text("comment", comment)
        _check_retry(retry)
        encoded = encode_event(
            data=_data(data, text, json),
            event=event,
            event_id=event_id,
            retry=retry,
            comment=comment,
        )
        fields = (data, text, json, event, event_id, retry, comment, encoded)
        for name, value in zip(self.__slots__, fields, strict=True):
            object.__setattr__(self, name, value)

    @property
    def event_type(self) -> str | None:
        """The same as `event`."""
        return self.event

    def serialize(self) -> EventBytes:
        """Give the event as it goes over the wire, its blank line included.

        The bytes have an `encode()`, as a str has, which gives the same again as plain bytes.
        """
        return EventBytes(self._encoded)


def _data(data: str | bytes | None, text: str | None, json: object) -> bytes | None:
    if json is not None:
        return codecs.json.encode(json)
    if isinstance(data, bytes):
        # Checked, since a client would put a replacement character where it cannot be decoded.
        data.decode()
        return data
    _check_text("data", data, remedy="; json= takes what JSON can hold")
    _check_text("text", text)
    value = text if data is None else data
    return None if value is None else value.encode()


def _check_text(name: str, value: object, *, remedy: str = "") -> None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} is a str, not {type(value).__name__}: {value!r}{remedy}")


def _check_line(name: str, value: str | None) -> None:
    """Raise unless a value fits into a field of one line, which the client does not ignore."""
    _check_text(name, value)
    if value is not None and _UNFIT.search(value) is not None:
        raise ValueError(f"{name} must have no CR, LF or NUL, which no field can hold: {value!r}")


def _check_retry(retry: object) -> None:
    if retry is None:
        return
    if not isinstance(retry, int) or isinstance(retry, bool):
        raise TypeError(f"retry is an int, in milliseconds, not {type(retry).__name__}: {retry!r}")
    if retry < 0:
        raise ValueError(f"retry must be 0 or more milliseconds, not {retry!r}")
