"""Tables of questions: which column holds what, and a row as a question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.bank.formats import draft
from bot.bank.formats.draft import FULL, LETTERS, Choice, Draft, Refused

OPTIONS = tuple(f"option {letter.lower()}" for letter in LETTERS)
WRONG = tuple(f"wrong {number}" for number in range(1, 6))
HINTS = tuple(f"hint {number}" for number in range(1, 4))
KEY_POINTS = tuple(f"key point {number}" for number in range(1, 5))
MISCONCEPTIONS = tuple(f"misconception {letter.lower()}" for letter in LETTERS)
KEYS = (
    *("id", "prompt", "code", *OPTIONS, "answer", *HINTS, "explanation", *KEY_POINTS),
    *(*MISCONCEPTIONS, "topic", "difficulty", "source", "licence", *WRONG),
)
"""What a column can hold; headers of an export are these with underscores."""

_ALIASES = {
    "question": "prompt",
    "question text": "prompt",
    "questiontext": "prompt",
    "stem": "prompt",
    "text": "prompt",
    "correct": "answer",
    "correct answer": "answer",
    "correct answers": "answer",
    "correct option": "answer",
    "right answer": "answer",
    "key": "answer",
    "solution": "answer",
    "hint": "hint 1",
    "feedback": "explanation",
    "general feedback": "explanation",
    "answer explanation": "explanation",
    "rationale": "explanation",
    "category": "topic",
    "subject": "topic",
    "level": "difficulty",
    "reference": "source",
    "license": "licence",
}
_OPTION = re.compile(r"(?:(?:option|choice|answer) )?([a-f1-6])\)?")
_WRONG = re.compile(r"(?:wrong|incorrect|distractor)(?: answer| option)?s? ?([1-5])?")
_LEVELS = {"easy": 2, "medium": 3, "hard": 4}
_TRUTH = {"true": "True", "t": "True", "false": "False", "f": "False"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds which key, and what none is known for."""

    keys: tuple[str | None, ...]
    unknown: tuple[str, ...]


def columns(headers: Sequence[str], wanted: Mapping[str, str]) -> Columns:
    """Return what the columns hold, by what the caller wants and then by common names.

    Raises UnreadableFileError for a wish that names no column or no key, and for two columns of
    one key.
    """
    normal = [_normal(header) for header in headers]
    wishes = {_normal(header): _normal(key) for header, key in wanted.items()}
    for header, key in wishes.items():
        if header not in normal:
            listed = ", ".join(headers)[:200]
            raise draft.UnreadableFileError(1, f"has no column {header!r}; it has: {listed}")
        if key not in KEYS:
            listed = ", ".join(KEYS)
            raise draft.UnreadableFileError(1, f"{key!r} is nothing a column holds: {listed}")
    keys = tuple(wishes.get(header) or known(header) for header in normal)
    for key in set(keys) - {None}:
        if keys.count(key) > 1:
            what = f"has two columns for {key!r}; rename one of them"
            raise draft.UnreadableFileError(1, what)
    unknown = tuple(
        header for header, key in zip(headers, keys, strict=True) if not key and header.strip()
    )
    return Columns(keys, unknown)


def known(header: str) -> str | None:
    """Return what a column of a common name holds, or None."""
    whole = _normal(header)
    # Answer 3 (Optional) and Correct Answer(s) are answer 3 and correct answer.
    header = re.sub(r" ?\([^()]*\)$", "", whole) or whole
    if header in KEYS:
        return header
    if option := _OPTION.fullmatch(header):
        place = "abcdef123456".index(option[1]) % 6
        return OPTIONS[place]
    if wrong := _WRONG.fullmatch(header):
        return f"wrong {wrong[1] or 1}"
    return _ALIASES.get(header)


def _normal(header: str) -> str:
    # CorrectAnswer, Option1 and option_1 are correct answer, option 1 and option 1.
    parted = re.sub(r"(?<=[a-z])(?=[A-Z\d])", " ", header.strip())
    return re.sub(r"[\s_-]+", " ", parted).casefold()


def row_question(line: int, cells: Mapping[str, str]) -> Draft | Refused:
    """Return a row, by key, as a question. Empty cells are as if they were not there."""
    cells = {key: cell.strip() for key, cell in cells.items() if cell.strip()}
    prompt = cells.get("prompt", "")
    options = [cells[key] for key in OPTIONS if key in cells]
    gaps = [key for key in OPTIONS[: len(options)] if key not in cells]
    if gaps:
        return Refused(line, prompt, f"leaves {gaps[0]} empty and has later ones; move them up")
    told = cells.get("answer", "")
    if not told:
        return Refused(line, prompt, "has no answer; name the right option by its letter")
    notes: list[str] = []
    wrong = [cells[key] for key in WRONG if key in cells]
    if wrong and not options:
        options, right = [told, *wrong], (0,)
    elif not options and told.casefold() in _TRUTH:
        options = ["True", "False"]
        right = (options.index(_TRUTH[told.casefold()]),)
    else:
        right = _right(told, options, notes)
        if isinstance(right, str):
            return Refused(line, prompt, right)
        notes += [f"the wrong answer {one!r} is left out" for one in wrong]
    choices = [Choice(text, FULL * (at in right)) for at, text in enumerate(options)]
    values = _values(cells, notes)
    return draft.choice_question(line, "", prompt, choices, values=values, notes=notes)


def _right(told: str, options: Sequence[str], notes: list[str]) -> tuple[int, ...] | str:
    """Return the places of the right options, or why they cannot be told."""
    by_text = [at for at, text in enumerate(options) if text.casefold() == told.casefold()]
    if len(told) == 1 and told.upper() in LETTERS[: len(options)]:
        at = LETTERS.index(told.upper())
        if by_text and by_text[0] != at:
            notes.append(f"the answer {told!r} is read as a letter, though an option reads alike")
        return (at,)
    parts = [part.strip() for part in re.split(r"[,;]", told)]
    by_number = [int(part) - 1 for part in parts if re.fullmatch(r"[1-6]", part)]
    if len(by_number) == len(parts) and max(by_number) < len(options):
        if by_text and tuple(by_text) != tuple(by_number):
            return f"has the answer {told!r}, a number and a text of two options; write a letter"
        return tuple(by_number)
    if by_text:
        return tuple(by_text)
    letters = [part.upper() for part in parts]
    if len(letters) > 1 and all(part in tuple(LETTERS[: len(options)]) for part in letters):
        return tuple(LETTERS.index(part) for part in letters)
    return f"has the answer {told[:40]!r}, which is none of its options; write the right letter"


def _values(cells: Mapping[str, str], notes: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {
        key: cells[key]
        for key in ("id", "code", "explanation", "topic", "source", "licence")
        if key in cells
    }
    for key, names in (("hints", HINTS), ("key_points", KEY_POINTS)):
        if listed := [cells[name] for name in names if name in cells]:
            values[key] = listed
    believed = {
        letter: cells[name]
        for letter, name in zip(LETTERS, MISCONCEPTIONS, strict=True)
        if name in cells
    }
    if believed:
        values["misconceptions"] = believed
    if level := cells.get("difficulty"):
        if re.fullmatch(r"[1-5](?:\.0)?", level):
            values["difficulty"] = int(level[0])
        elif level.casefold() in _LEVELS:
            values["difficulty"] = _LEVELS[level.casefold()]
        else:
            notes.append(f"the difficulty {level[:40]!r} is not 1 to 5")
    return values


def row_cells(values: draft.Values) -> dict[str, str]:
    """Return a question as cells by key: `row_question` reads them back."""
    believed = values.get("misconceptions", {})
    listed = {
        **dict(zip(OPTIONS, values["options"], strict=False)),
        **dict(zip(HINTS, values.get("hints", ()), strict=False)),
        **dict(zip(KEY_POINTS, values.get("key_points", ()), strict=False)),
        **{
            name: believed[letter]
            for letter, name in zip(LETTERS, MISCONCEPTIONS, strict=True)
            if letter in believed
        },
    }
    plain = {key: str(values[key]) for key in KEYS if values.get(key) is not None}
    return {**plain, **listed}
