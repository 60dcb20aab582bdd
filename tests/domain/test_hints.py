"""When the next hint can be had."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.hints import Offer, offer

NOON = datetime(2025, 5, 5, 12, tzinfo=UTC)


def seconds(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def next_hint(taken: list[float], worked: float | None, now: float) -> Offer:
    worked_at = None if worked is None else seconds(worked)
    return offer(
        [seconds(at) for at in taken],
        worked_at,
        seconds(now),
        levels=3,
        difficulty=3,
        wait_seconds=60,
    )


def test_the_first_comes_at_once_and_says_its_cost():
    assert next_hint([], None, 0) == Offer(level=1, wait_seconds=0, cost=15)
    assert next_hint([], None, 0).ready


def test_the_second_comes_after_the_wait():
    assert next_hint([0], None, 0.5) == Offer(2, 60, 15)
    assert next_hint([0], None, 59.2) == Offer(2, 1, 15)
    assert not next_hint([0], None, 59.999).ready
    assert next_hint([0], None, 60).ready


def test_work_since_the_last_hint_ends_the_wait():
    assert next_hint([0], 1, 2).ready
    assert not next_hint([0], -1, 2).ready
    assert not next_hint([0, 5], 1, 6).ready
    assert next_hint([0, 5], 6, 7) == Offer(3, 0, 15)


def test_there_are_three():
    assert next_hint([0, 1, 2], 5, 500) == Offer(None, 0, 0)
    assert not next_hint([0, 1, 2], 5, 500).ready


def test_a_clock_that_was_set_back_makes_nobody_wait_for_hours():
    assert next_hint([0], None, -7200) == Offer(2, 60, 15)


@settings(derandomize=True, database=None)
@given(
    st.lists(st.floats(-500, 0), max_size=3).map(sorted),
    st.none() | st.floats(-500, 0),
    st.floats(0, 1000),
)
def test_whoever_waits_gets_it(taken, worked, now):
    first = next_hint(taken, worked, now)
    assert 0 <= first.wait_seconds <= 60
    later = next_hint(taken, worked, now + first.wait_seconds)
    assert later.ready == (len(taken) < 3)
