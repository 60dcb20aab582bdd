r"""Moodle's cloze questions: gaps in a text, such as {1:MULTICHOICE:=Paris#Yes~Rome#No}.

One whose only gap is a choice asks what a reaction can answer. The rules are those of Moodle's
question/type/multianswer: `=` or %100% before the right alternative, # before its feedback, and a
backslash before a sign that belongs to a text.
"""

import re
from dataclasses import dataclass
from itertools import islice

from bot.bank.formats.draft import FULL

_CHOICE = frozenset(
    f"{name}{manner}"
    for name, manners in (
        ("MULTICHOICE", ("", "_V", "_H", "_S", "_VS", "_HS")),
        ("MC", ("", "V", "H", "S", "VS", "HS")),
    )
    for manner in manners
)
_START = re.compile(r"\{\d{0,9}:([A-Z_]{1,20}):")
_REST = re.compile(r"((?:\\.|[^\\}])*+)\}", re.DOTALL)
_BETWEEN = re.compile(r"(?<!\\)~")
_WEIGHT = re.compile(r"\s*(?:(=)|%(-?\d{1,3}(?:[.,]\d*)?)%)")
_FEEDBACK = re.compile(r"(?<![\\&])#")
_ESCAPE = re.compile(r"\\([}#~/\"\\])")

SEVERAL = "has several gaps to fill in; ask for one of them"


@dataclass(frozen=True, slots=True)
class Gap:
    """A text whose only gap is a choice."""

    before: str
    after: str
    alternatives: tuple[tuple[str, float, str], ...]
    """Text, credit in percent, and feedback of each, written as the text around them is."""


def gap_of(text: str) -> Gap | str | None:
    """Return the only gap of a text, where it is a choice; why it cannot be asked, where there are
    several; None where it is answered by typing, or where there is none.
    """
    starts = list(islice(_START.finditer(text), 2))
    if len(starts) > 1:
        return SEVERAL
    if not starts or starts[0][1] not in _CHOICE:
        return None
    (start,) = starts
    rest = _REST.match(text, start.end())
    if rest is None:
        return None
    alternatives = tuple(map(_alternative, _BETWEEN.split(rest[1])))
    return Gap(text[: start.start()], text[rest.end() :], alternatives)


def _alternative(told: str) -> tuple[str, float, str]:
    credit = 0.0
    if weight := _WEIGHT.match(told):
        credit = FULL if weight[1] else float(weight[2].replace(",", "."))
        told = told[weight.end() :]
    text, _, feedback = _FEEDBACK.sub("\0", told, count=1).partition("\0")
    return _plain(text), credit, _plain(feedback)


def _plain(text: str) -> str:
    return _ESCAPE.sub(r"\1", text).strip()
