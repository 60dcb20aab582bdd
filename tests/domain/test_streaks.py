"""Streaks: what counts, what breaks, and what does neither."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.streaks import current, longest


def days(*numbers: int) -> list[date]:
    return [date(2025, 2, 26) + timedelta(days=number) for number in numbers]


def test_nobody_starts_with_a_streak():
    assert current([], []) == longest([], []) == 0
    assert current(days(1, 2), []) == longest(days(1, 2), []) == 0


def test_consecutive_study_days_count():
    assert current(days(1, 2, 3), days(1, 2, 3)) == 3


def test_a_missed_day_breaks_and_the_longest_stays():
    assert current(days(1, 2, 3, 4, 5), days(1, 2, 3, 5)) == 1
    assert longest(days(1, 2, 3, 4, 5), days(1, 2, 3, 5)) == 3


def test_days_without_a_round_break_nothing():
    assert current(days(1, 2, 6, 20), days(1, 2, 6, 20)) == 4


def test_today_may_still_be_unanswered_while_its_round_is_open():
    assert current(days(1, 2, 3), days(1, 2), days(3)) == 2
    assert current(days(1, 2, 3), days(1, 2, 3), days(3)) == 3
    assert current(days(1, 2, 3), days(1, 2)) == 0
    assert current(days(1, 2, 3), days(1, 3), days(2, 3)) == 2


def test_an_answer_on_no_study_day_counts_for_nothing():
    assert current(days(1), days(0, 1, 2)) == 1


DAYS = st.sets(st.integers(0, 30)).map(lambda numbers: days(*numbers))
steadily = settings(derandomize=True, database=None)


@steadily
@given(DAYS, DAYS, DAYS)
def test_bounds(study, answered, still_open):
    now, best = current(study, answered, still_open), longest(study, answered, still_open)
    assert 0 <= now <= best <= len(set(study) & set(answered))


@steadily
@given(DAYS, DAYS)
def test_one_more_answer_never_shortens(study, answered):
    for day in study:
        assert current(study, [*answered, day]) >= current(study, answered)
        assert longest(study, [*answered, day]) >= longest(study, answered)


@steadily
@given(DAYS, DAYS)
def test_answering_the_newest_study_day_adds_one(study, answered):
    new = days(40)
    open_now = current([*study, *new], answered, new)
    assert open_now == current(study, answered)
    assert current([*study, *new], [*answered, *new]) == open_now + 1
    assert current([*study, *new], answered) == 0
