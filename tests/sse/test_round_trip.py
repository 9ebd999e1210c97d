"""Any event arrives as it was meant, in whatever pieces the stream comes."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from anyws.media import json as json_codec
from anyws.sse import SSEvent
from anyws.testing.event_stream import EventParser, ReceivedEvent

# What could be taken for the end of a line, of an event, or for a field of its own.
TRICKS = ["\r", "\n", "\r\n", "\n\ndata: forged\n\n", "\r\revent: forged\rdata: \r\r"]
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(TRICKS),
        st.sampled_from(": \0\ufeff\N{LINE SEPARATOR}da"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=12,
).map("".join)
LINES = TEXTS.map(lambda text: re.sub("[\r\n\0]", "", text))
# Whatever the data is given as, and JSON strings with line ends of their own among it.
DATA = st.one_of(
    st.builds(lambda text: {"data": text}, TEXTS),
    st.builds(lambda text: {"data": text.encode()}, TEXTS),
    st.builds(lambda text: {"text": text}, TEXTS),
    st.builds(lambda value: {"json": value}, st.dictionaries(TEXTS, TEXTS, max_size=3)),
)


def make_event(data: dict[str, Any], **fields: Any) -> SSEvent:
    return SSEvent(**data, **fields)


EVENTS = st.builds(
    make_event,
    DATA,
    event=st.none() | LINES,
    event_id=st.none() | LINES,
    retry=st.none() | st.integers(0, 10**9),
    comment=st.none() | TEXTS,
)


@given(st.lists(EVENTS, max_size=4), st.integers(1, 40))
def test_better_no_event_can_be_forged_and_all_arrive_as_they_were_made(
    events: list[SSEvent], size: int
) -> None:
    wire = b"".join(event.serialize() for event in events)
    parser = EventParser()
    received = [
        event
        for start in range(0, len(wire), size)
        for event in parser.feed(wire[start : start + size])
    ]
    assert received == expected(events)
    retries = [event.retry for event in events if event.retry is not None]
    assert parser.retry == (retries[-1] if retries else None)


def expected(events: list[SSEvent]) -> list[ReceivedEvent]:
    """What a client is to get: line ends are LF, the type has a default, an id stays."""
    received = []
    last_id = ""
    for event in events:
        last_id = last_id if event.event_id is None else event.event_id
        data = re.sub("\r\n|\r", "\n", text_of(event))
        received.append(ReceivedEvent(event.event or "message", data, last_id))
    return received


def text_of(event: SSEvent) -> str:
    """Give the data as text."""
    if event.json is not None:
        return json_codec.encode(event.json).decode()
    data = event.text if event.data is None else event.data
    assert data is not None
    return data if isinstance(data, str) else data.decode()
