"""Tickets: issued, redeemed once, and forgotten."""

from __future__ import annotations

import re

import anyio
import pytest
from anyio import sleep

from anyws import HTTPServiceUnavailable
from anyws.auth import Tickets

virtual = pytest.mark.anyws_clock("virtual")


async def test_a_ticket_is_redeemed_once() -> None:
    tickets = Tickets[str]()
    ticket = tickets.issue("bob")
    assert await tickets.redeem(ticket) == "bob"
    assert await tickets.redeem(ticket) is None


@pytest.mark.parametrize(
    "change", [str.swapcase, lambda t: t + "A", lambda t: t[:-1], lambda t: ""]
)
async def test_a_ticket_that_was_not_issued_is_nobodys_and_uses_up_none(change: object) -> None:
    assert callable(change)
    tickets = Tickets[str]()
    ticket = tickets.issue("bob")
    assert await tickets.redeem(change(ticket)) is None
    assert await tickets.redeem(ticket) == "bob"


@pytest.mark.parametrize("text", ["\udc80", "ä", "x" * 100_000, "\x00"], ids=ascii)
async def test_any_text_may_be_shown(text: str) -> None:
    assert await Tickets[str]().redeem(text) is None


async def test_tickets_are_256_random_bits_that_stand_in_a_url_as_they_are() -> None:
    tickets = Tickets[int]()
    issued = {tickets.issue(1) for _ in range(100)}
    assert len(issued) == 100
    assert all(re.fullmatch(r"[\w-]{43}", ticket, re.ASCII) for ticket in issued)


async def test_of_two_who_redeem_a_ticket_at_once_exactly_one_gets_the_user() -> None:
    tickets = Tickets[str]()
    ticket = tickets.issue("bob")
    found: list[str | None] = []

    async def redeem() -> None:
        found.append(await tickets.redeem(ticket))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(redeem)
    assert sorted(found, key=str) == [None] * 19 + ["bob"]


@virtual
@pytest.mark.parametrize(("age", "user"), [(0.0, "bob"), (4.99, "bob"), (5.0, None), (60.0, None)])
async def test_a_ticket_expires(age: float, user: str | None) -> None:
    tickets = Tickets[str](lifetime=5)
    ticket = tickets.issue("bob")
    await sleep(age)
    assert await tickets.redeem(ticket) == user


@virtual
async def test_one_ticket_more_than_there_is_room_for_is_a_503_that_says_when_to_come() -> None:
    tickets = Tickets[int](lifetime=10, max_outstanding=3)
    for number in range(3):
        tickets.issue(number)
        await sleep(1)
    with pytest.raises(HTTPServiceUnavailable) as full:
        tickets.issue(3)
    assert full.value.headers == [("Retry-After", "7")]
    await sleep(7)
    tickets.issue(3)
    with pytest.raises(HTTPServiceUnavailable):
        tickets.issue(4)


async def test_a_redeemed_ticket_makes_room() -> None:
    tickets = Tickets[str](max_outstanding=1)
    assert await tickets.redeem(tickets.issue("bob")) == "bob"
    assert await tickets.redeem(tickets.issue("eve")) == "eve"


@virtual
@pytest.mark.parametrize("call", ["issue", "redeem"])
async def test_what_has_expired_is_dropped_from_memory_by_the_next_call(call: str) -> None:
    tickets = Tickets[str](lifetime=5)
    for _ in range(100):
        tickets.issue("bob")
    await sleep(5)
    if call == "issue":
        tickets.issue("eve")
    else:
        assert await tickets.redeem("unknown") is None
    assert len(tickets._issued) == (1 if call == "issue" else 0)


async def test_what_is_kept_does_not_hold_the_ticket() -> None:
    tickets = Tickets[str]()
    ticket = tickets.issue("bob")
    assert ticket not in repr(vars(tickets))
    assert ticket.encode() not in list(tickets._issued)


@pytest.mark.parametrize("lifetime", [0, -1, float("nan"), float("inf")])
def test_a_lifetime_that_cannot_pass_is_refused_at_once(lifetime: float) -> None:
    with pytest.raises(ValueError, match="lifetime must be a finite number of seconds above 0"):
        Tickets[str](lifetime=lifetime)


@pytest.mark.parametrize("room", [0, -1])
def test_room_for_no_ticket_at_all_is_refused_at_once(room: int) -> None:
    with pytest.raises(ValueError, match="max_outstanding must be 1 or more"):
        Tickets[str](max_outstanding=room)
