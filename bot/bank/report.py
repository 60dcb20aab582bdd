"""A report of an import, in words and as a bank's file."""

import re
from collections.abc import Sequence
from pathlib import Path

from bot.bank import words
from bot.bank.formats import toml
from bot.bank.imports import Incoming, Report
from bot.bank.load import Finding

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SHOWN = 80


def told(report: Report, *, for_export: bool = False) -> list[str]:
    """Return everything that a report says, `file:line: what` each, in the file's order.

    `for_export` leaves out what matters only to a bank: what lacks, and what is asked twice.
    """
    path = Path(shown(report.name))
    if report.unreadable:
        found = [(report.unreadable.line, report.unreadable.what)]
    else:
        found = [
            *(
                (one.line, line)
                for one in report.incoming
                for line in _incoming(one, for_export=for_export)
            ),
            *((one.line, f"{_name(one.name)}stays out: it {one.why}") for one in report.refused),
            *((note.line, note.what) for note in report.notes),
        ]
        found.sort(key=lambda one: one[0])
    return [shown(str(Finding(path, line, what.replace("\n", " ")))) for line, what in found]


def summary(report: Report) -> str:
    """Return how much comes in, in a sentence or two."""
    if report.unreadable:
        return "Nothing of this file can be read."
    count = len(report.whole)
    parts = [f"{words.questions(count)} {'comes' if count == 1 else 'come'} in whole"]
    if report.lacking:
        parts.append(f"{len(report.lacking)} with something missing")
    if report.duplicates:
        parts.append(f"{len(report.duplicates)} asked by another one")
    if report.refused:
        parts.append(f"{len(report.refused)} that cannot be asked by reactions")
    return ", ".join(parts) + "."


def bank_file(report: Report, title: str, questions: Sequence[Incoming]) -> bytes:
    """Return questions of a report as a bank; a comment above each says where it comes from, what
    is missing, and what was left out.
    """
    commented = [
        ("\n".join(map(_one_line, _comment(report, one))), one.values) for one in questions
    ]
    return toml.document(title, commented)


def _comment(report: Report, one: Incoming) -> list[str]:
    lines = [f"From {report.name}, line {one.line}."]
    if one.missing:
        lines.append(f"Missing: {', '.join(one.missing)}.")
    return [*lines, *(f"Note: {note}" for note in one.notes)]


def _one_line(text: str) -> str:
    return shown(" ".join(text.split()))


def _incoming(one: Incoming, *, for_export: bool) -> list[str]:
    if for_export:
        return [f"{one.id}: {note}" for note in one.notes]
    if one.same_as:
        first = f"asks nearly what {one.same_as} asks; it stays out"
    elif one.missing:
        first = f"comes in, and lacks: {', '.join(one.missing)}"
    else:
        first = "comes in whole"
    return [f"{one.id}: {what}" for what in (first, *one.notes)]


def _name(name: str) -> str:
    short = " ".join(name.split())
    short = short if len(short) <= _SHOWN else short[: _SHOWN - 1] + "…"
    return f"{short!r} " if short else ""


def shown(text: str) -> str:
    """Return a text of a stranger's file without what would steer a terminal."""
    return _CONTROL.sub("�", text)
