"""Exporting: questions in, another program's file out, and what of them it could not hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bot.bank import words
from bot.bank.formats.draft import Values
from bot.bank.formats.table import BY_NAME, Format
from bot.bank.gaps import listed

_UNSAID = ("id", "prompt", "options", "answer")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Exported:
    """A file to write, and what is not in it, a sentence each."""

    raw: bytes
    count: int
    """Questions in it."""
    left_out: tuple[str, ...]


def export(format_name: str, title: str, questions: Sequence[Values]) -> Exported:
    """Return questions as a file of a format of `formats.table.WRITTEN`.

    Questions that the format cannot hold at all are not in it. Raises ValueError for a format that
    is only read.
    """
    chosen = BY_NAME[format_name]
    if chosen.write is None:
        raise ValueError(f"{chosen.title} is read and not written")
    fit: list[Values] = []
    left_out: list[str] = []
    for values in questions:
        why = _unfit(chosen, values)
        if why is None:
            fit.append(values)
        else:
            left_out.append(f"{values.get('id') or values['prompt'][:60]}: {why}")
    left_out += _left_out(chosen, fit)
    held = [{key: one for key, one in values.items() if key in chosen.holds} for values in fit]
    return Exported(chosen.write(title, held), len(fit), tuple(left_out))


def _unfit(chosen: Format, values: Values) -> str | None:
    if chosen.name != "toml" and any(_CONTROL.search(text) for text in _texts(values)):
        return "holds a control character, which other programs do not take"
    return chosen.unfit(values)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return _texts(list(cast("Mapping[str, Any]", value).values()))
    return [text for one in listed(value) for text in _texts(one)]


def _left_out(chosen: Format, questions: Sequence[Values]) -> list[str]:
    """Return the keys that the format has no place for, each with how many questions have it."""
    keys = [key for values in questions for key, one in values.items() if one]
    name = chosen.title[:1].upper() + chosen.title[1:]
    return [
        f"{name} has no place for `{key}`: left out of {words.questions(keys.count(key))}"
        for key in dict.fromkeys(keys)
        if key not in chosen.holds and key not in _UNSAID
    ]
