"""Lengths of time as moderators write them: '20h', '90 min', '1d 12h'."""

import re

_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
_PART = re.compile(
    r"(\d{1,5})\s*(m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?![a-z])[\s,]*", re.ASCII
)


def parse_minutes(text: str) -> int:
    """Return the minutes that '20h', '90m', '1d 12h' or '2 hours' stand for.

    Raises ValueError for anything else; a bare number has no unit, so it is refused too.
    """
    plain = text.strip().casefold()
    total, position = 0, 0
    while position < len(plain):
        part = _PART.match(plain, position)
        if part is None:
            raise ValueError("not a length of time")
        total += int(part[1]) * _MINUTES[part[2][0]]
        position = part.end()
    if not plain:
        raise ValueError("not a length of time")
    return total


def spell(minutes: int) -> str:
    """Return minutes in the same short form, largest unit first: '1d 12h', '90m' is '1h 30m'."""
    parts: list[str] = []
    for unit in ("d", "h", "m"):
        count, minutes = divmod(minutes, _MINUTES[unit])
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0m"
