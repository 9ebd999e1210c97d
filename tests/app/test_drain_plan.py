"""Whose turn in a drain comes when."""

from __future__ import annotations

from anyws.app.drain_plan import Plan, Terms, check_terms
from anyws.websocket.state import End


def terms(*, deadline: float = 25, spread: float = 0) -> Terms:
    return Terms(deadline, End(1012), spread, True)


def plan(count: int, *, deadline: float = 25, spread: float = 0) -> Plan[int]:
    wanted = terms(deadline=deadline, spread=spread)
    return Plan(range(count), now=100, terms=wanted, close_timeout=5)


def turns(plan: Plan[int]) -> list[tuple[float, int]]:
    """Give the time of each turn, in hundredths of a second."""
    return [
        (time / 100, guest) for time in range(10000, 13000) for guest in plan.take_due(time / 100)
    ]


def test_without_a_spread_all_have_their_turn_at_once_in_random_order() -> None:
    order = plan(100).take_due(100)
    assert sorted(order) == list(range(100)) != order


def test_each_has_its_turn_once_at_a_random_place_in_its_share_of_the_spread() -> None:
    found = turns(plan(10, spread=20))
    for place, (time, _) in enumerate(found):
        assert 100 + 2 * place <= time <= 102 + 2 * place + 0.01
    assert sorted(guest for _, guest in found) == list(range(10))
    assert [time for time, _ in found] != [time for time, _ in turns(plan(10, spread=20))]


def test_the_spread_ends_before_the_rest_is_cancelled() -> None:
    found = turns(plan(1000, spread=24))
    assert found[0][0] < 101
    assert 119 < found[-1][0] <= 120


def test_latecomers_have_their_turn_in_what_is_left_of_the_spread() -> None:
    late = plan(0, spread=20)
    for guest in range(1000):
        late.add(guest, now=110)
    times = [time for time, _ in turns(late)]
    assert 110 <= times[0] < 110.5
    assert 119.5 < times[-1] <= 120
    late.add(1, now=121)
    assert late.take_due(121) == [1]


def test_the_rest_is_cancelled_a_close_timeout_before_the_end_or_a_fifth_of_the_time() -> None:
    assert (plan(1).cutoff, plan(1).ends) == (120, 125)
    assert plan(1, deadline=10).cutoff == 108
    assert plan(1, deadline=60).cutoff == 155


def test_there_are_two_strikes() -> None:
    strikes = plan(1)
    assert [strikes.take_strike(now) for now in (100, 119.9, 120, 121, 124.9, 125, 126)] == [
        False,
        False,
        True,
        False,
        False,
        True,
        False,
    ]


def test_only_an_earlier_deadline_counts() -> None:
    hastened = plan(0)
    hastened.hasten(now=110, terms=terms(deadline=20), close_timeout=5)
    assert (hastened.cutoff, hastened.ends) == (120, 125)
    hastened.hasten(now=110, terms=terms(deadline=10), close_timeout=5)
    assert (hastened.cutoff, hastened.ends) == (118, 120)


def test_the_next_time_is_that_of_a_turn_of_the_cutoff_or_of_the_end() -> None:
    one = plan(1, spread=20)
    turn = one.next_time(100)
    assert 100 <= turn <= 120
    assert one.take_due(turn) == [0]
    assert one.next_time(turn) == 120
    assert one.next_time(120) == 125


def test_terms_are_kept_as_they_are_asked_for() -> None:
    asked = check_terms(deadline=30, code=4000, reason="", spread=29.5, refuse=False)
    assert asked == Terms(30.0, End(4000, None), 29.5, False)
