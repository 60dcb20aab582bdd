"""Kahoot's spreadsheet: its template for importing questions, read by openpyxl."""

import io
import re
import warnings
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

import openpyxl

from bot.bank.formats import archive, draft, limits
from bot.bank.formats.draft import FULL, Choice, Draft, Note, Parsed, Refused, Source
from bot.bank.formats.literal import literal

_HEADER_WITHIN = 30
_WIDEST = 40
_MAX_UNPACKED = 8 * 1024 * 1024
"""openpyxl takes long for more, and a thousand questions are a tenth of it."""
_LONGEST = 1_048_576
"""Rows that a sheet can have by its own rules."""
_ASKED = re.compile(r"question\b(?! ?(?:#|type\b|number\b|no\b))")
"""The header of what is asked; a table of another quiz maker counts and sorts its questions too."""
_Row = list[tuple[str, bool]]


def read(source: Source) -> Parsed:
    """Return what stands in the first sheet that has Kahoot's header."""
    archive.members(source.raw, _MAX_UNPACKED)
    found: list[Draft | Refused | Note] = []
    named: Mapping[int, str] = {}
    rows, others = _sheet(source.raw)
    found += [Note(1, f"the sheet {name[:60]!r} is left out") for name in others]
    for row, cells in enumerate(rows, 1):
        if not named:
            named = _header([text for text, _ in cells])
            if not named and row > _HEADER_WITHIN:
                break
            continue
        told = {key: cells[at] for at, key in named.items() if at < len(cells)}
        if any(text for key, (text, _) in told.items() if key != "time"):
            # Kahoot's template counts the rows in the column before the question.
            other = [text for at, (text, _) in enumerate(cells) if at > 1 and at not in named]
            found.append(_question(row, told, [text for text in other if text]))
            limits.check_count(len(found))
    if not named:
        what = "has no row with Question, Answer 1 and Correct answer(s); use Kahoot's template"
        raise draft.UnreadableFileError(1, what)
    return draft.parsed(found, at_least_one="write a question a row below the header")


def _sheet(raw: bytes) -> tuple[list[_Row], list[str]]:
    """Return the first sheet's rows, a cell as its text and whether it is a formula, and the names
    of the other sheets.
    """
    try:
        with warnings.catch_warnings():
            # openpyxl tells of styles and lists that it does not keep: nothing is written back.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True)
            try:
                sheet: Any = book.worksheets[0]
                return _rows(sheet), book.sheetnames[1:]
            finally:
                book.close()
    except draft.UnreadableFileError:
        raise
    except Exception as error:
        # openpyxl lets through whatever a broken file brings about: KeyError, ParseError …
        what = "is no spreadsheet that can be read; save it as .xlsx again"
        raise draft.UnreadableFileError(1, what) from error


def _rows(sheet: Any) -> list[_Row]:
    # What a sheet says of its own size may be wrong, so rows and columns are bounded here. Rows
    # that are not there are one and the same empty row; there can be a million before one that is.
    sheet.reset_dimensions()
    most = limits.MAX_QUESTIONS + _HEADER_WITHIN
    found: list[_Row] = []
    last: Any = None
    for number, row in enumerate(sheet.iter_rows(max_row=_LONGEST), 1):
        if row is last and number > most:
            continue
        last = row
        if any(cell.value is not None for cell in row[_WIDEST:]):
            what = f"has a cell right of column {_WIDEST}; take it out"
            raise draft.UnreadableFileError(number, what)
        cells = [(_text(cell), cell.data_type == "f") for cell in row[:_WIDEST]]
        if number <= most:
            found.append(cells)
        elif any(text for text, _ in cells):
            what = f"has more than {most:,} rows; split it"
            raise draft.UnreadableFileError(number, what)
    return found


def _text(cell: Any) -> str:
    """Return what a cell shows, as far as whoever typed it would know it again."""
    value = cell.value
    if isinstance(value, int | float) and "%" in str(getattr(cell, "number_format", "")):
        return f"{round(100 * value, 6):g}%"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return "" if value is None else str(value).strip()


def _header(texts: list[str]) -> dict[int, str]:
    """Return what the columns hold by place, if this is the header row."""
    named: dict[int, str] = {}
    for at, text in enumerate(texts):
        low = text.casefold()
        if _ASKED.match(low) and "prompt" not in named.values():
            named[at] = "prompt"
        elif answer := re.match(r"(?:answer|option) (\d)\b", low):
            named[at] = f"answer {answer[1]}"
        elif low.startswith("correct answer"):
            named[at] = "right"
        elif low.startswith("time limit"):
            named[at] = "time"
    return named if {"prompt", "answer 1", "right"} <= set(named.values()) else {}


def _question(row: int, told: Mapping[str, tuple[str, bool]], other: list[str]) -> Draft | Refused:
    prompt = told.get("prompt", ("", False))[0]
    for key, (_, is_formula) in told.items():
        if is_formula:
            what = f"holds a formula in {key!r}, and nothing is calculated; write the text"
            return Refused(row, prompt, what)
    texts = {
        int(key[-1]): text for key, (text, _) in told.items() if key.startswith("answer ") and text
    }
    if not texts:
        return Refused(row, prompt, draft.TYPED)
    right = [int(part) for part in re.findall(r"\d", told.get("right", ("", False))[0])]
    if stray := [number for number in right if number not in texts]:
        return Refused(row, prompt, f"names answer {stray[0]} as right, which is empty; fill it in")
    choices = [
        Choice(literal(text), FULL * (number in right)) for number, text in sorted(texts.items())
    ]
    seconds = told.get("time", ("", False))[0]
    notes = [f"the time limit of {seconds} s is left out"] if seconds else []
    notes += [f"the cell {text[:60]!r} is left out" for text in other]
    return draft.choice_question(row, "", literal(prompt), choices, notes=notes)
