"""When schedules are due: rules as moderators write them, and ten years of every zone."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.calendar import (
    Occurrence,
    Rule,
    ScheduleRuleError,
    between,
    check_cron,
    check_zone,
    describe,
    local_day,
    next_occurrence,
    occurrences,
    parse_days,
    previous_occurrence,
    zones,
)

DECADE = (datetime(2024, 1, 1, tzinfo=UTC), datetime(2034, 1, 1, tzinfo=UTC))


def due(cron: str, zone: str, after: datetime, count: int) -> list[tuple[str, str]]:
    """Return (date that is meant, local time at which it is due)."""
    return [
        (f"{one.local_date}", f"{one.due_at.astimezone(ZoneInfo(zone)):%m-%d %H:%M %z}")
        for one in islice(occurrences(cron, zone, after), count)
    ]


# --- Rules as moderators write them


@pytest.mark.parametrize(
    ("text", "at", "cron"),
    [
        ("daily", "9:30", "30 9 * * *"),
        ("Every day", time(21, 0), "0 21 * * *"),
        ("weekdays", "09:00", "0 9 * * MON,TUE,WED,THU,FRI"),
        ("weekends", "9 am", "0 9 * * SAT,SUN"),
        ("mon-fri", "9:30 pm", "30 21 * * MON,TUE,WED,THU,FRI"),
        ("mon,wed,fri", "12am", "0 0 * * MON,WED,FRI"),
        ("Tuesdays and Thursday", "12:05 PM", "5 12 * * TUE,THU"),
        ("fri – mon", "0:00", "0 0 * * MON,FRI,SAT,SUN"),
        ("mon tue wed thu fri", "8.15", "15 8 * * MON,TUE,WED,THU,FRI"),
        ("sun-sat", "7:00", "0 7 * * *"),
        ("0 9 1 * mon", None, "0 9 1 * MON"),
        (" 05  09 * *  1-5 ", "9:05", "5 9 * * 1-5"),
    ],
)
def test_days_and_time_become_a_cron_line(text, at, cron):
    assert parse_days(text, at) == cron


@pytest.mark.parametrize(
    ("text", "at", "code"),
    [
        ("daily", None, "no_time"),
        ("daily", "25:00", "bad_time"),
        ("daily", "9:60", "bad_time"),
        ("daily", "9", "bad_time"),
        ("daily", "13 pm", "bad_time"),
        ("daily", "soon", "bad_time"),
        ("daily", "٩:٣٠", "bad_time"),
        ("", "9:00", "bad_days"),
        ("mo", "9:00", "bad_days"),
        ("mon-", "9:00", "bad_days"),
        ("mon-tue-wed", "9:00", "bad_days"),
        ("sometimes", "9:00", "bad_days"),
        ("0 9 * * MON", "10:00", "time_twice"),
        ("0 9 * * MON#6", None, "bad_cron"),
        ("0 9 32 * *", None, "bad_cron"),
        ("0 9,10 * * *", None, "more_than_daily"),
        ("* 9 * * *", None, "more_than_daily"),
        ("*/5 9 * * *", None, "more_than_daily"),
        ("0 9 30 2 *", None, "never_due"),
        ("0 9 31 2,4,6,9,11 *", None, "never_due"),
    ],
)
def test_a_rule_that_cannot_be_used_says_why(text, at, code):
    with pytest.raises(ScheduleRuleError) as raised:
        parse_days(text, at)
    assert raised.value.code == code


@pytest.mark.parametrize("cron", ["", "0 9 * *", "0 0 9 * * *", "@daily", "a b c d e", "0 9 * * 8"])
def test_what_is_no_cron_line_is_refused(cron):
    with pytest.raises(ScheduleRuleError) as raised:
        check_cron(cron)
    assert (raised.value.code, raised.value.values) == ("bad_cron", {"cron": cron})


@pytest.mark.parametrize(
    ("cron", "weekdays"),
    [
        ("30 9 * * *", (0, 1, 2, 3, 4, 5, 6)),
        ("30 9 * * SUN", (6,)),
        ("30 9 * * 0,7", (6,)),
        ("30 9 * * MON-FRI", (0, 1, 2, 3, 4)),
        ("30 9 * * MON#1", None),
        ("30 9 L * *", None),
        ("30 9 * 1 MON", None),
    ],
)
def test_a_rule_is_taken_apart_for_the_interface(cron, weekdays):
    assert describe(cron) == Rule(time(9, 30), weekdays, cron)


def test_zones_are_found_whatever_their_case():
    assert check_zone(" europe/berlin ") == "Europe/Berlin"
    assert "America/New_York" in zones()
    for unknown in ("Berlin", "", "../etc/passwd", "Mars/Olympus"):
        with pytest.raises(ScheduleRuleError) as raised:
            check_zone(unknown)
        assert raised.value.code == "bad_zone"
        with pytest.raises(ScheduleRuleError):
            next_occurrence("0 9 * * *", unknown, DECADE[0])


def test_the_study_day_is_the_zones_own():
    instant = datetime(2025, 1, 1, 3, 0, tzinfo=UTC)
    assert local_day(instant, "America/New_York") == date(2024, 12, 31)
    assert local_day(instant, "Asia/Tokyo") == date(2025, 1, 1)


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="naive"):
        next_occurrence("0 9 * * *", "Etc/UTC", datetime(2025, 1, 1))  # noqa: DTZ001


# --- Nights on which the clocks change


def test_a_time_in_the_spring_gap_is_due_once_right_after_it():
    assert due("30 2 * * *", "Europe/Berlin", datetime(2025, 3, 28, 12, tzinfo=UTC), 3) == [
        ("2025-03-29", "03-29 02:30 +0100"),
        ("2025-03-30", "03-30 03:00 +0200"),
        ("2025-03-31", "03-31 02:30 +0200"),
    ]


def test_a_time_in_the_autumn_fold_is_due_once_the_first_time():
    expected = [("2025-10-26", "10-26 02:30 +0200"), ("2025-10-27", "10-27 02:30 +0100")]
    assert (
        due("30 2 * * *", "Europe/Berlin", datetime(2025, 10, 26, 0, 0, tzinfo=UTC), 2) == expected
    )
    # Asked in the second half of the fold, when clocks show 02:10 again: it has been.
    within = datetime(2025, 10, 26, 1, 10, tzinfo=UTC)
    assert due("30 2 * * *", "Europe/Berlin", within, 1) == expected[1:]


def test_a_gap_of_half_an_hour():
    assert due("15 2 * * *", "Australia/Lord_Howe", datetime(2024, 10, 5, tzinfo=UTC), 2) == [
        ("2024-10-06", "10-06 02:30 +1100"),
        ("2024-10-07", "10-07 02:15 +1100"),
    ]


def test_a_gap_that_ends_at_midnight_belongs_to_the_evening_before():
    assert due("30 23 * * *", "America/Nuuk", datetime(2025, 3, 29, 12, tzinfo=UTC), 2) == [
        ("2025-03-29", "03-30 00:00 -0100"),
        ("2025-03-30", "03-30 23:30 -0100"),
    ]


def test_a_gap_that_begins_at_midnight():
    assert due("30 0 * * *", "Africa/Cairo", datetime(2025, 4, 24, 12, tzinfo=UTC), 2) == [
        ("2025-04-25", "04-25 01:00 +0300"),
        ("2025-04-26", "04-26 00:30 +0300"),
    ]


@pytest.mark.parametrize("cron", ["0 0 * * *", "30 12 * * *", "59 23 * * *"])
def test_a_date_that_the_zone_left_out_is_not_due(cron):
    found = list(islice(occurrences(cron, "Pacific/Apia", datetime(2011, 12, 28, tzinfo=UTC)), 4))
    assert [one.local_date.day for one in found if one.local_date.month == 12][-2:] == [29, 31]
    assert all(one.due_at < later.due_at for one, later in pairwise(found))


# --- Every zone, ten years

CRONS = st.one_of(
    st.builds(
        "{} {} * * {}".format,
        st.integers(0, 59),
        st.integers(0, 23),
        st.sampled_from(["*", "MON-FRI", "SAT,SUN", "MON,WED,FRI", "TUE", "FRI#2"]),
    ),
    st.sampled_from(["0 2 L * *", "30 1 29 2 *", "0 0 1 * MON", "15 3 LW * *", "30 23 */2 * *"]),
)
MOMENTS = st.datetimes(
    DECADE[0].replace(tzinfo=None), DECADE[1].replace(tzinfo=None), timezones=st.just(UTC)
)
SOME_ZONES = st.sampled_from(zones())


@settings(max_examples=40, derandomize=True, database=None)
@given(CRONS, SOME_ZONES)
def test_ten_years_each_local_day_at_most_once(cron, zone):
    found = between(cron, zone, *DECADE)
    assert all(
        one.local_date < later.local_date and one.due_at < later.due_at
        for one, later in pairwise(found)
    )
    hour, minute = describe(cron).at.hour, describe(cron).at.minute
    info = ZoneInfo(zone)
    for one in found:
        local = one.due_at.astimezone(info)
        meant = datetime.combine(one.local_date, time(hour, minute))
        # Only a gap moves an occurrence, and only forward, to the gap's end.
        assert local.fold == 0
        assert local.replace(tzinfo=None) >= meant
        if local.replace(tzinfo=None) != meant:
            moment_before = (one.due_at - timedelta(seconds=1)).astimezone(info)
            assert moment_before.replace(tzinfo=None) < meant


@settings(max_examples=40, derandomize=True, database=None)
@given(CRONS, SOME_ZONES, MOMENTS, st.lists(MOMENTS, max_size=8))
def test_restarts_at_any_moment_change_nothing(cron, zone, start, restarts):
    end = start + timedelta(days=700)
    whole = between(cron, zone, start, end)
    stops = sorted({start, end, *(stop for stop in restarts if start < stop < end)})
    pieces = [between(cron, zone, *span) for span in pairwise(stops)]
    assert [one for piece in pieces for one in piece] == whole


@settings(max_examples=150, derandomize=True, database=None)
@given(CRONS, SOME_ZONES, MOMENTS)
def test_next_is_after_now_and_previous_is_not(cron, zone, now):
    following, previous = next_occurrence(cron, zone, now), previous_occurrence(cron, zone, now)
    assert previous.due_at <= now < following.due_at
    assert next_occurrence(cron, zone, previous.due_at) == following
    assert previous_occurrence(cron, zone, following.due_at) == following
    assert previous_occurrence(cron, zone, following.due_at - timedelta(microseconds=1)) == previous


def transitions(zone: ZoneInfo) -> list[datetime]:
    """Return the instants in the decade at which the zone's offset changes, to the minute."""
    found: list[datetime] = []
    step = timedelta(days=5)
    low = DECADE[0]
    while low < DECADE[1]:
        high = low + step
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            before, after = low, high
            while after - before > timedelta(minutes=1):
                middle = before + (after - before) // 2
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                before, after = (middle, after) if same else (before, middle)
            found.append(after.replace(second=0, microsecond=0))
        low = high
    return found


def rules_near(transition: datetime, zone: ZoneInfo) -> set[str]:
    """Return daily rules at the clocks' times on both sides of a transition."""
    sides = (transition - timedelta(minutes=1), transition)
    minutes = (-61, -60, -31, -1, 0, 1, 29, 30, 59, 60)
    moments = (side.astimezone(zone) + timedelta(minutes=by) for side in sides for by in minutes)
    return {f"{moment.minute} {moment.hour} * * *" for moment in moments}


def test_every_kind_of_transition_in_every_zone():
    kinds: set[tuple[object, ...]] = set()
    for name in zones():
        zone = ZoneInfo(name)
        for change in transitions(zone):
            before = (change - timedelta(minutes=1)).astimezone(zone)
            after = change.astimezone(zone)
            # Europe's clocks change alike in forty zones and in every year: once is enough.
            kind = (before.time(), before.utcoffset(), after.time(), after.utcoffset())
            if kind not in kinds:
                kinds.add(kind)
                check_days_around(change, name)
    assert len(kinds) > 30


def check_days_around(change: datetime, name: str) -> None:
    start, end = change - timedelta(days=2), change + timedelta(days=2)
    for cron in rules_near(change, ZoneInfo(name)):
        found = between(cron, name, start, end)
        dates = [one.local_date for one in found]
        assert all(b - a == timedelta(days=1) for a, b in pairwise(dates)), (name, cron)
        assert all(a.due_at < b.due_at for a, b in pairwise(found)), (name, cron)
        assert len(found) in (3, 4, 5), (name, cron, found)
        for restart in (change - timedelta(minutes=1), change, change + timedelta(hours=1)):
            later = [one for one in found if one.due_at > restart]
            assert next_occurrence(cron, name, restart) == later[0], (name, cron, restart)


def test_an_occurrence_sorts_by_its_date():
    early = Occurrence(date(2025, 1, 1), datetime(2025, 1, 1, 9, tzinfo=UTC))
    late = Occurrence(date(2025, 1, 2), datetime(2025, 1, 2, 9, tzinfo=UTC))
    assert sorted([late, early]) == [early, late]
