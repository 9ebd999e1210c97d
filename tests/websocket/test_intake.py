"""What an intake lets in, by itself: sizes, and a bucket of tokens."""

from __future__ import annotations

import math

import pytest
from anyio import sleep

from anyws import WebSocketOptions
from anyws.websocket.intake import Breach, Intake

Event = dict[str, object]

MESSAGE: Event = {"type": "websocket.receive", "text": "hi"}


def intake_of_size(size: int | None) -> Intake:
    return Intake.under(WebSocketOptions(max_message_size=size))


def let_in(intake: Intake, messages: int) -> int:
    """Tell how many of so many messages break no limit."""
    return [intake.check(MESSAGE) for _ in range(messages)].count(None)


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"text": ""}, 0),
        ({"text": "abcde"}, 5),
        ({"text": "é"}, 2),
        ({"text": "€"}, 3),
        ({"text": "\U0001f600"}, 4),
        ({"text": "aé€\U0001f600"}, 10),
        ({"text": "\ud800"}, 3),
        ({"bytes": b""}, 0),
        ({"bytes": b"abcde"}, 5),
        ({"text": None, "bytes": b"abcde"}, 5),
        ({"text": "abcde", "bytes": None}, 5),
        ({"text": None, "bytes": None}, 0),
        ({}, 0),
    ],
)
def test_a_message_has_the_size_of_its_bytes_in_utf_8(fields: Event, size: int) -> None:
    event = {"type": "websocket.receive"} | fields
    assert intake_of_size(max(size, 1)).check(event) is None
    if size > 1:
        breach = intake_of_size(size - 1).check(event)
        assert breach is not None
        assert breach.code == 1009


def test_the_breach_of_a_size_names_the_size_and_the_option() -> None:
    breach = intake_of_size(4).check({"type": "websocket.receive", "text": "abcde"})
    assert breach == Breach(1009, "a message of 5 bytes; max_message_size is 4")


@pytest.mark.parametrize(("size", "small"), [(3, 0), (4, 1), (1000, 250), (None, math.inf)])
def test_a_small_message_is_within_the_limit_whatever_its_characters_are(
    size: int | None, small: float
) -> None:
    intake = intake_of_size(size)
    assert intake.small == small
    if size is not None:
        widest = "\U0001f600" * int(small)
        assert intake.check({"type": "websocket.receive", "text": widest}) is None


def test_no_limit_lets_everything_in() -> None:
    intake = intake_of_size(None)
    assert intake.check({"type": "websocket.receive", "bytes": bytes(2**21)}) is None
    assert let_in(intake, 1000) == 1000


@pytest.mark.parametrize(
    ("options", "counts"),
    [
        (WebSocketOptions(), False),
        (WebSocketOptions(max_message_size=None), False),
        (WebSocketOptions(idle_timeout=60), True),
        (WebSocketOptions(receive_rate=(1, 1)), True),
    ],
)
def test_each_message_has_to_be_seen_where_there_is_a_rate_or_an_idle_timeout(
    options: WebSocketOptions, counts: bool
) -> None:
    assert Intake.under(options).counts == counts


@pytest.mark.parametrize(("rate", "shared"), [(None, True), ((1, 1), False)])
def test_clients_share_an_intake_that_remembers_nothing_of_them(
    rate: tuple[float, int] | None, shared: bool
) -> None:
    options = WebSocketOptions(receive_rate=rate)
    assert (Intake.under(options) is Intake.under(options)) is shared


def test_an_intake_is_shared_under_the_same_limits_alone() -> None:
    all_options = [
        WebSocketOptions(max_message_size=size, idle_timeout=timeout)
        for size in (None, 4, 8)
        for timeout in (None, 60)
    ]
    assert len({Intake.under(options) for options in all_options}) == 6


@pytest.mark.anyws_clock("virtual")
@pytest.mark.parametrize("burst", [1, 3, 50])
async def test_a_full_bucket_lets_one_burst_in_at_once(burst: int) -> None:
    intake = Intake.under(WebSocketOptions(receive_rate=(2, burst)))
    assert let_in(intake, 2 * burst) == burst
    assert intake.check(MESSAGE) == Breach(
        1008, f"more messages than receive_rate=(2, {burst}) allows"
    )


@pytest.mark.anyws_clock("virtual")
async def test_an_empty_bucket_earns_a_token_at_a_time() -> None:
    intake = Intake.under(WebSocketOptions(receive_rate=(2, 4)))
    let_in(intake, 4)
    await sleep(0.5)
    assert let_in(intake, 2) == 1
    await sleep(1.5)
    assert let_in(intake, 4) == 3


@pytest.mark.anyws_clock("virtual")
async def test_parts_of_a_token_add_up_though_messages_are_turned_away_meanwhile() -> None:
    intake = Intake.under(WebSocketOptions(receive_rate=(1, 1)))
    let_in(intake, 1)
    for _ in range(3):
        await sleep(0.25)
        assert let_in(intake, 1) == 0
    await sleep(0.25)
    assert let_in(intake, 2) == 1


@pytest.mark.anyws_clock("virtual")
@pytest.mark.parametrize("before", [0, 3])
async def test_a_bucket_never_holds_more_than_a_burst(before: int) -> None:
    intake = Intake.under(WebSocketOptions(receive_rate=(10, 3)))
    let_in(intake, before)
    await sleep(3600)
    assert let_in(intake, 10) == 3


@pytest.mark.anyws_clock("virtual")
async def test_a_message_that_is_too_large_takes_no_token() -> None:
    intake = Intake.under(WebSocketOptions(max_message_size=4, receive_rate=(1, 1)))
    breach = intake.check({"type": "websocket.receive", "text": "abcde"})
    assert breach is not None
    assert breach.code == 1009
    assert let_in(intake, 1) == 1
