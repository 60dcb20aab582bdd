"""CSV and TSV: a header line that names the columns, and a question a row."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.bank.formats import columns, draft, limits
from bot.bank.formats.draft import Draft, Note, Parsed, Refused, Source, Values
from bot.bank.formats.literal import taken_as_markdown

_DELIMITERS = ",;\t|"
_FORMULA = re.compile(r"'*[=+\-@\t]")
"""What a spreadsheet takes for a formula. An export puts a ' before it, and an import takes it
away, so that texts come back as they were."""
_USED = columns.KEYS[: -len(columns.WRONG)]
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def read(source: Source) -> Parsed:
    """Return what stands in a table. The delimiter is the one that the header has most of."""
    text = limits.decode(source.raw)
    header = next((line for line in limits.lines(text) if line.strip()), "")
    delimiter = max(_DELIMITERS, key=header.count)
    found: list[Draft | Refused | Note] = []
    rows = table(text, delimiter)
    line, headers = next(rows, (1, [""]))
    named = columns.columns(headers, source.columns)
    if "prompt" not in named.keys:
        listed = ", ".join(headers)[:200]
        what = f"has no column for the question; name it by --map HEADER=prompt. It has: {listed}"
        raise draft.UnreadableFileError(line, what)
    found += [
        Note(line, f"the column {name[:60]!r} is left out; --map tells what it holds")
        for name in named.unknown
    ]
    is_ours = headers == _headers()
    for line, cells in rows:
        one = _row(line, cells, named)
        if isinstance(one, Draft) and not is_ours:
            shown = taken_as_markdown((one.values["prompt"], *one.values["options"]))
            one = replace(one, notes=(*one.notes, *shown))
        found.append(one)
        limits.check_count(len(found))
    return draft.parsed(found, at_least_one="write a question a row below the header")


def table(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the cells of each row that is not empty.

    Raises UnreadableFileError where quotes are not closed or a cell is too long.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            what = f"is no table here ({error}); look for a quote that is not closed"
            raise draft.UnreadableFileError(line, what) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _row(line: int, cells: list[str], named: columns.Columns) -> Draft | Refused:
    if extra := [cell for cell in cells[len(named.keys) :] if cell.strip()]:
        what = f"has more cells than the header ({extra[0][:40]!r}); quote texts with the delimiter"
        return Refused(line, cells[0][:60], what)
    told = {key: cell for key, cell in zip(named.keys, cells, strict=False) if key}
    shown = told.get("prompt", "")
    for key, cell in told.items():
        if cell.startswith("="):
            what = f"holds a formula in {key!r}, and nothing is calculated; put ' before a text"
            return Refused(line, shown, what)
    return columns.row_question(line, {key: _unguarded(cell) for key, cell in told.items()})


def write(_title: str, questions: Sequence[Values]) -> bytes:
    """Return questions as CSV, with a byte order mark, by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_headers())
    for values in questions:
        cells = columns.row_cells(values)
        writer.writerow([_guarded(cells.get(key, "")) for key in _USED])
    return out.getvalue().encode("utf-8-sig")


def _headers() -> list[str]:
    """Return what stands above an export's columns."""
    return [key.replace(" ", "_") for key in _USED]


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
