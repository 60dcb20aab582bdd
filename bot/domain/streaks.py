"""Streaks: consecutive study days with an answer.

A study day is a local date, in the server's zone, on which at least one round opened (cancelled
rounds aside). A day without a round is no study day and breaks nothing: neither a weekend that the
schedule leaves out nor an outage of the bot.
"""

from collections.abc import Collection
from datetime import date


def current(
    study_days: Collection[date],
    answered_days: Collection[date],
    open_days: Collection[date] = (),
) -> int:
    """Return how many study days in a row, up to the newest, have an answer of the member.

    A study day in `open_days` (its rounds still take answers) that is not answered yet neither
    counts nor breaks.
    """
    return _runs(study_days, answered_days, open_days)[-1]


def longest(
    study_days: Collection[date],
    answered_days: Collection[date],
    open_days: Collection[date] = (),
) -> int:
    """Return the longest streak that the member ever had; the days are those of `current`."""
    return max(_runs(study_days, answered_days, open_days))


def _runs(
    study_days: Collection[date], answered_days: Collection[date], open_days: Collection[date]
) -> list[int]:
    """Return the lengths of all runs, oldest first; the last one is the current streak."""
    answered, still_open = set(answered_days), set(open_days)
    runs = [0]
    for day in sorted(set(study_days)):
        if day in answered:
            runs[-1] += 1
        elif day not in still_open:
            runs.append(0)
    return runs
