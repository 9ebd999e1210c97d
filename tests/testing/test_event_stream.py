"""The parser of event streams, by the examples and rules of WHATWG HTML, section 9.2.6."""

from __future__ import annotations

import pytest

from anyws.testing.event_stream import EventParser, ReceivedEvent


def message(data: str, event_id: str = "", event: str = "message") -> ReceivedEvent:
    return ReceivedEvent(event, data, event_id)


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: YHOO\ndata: +2\ndata: 10\n\n", [message("YHOO\n+2\n10")]),
        (
            b": test stream\n\ndata: one\nid: 1\n\ndata:two\nid\n\ndata:  three\n\n",
            [message("one", "1"), message("two"), message(" three")],
        ),
        (b"data\n\ndata\ndata\n\ndata:", [message(""), message("\n")]),
        (b"data:test\n\ndata: test\n\n", [message("test"), message("test")]),
        (b"event: add\ndata: 7\n\ndata: 8\n\n", [message("7", event="add"), message("8")]),
        (b"event: add\n\ndata: 8\n\n", [message("8")]),
        (b"id: 1\n\ndata: a\n\n", [message("a", "1")]),
        (b"id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n", [message("a", "1"), message("b", "1")]),
        (b"\xef\xbb\xbfdata: a\n\n", [message("a")]),
        (b"data: a\r\rdata: b\r\n\r\n", [message("a"), message("b")]),
        (b"data: \xff\n\n", [message("\N{REPLACEMENT CHARACTER}")]),
        (b"unknown: x\nDATA: x\n\n", []),
        (b"data: cut off\n", []),
    ],
)
def test_a_stream_is_read_as_a_browser_reads_it_in_whatever_pieces_it_comes(
    stream: bytes, events: list[ReceivedEvent]
) -> None:
    for size in range(1, len(stream) + 1):
        parser = EventParser()
        pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
        assert [event for piece in pieces for event in parser.feed(piece)] == events


@pytest.mark.parametrize(
    ("value", "retry"),
    [("1500", 1500), ("0", 0), ("", None), ("1s", None), ("-1", None), ("٣", None)],
)
def test_retry_is_a_number_in_digits_of_ascii(value: str, retry: int | None) -> None:
    parser = EventParser()
    parser.feed(f"retry: {value}\n\n".encode())
    assert parser.retry == retry


def test_comments_are_kept_apart() -> None:
    parser = EventParser()
    assert parser.feed(b": ping\n\n:\n") == []
    assert parser.comments == ["ping", ""]


def test_data_can_be_read_as_json() -> None:
    [event] = EventParser().feed(b'data: {"a": 1}\n\n')
    assert event.json == {"a": 1}
