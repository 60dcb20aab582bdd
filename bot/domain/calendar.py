"""When a schedule is due: one cron line in an IANA zone, at most one question a local day.

cronsim walks the local calendar and this module alone turns a local time into an instant, so an
occurrence depends on its local date and on nothing else. Asked from any moment, after any downtime,
the answer is the same. (cronsim's own handling of zones looks at where it was started: begun in
the second half of an autumn fold it gives a time that has passed.)

- A time in the spring gap is due once, right after the gap.
- A time in the autumn fold is due once, the first time.
- A date that a zone left out (Samoa, 2011-12-30) is not due at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronsim import CronSim, CronSimError

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
"""As cron calls them, from Monday; an index in it is what `date.weekday()` returns."""

_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GROUPS = {
    "daily": range(7),
    "every day": range(7),
    "everyday": range(7),
    "all": range(7),
    "*": range(7),
    "weekdays": range(5),
    "weekend": range(5, 7),
    "weekends": range(5, 7),
}
_TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?(am|pm)?", re.ASCII | re.IGNORECASE)
_CRON_FIELDS = 5
_MARGIN = timedelta(days=2)
"""More than a gap can move an occurrence away from its local time."""


class ScheduleRuleError(ValueError):
    """A rule that cannot be used. `code` says why, `values` what it was about:

    - bad_time (text): not a time of the day
    - no_time: plain days need one
    - time_twice (cron, time): the cron line says another time than the one given with it
    - bad_days (text): neither plain days nor a cron line
    - bad_cron (cron): not a cron line
    - more_than_daily (cron): several minutes or hours
    - never_due (cron): such as 30 February
    - bad_zone (zone): not an IANA zone
    """

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One due time of a schedule."""

    local_date: date
    """The date that the rule means, in the rule's zone; unique in a schedule."""
    due_at: datetime
    """The instant, in UTC."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule taken apart, for the interface to word."""

    at: time
    """Local time of the day."""
    weekdays: tuple[int, ...] | None
    """0 is Monday, in order; None where the rule is about more than weekdays (days of the month,
    months): show the cron line then.
    """
    cron: str


def zones() -> tuple[str, ...]:
    """Return the names of all zones, sorted."""
    return tuple(_zones().values())


def check_zone(name: str) -> str:
    """Return the zone's proper name (case does not matter). Raises ScheduleRuleError."""
    try:
        return _zones()[name.strip().casefold()]
    except KeyError:
        raise ScheduleRuleError("bad_zone", zone=name) from None


def local_day(now: datetime, zone: str) -> date:
    """Return the date that an instant (aware) has in a zone: the study day of what happens then."""
    return _aware(now).astimezone(_zone(zone)).date()


def parse_time(text: str) -> time:
    """Read a time of the day: '9:30', '09:30', '9 am', '9:30 pm'. Raises ScheduleRuleError."""
    match = _TIME.fullmatch(text.strip())
    if match is None or (match[2] is None and match[3] is None):
        raise ScheduleRuleError("bad_time", text=text)
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            raise ScheduleRuleError("bad_time", text=text)
        hour = hour % 12 + (12 if match[3].casefold() == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise ScheduleRuleError("bad_time", text=text) from None


def parse_days(text: str, at: time | str | None = None) -> str:
    """Return the cron line of plain days and a local time; a cron line comes back checked.

    Days are 'daily', 'weekdays', 'weekends', 'mon-fri', 'mon,wed,fri', 'Tuesday', 'fri-mon'. A cron
    line holds its time itself, so `at` may be left out, and must not contradict it.
    Raises ScheduleRuleError.
    """
    moment = parse_time(at) if isinstance(at, str) else at
    if len(text.split()) == _CRON_FIELDS and text.split()[0][0] in "0123456789*":
        rule = describe(text)
        if moment is not None and moment != rule.at:
            raise ScheduleRuleError("time_twice", cron=rule.cron, time=f"{moment:%H:%M}")
        return rule.cron
    days = _parse_weekdays(text)
    if moment is None:
        raise ScheduleRuleError("no_time")
    names = "*" if len(days) == len(WEEKDAYS) else ",".join(WEEKDAYS[day] for day in sorted(days))
    return f"{moment.minute} {moment.hour} * * {names}"


def check_cron(cron: str) -> str:
    """Return the cron line in its plain form (five fields, one minute, one hour).

    Raises ScheduleRuleError when it is none, is due more than once a day, or never.
    """
    fields = cron.upper().split()
    if len(fields) != _CRON_FIELDS:
        raise ScheduleRuleError("bad_cron", cron=cron)
    # Field by field, so that a good line that is never due is told from a bad one.
    minute, hour, day, month, weekday = fields
    try:
        minutes = CronSim(f"{minute} * * * *", _ANY_MOMENT).minutes
        hours = CronSim(f"0 {hour} * * *", _ANY_MOMENT).hours
        for line in (f"0 0 {day} * *", f"0 0 * {month} *", f"0 0 * * {weekday}"):
            CronSim(line, _ANY_MOMENT)
    except CronSimError:
        raise ScheduleRuleError("bad_cron", cron=cron) from None
    if len(minutes) > 1 or len(hours) > 1:
        raise ScheduleRuleError("more_than_daily", cron=cron)
    plain = f"{min(minutes)} {min(hours)} {day} {month} {weekday}"
    try:
        next(CronSim(plain, _ANY_MOMENT))
    except (CronSimError, StopIteration):
        raise ScheduleRuleError("never_due", cron=cron) from None
    return plain


def describe(cron: str) -> Rule:
    """Take a cron line apart. Raises ScheduleRuleError."""
    plain = check_cron(cron)
    minute, hour, day, month, _ = plain.split()
    numbers = CronSim(plain, _ANY_MOMENT).weekdays
    weekdays = None
    if day == "*" and month == "*" and all(isinstance(number, int) for number in numbers):
        # cron counts from Sunday, which is both 0 and 7.
        weekdays = tuple(
            sorted({(number - 1) % 7 for number in numbers if isinstance(number, int)})
        )
    return Rule(time(int(hour), int(minute)), weekdays, plain)


def occurrences(cron: str, zone: str, after: datetime) -> Iterator[Occurrence]:
    """Yield the occurrences that are due strictly after `after` (aware), in order, without end.

    `cron` is one that `check_cron` returned. Raises ScheduleRuleError for an unknown zone.
    """
    info = _zone(zone)
    start = _aware(after).astimezone(info).replace(tzinfo=None) - _MARGIN
    found = (_occurrence(local, info) for local in CronSim(cron, start))
    return (one for one in found if one is not None and one.due_at > after)


def next_occurrence(cron: str, zone: str, after: datetime) -> Occurrence:
    """Return the first occurrence that is due strictly after `after` (aware)."""
    return next(occurrences(cron, zone, after))


def previous_occurrence(cron: str, zone: str, now: datetime) -> Occurrence:
    """Return the last occurrence that was due at `now` (aware) or before."""
    info = _zone(zone)
    start = _aware(now).astimezone(info).replace(tzinfo=None) + _MARGIN
    found = (_occurrence(local, info) for local in CronSim(cron, start, reverse=True))
    return next(one for one in found if one is not None and one.due_at <= now)


def between(cron: str, zone: str, after: datetime, until: datetime) -> list[Occurrence]:
    """Return what was due after `after` and not after `until` (both aware): what a downtime missed.

    Neighbouring spans join without overlap: between(a, b) + between(b, c) == between(a, c).
    """
    return list(takewhile(lambda one: one.due_at <= until, occurrences(cron, zone, after)))


_ANY_MOMENT = datetime(2024, 1, 1)  # noqa: DTZ001 - a local time, as all that cronsim gets here


def _occurrence(local: datetime, zone: ZoneInfo) -> Occurrence | None:
    due = _instant(local, zone)
    if due.astimezone(zone).date() != local.date():
        midnight = local.replace(hour=0, minute=0)
        if _instant(midnight, zone) == _instant(midnight + timedelta(days=1), zone):
            return None  # the zone left this date out
    return Occurrence(local.date(), due)


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant (UTC) at which the zone's clocks show `local` or jump over it."""
    first, second = (_utc(local.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if first <= second:
        return first
    # In a gap fold=0 counts on from before it, and lands behind the jump; fold=1 lands before it.
    new_offset = first.astimezone(zone).utcoffset()
    before, behind = second, first
    while behind - before > timedelta(seconds=1):
        middle = before + (behind - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == new_offset:
            behind = middle
        else:
            before = middle
    return behind


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no instant; pass one with a zone")
    return moment


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ScheduleRuleError("bad_zone", zone=name) from None


@lru_cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}


def _parse_weekdays(text: str) -> set[int]:
    plain = " ".join(text.casefold().split())
    if plain in _GROUPS:
        return set(_GROUPS[plain])
    days: set[int] = set()
    for part in re.split(r" ?(?:,| and |&| ) ?", re.sub(r" ?[-–] ?", "-", plain)):
        ends = [_weekday(name, text) for name in part.split("-")]
        if len(ends) > 2:
            raise ScheduleRuleError("bad_days", text=text)
        span = (ends[-1] - ends[0]) % 7
        days.update((ends[0] + step) % 7 for step in range(span + 1))
    return days


def _weekday(name: str, text: str) -> int:
    """Return the index of 'mon', 'monday', 'mondays', 'tues'; at least three letters."""
    for index, full in enumerate(_FULL_NAMES):
        if len(name) >= 3 and (full.startswith(name) or name == f"{full}s"):
            return index
    raise ScheduleRuleError("bad_days", text=text)
