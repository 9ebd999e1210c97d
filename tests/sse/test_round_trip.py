"""Any event arrives as it was meant, in whatever pieces the stream comes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from anyws.sse import SSEvent
from anyws.testing.event_stream import EventParser, ReceivedEvent

TEXTS = st.text(
    st.one_of(
        st.sampled_from("\r\n: \0\ufeff\N{LINE SEPARATOR}da"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=30,
)
LINES = TEXTS.filter(lambda text: re.search("[\r\n\0]", text) is None)
EVENTS = st.builds(
    SSEvent,
    TEXTS,
    event=st.none() | LINES,
    event_id=st.none() | LINES,
    retry=st.none() | st.integers(0, 10**9),
    comment=st.none() | TEXTS,
)


@given(st.lists(EVENTS, max_size=4), st.integers(1, 40))
def test_events_arrive_as_they_were_made(events: list[SSEvent], size: int) -> None:
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
        assert isinstance(event.data, str)
        data = re.sub("\r\n|\r", "\n", event.data)
        received.append(ReceivedEvent(event.event or "message", data, last_id))
    return received
