"""The journal: the last events of each client, and when they were."""

from __future__ import annotations

import anyio
import pytest

from anyws.testing.journal import LENGTH, Direction, Entry, Journal, collected, render, summarize

TO_APP, TO_CLIENT = Direction.TO_APP, Direction.TO_CLIENT


def entry(time: float, client: str, summary: str) -> Entry:
    return Entry(time, client, TO_APP, summary)


@pytest.mark.anyws_clock("virtual")
async def test_an_entry_says_when_who_which_way_and_what() -> None:
    journal = Journal()
    await anyio.sleep(10)
    journal.begin()
    await anyio.sleep(2.5)
    journal.note("#1", TO_APP, {"type": "websocket.connect"})
    await anyio.sleep(1)
    journal.note("#2", TO_CLIENT, "stall()")
    assert journal.entries == (
        Entry(2.5, "#1", TO_APP, "websocket.connect"),
        Entry(3.5, "#2", TO_CLIENT, "stall()"),
    )


@pytest.mark.anyws_clock("virtual")
async def test_time_counts_from_the_first_note_where_nobody_has_begun() -> None:
    journal = Journal()
    await anyio.sleep(10)
    journal.note("#1", TO_APP, "one")
    await anyio.sleep(5)
    journal.begin()
    journal.note("#1", TO_APP, "two")
    assert [entry.time for entry in journal.entries] == [0, 5]


async def test_the_oldest_entries_are_forgotten() -> None:
    journal = Journal()
    for number in range(LENGTH + 5):
        journal.note("#1", TO_APP, str(number))
    assert len(journal.entries) == LENGTH
    assert journal.entries[0].summary == "5"


async def test_what_is_noted_does_not_change_with_the_event() -> None:
    journal = Journal()
    event = {"type": "websocket.send", "text": "now"}
    journal.note("#1", TO_CLIENT, event)
    event["text"] = "later"
    assert journal.entries[0].summary == "websocket.send text='now'"


@pytest.mark.parametrize(
    ("event", "summary"),
    [
        ({"type": "websocket.connect"}, "websocket.connect"),
        (
            {"type": "websocket.receive", "text": None, "bytes": b""},
            "websocket.receive bytes=b''",
        ),
        ({"type": "websocket.send", "text": ""}, "websocket.send text=''"),
        ({"type": "websocket.close", "code": 1000}, "websocket.close code=1000"),
        (
            {"type": "websocket.send", "text": "x" * 61},
            f"websocket.send text='{'x' * 60}'… (61)",
        ),
        (
            {"type": "websocket.send", "bytes": b"x" * 1000},
            f"websocket.send bytes=b'{'x' * 60}'… (1000)",
        ),
        (
            {"type": "http.response.start", "headers": [(b"a", b"b" * 500)]},
            f"http.response.start headers=[(b'a', b'{'b' * 110}…",
        ),
        ({"no": "type"}, "None no='type'"),
    ],
)
def test_an_event_is_summed_up_on_a_line(event: dict[str, object], summary: str) -> None:
    assert summarize(event) == summary


def test_the_last_entries_of_each_client_are_shown_in_their_common_order() -> None:
    entries = [
        entry(0, "#1", "a"),
        entry(1, "#10", "b"),
        entry(2, "#1", "c"),
        entry(3, "#1", "d"),
    ]
    assert render(entries, last=2).splitlines() == [
        "    1.000000  #10  -->  b",
        "    2.000000  #1   -->  c",
        "    3.000000  #1   -->  d",
    ]


def test_nothing_is_shown_as_nothing() -> None:
    assert Journal().render() == ""


async def test_a_journal_shows_what_is_in_it() -> None:
    journal = Journal()
    journal.note("#1", TO_CLIENT, "a")
    journal.note("#1", TO_CLIENT, "b")
    assert journal.render(last=1).endswith("#1  <--  b")


async def test_a_collection_holds_the_notes_of_all_journals_while_it_is_open() -> None:
    before, one, two = Journal(), Journal(), Journal()
    before.note("#1", TO_APP, "before")
    with collected() as collection:
        one.note("#1", TO_APP, "one")
        before.note("#1", TO_APP, "within")
        two.note("#1", TO_APP, "two")
    two.note("#1", TO_APP, "after")
    found = [(journal, entry.summary) for journal, entry in collection]
    assert found == [(one, "one"), (before, "within"), (two, "two")]


async def test_a_collection_inside_another_ends_alone() -> None:
    journal = Journal()
    with collected() as outer:
        with collected() as inner:
            pass
        journal.note("#1", TO_APP, "late")
    assert (len(outer), len(inner)) == (1, 0)
