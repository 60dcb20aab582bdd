"""Read banks: one TOML file a bank, checked for all that a question cannot do without.

`read_bank` and `read_folder` find everything wrong and go on; `load_banks`, which the bot calls at
its start, refuses. Whether the questions are good ones is for `bot.bank.check`.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from bot.bank import words
from bot.bank.formats.draft import UnreadableFileError
from bot.bank.lines import Lines
from bot.domain.question import Bank, Question, WholeQuestion
from bot.errors import ConfigurationError

DEFAULTS = ("topic", "difficulty", "source", "licence")
"""Keys that may stand once above all questions, for those that have none of their own."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,63}")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something wrong in a file: prints as `file:line: what`, and what says what to do."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Placed:
    """A question and its position in its file, from 0."""

    index: int
    question: Question


@dataclass(frozen=True, slots=True)
class BankFile:
    """What was read of one file. Questions with mistakes are left out and are in `findings`."""

    path: Path
    title: str
    placed: tuple[Placed, ...]
    lines: Lines
    findings: tuple[Finding, ...]

    @property
    def bank(self) -> Bank:
        """The bank; only for a file without findings."""
        return Bank(
            name=self.path.stem,
            title=self.title,
            questions=tuple(placed.question for placed in self.placed),
        )

    def finding(self, placed: Placed, place: tuple[str | int, ...], what: str) -> Finding:
        """Return a finding at a place of a question, such as ('hints', 1), named by its id."""
        line = self.lines.of(placed.index, place)
        return Finding(self.path, line, f"{placed.question.id}: {what}")


def load_banks(folder: Path) -> list[Bank]:
    """Return the banks of a folder, by name. Raises ConfigurationError with every problem."""
    files, findings = read_folder(folder)
    findings = [*findings, *(found for file in files for found in file.findings)]
    if findings:
        listed = "\n".join(f"  {finding}" for finding in findings)
        raise ConfigurationError(
            f"The question banks have mistakes, so nothing was started:\n{listed}\n"
            "Put them right; `tutor check` tells when they are."
        )
    return [file.bank for file in files]


def read_folder(folder: Path) -> tuple[list[BankFile], list[Finding]]:
    """Return what was read of each *.toml in a folder, and what is wrong with the folder itself."""
    if not folder.is_dir():
        what = "there is no such folder; create it, or set `banks.folder` in config.toml"
        return [], [Finding(folder, 1, what)]
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        what = "there is no bank (*.toml) in this folder; questions/README.md tells the format"
        return [], [Finding(folder, 1, what)]
    return [read_bank(path) for path in paths], []


def read_bank(path: Path) -> BankFile:
    """Read one file and find what is wrong with it. Raises nothing for what the file contains."""
    try:
        text = _text(path)
        values = toml_values(text)
    except UnreadableFileError as error:
        return BankFile(path, "", (), Lines(), (Finding(path, error.line, error.what),))
    lines = Lines(text)
    findings = _top(path, values, lines)
    placed: list[Placed] = []
    for index, table in enumerate(tables(values)):
        question, wrong = _question(table, values)
        if question is not None:
            placed.append(Placed(index, question))
        name = f"{table['id']}: " if isinstance(table.get("id"), str) else f"question {index + 1}: "
        findings += [Finding(path, lines.of(index, at), name + what) for at, what in wrong]
    title = values.get("title")
    file = BankFile(path, title.strip() if isinstance(title, str) else "", tuple(placed), lines, ())
    findings += _same_ids(file)
    return BankFile(path, file.title, file.placed, lines, tuple(sorted(findings)))


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        what = f"cannot be read ({error.strerror}); give the bot's user the right to read it"
        raise UnreadableFileError(1, what) from error
    try:
        # Editors on Windows put a byte order mark first, which TOML does not know.
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableFileError(line, "is not UTF-8 here; save the file as UTF-8") from error


def toml_values(text: str) -> dict[str, Any]:
    """Return what a bank's text holds. Raises UnreadableFileError for what is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        at = re.search(r" \((?:at line (\d+), column (\d+)|at end of document)\)$", message)
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        where = f" in column {at[2]}" if at and at[2] else ""
        said = message[: at.start()] if at else message
        what = (
            f"is not TOML{where}: {said}; look for a missing quote, bracket or comma here or above"
        )
        raise UnreadableFileError(line, what) from error
    except RecursionError as error:
        raise UnreadableFileError(1, "nests too deep; it is no bank") from error


def tables(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the [[question]] tables of a bank's values."""
    found = values.get("question")
    if not isinstance(found, list):
        return []
    return [
        cast("dict[str, Any]", table)
        for table in cast("list[object]", found)
        if isinstance(table, dict)
    ]


def _top(path: Path, values: dict[str, Any], lines: Lines) -> list[Finding]:
    """Return what is wrong outside the questions."""
    known = ("title", *DEFAULTS, "question")
    found = [
        Finding(path, lines.top.get(key, 1), words.unknown(key, known))
        for key in values
        if key not in known
    ]
    title = values.get("title")
    if title is None:
        found.append(Finding(path, 1, words.missing("title")))
    elif not isinstance(title, str) or not 1 <= len(title.strip()) <= 80:
        what = f"`title` must be text of 1 to 80 characters; write {words.EXAMPLES['title']}"
        found.append(Finding(path, lines.top["title"], what))
    if not _NAME.fullmatch(path.stem):
        what = "name the file in lower-case letters, digits and hyphens, such as fine-tuning.toml"
        found.append(Finding(path, 1, what))
    if not tables(values):
        what = "has no question; begin each one with a line [[question]]"
        found.append(Finding(path, lines.top.get("question", 1), what))
    return found


def _question(
    table: dict[str, Any], values: dict[str, Any]
) -> tuple[Question | None, list[tuple[tuple[str | int, ...], str]]]:
    defaults = {key: values[key] for key in DEFAULTS if key in values}
    try:
        WholeQuestion.model_validate({**defaults, **table})
        return Question.model_validate({**defaults, **table}), []
    except ValidationError as error:
        return None, mistakes(error)


def mistakes(error: ValidationError) -> list[tuple[tuple[str | int, ...], str]]:
    """Return what is wrong with a question's values: where, and a sentence."""
    details = error.errors(include_url=False)
    # An array with a bad element counts as one element short as well: tell it once.
    inner = {detail["loc"][:-1] for detail in details}
    return [
        (_place(detail["loc"], what), what)
        for detail, what in ((detail, words.sentence(detail)) for detail in details)
        if not (detail["type"] == "too_short" and detail["loc"] in inner)
    ]


def _place(loc: tuple[int | str, ...], what: str) -> tuple[int | str, ...]:
    if not loc:
        # The question's own validator speaks of the key that its sentence begins with, or of an
        # element, counted from 1: 'examples[3] …'.
        first = re.match(r"(\w+)(?:\[(\d+)\])?", what)
        assert first is not None
        return (first[1], int(first[2]) - 1) if first[2] else (first[1],)
    # pydantic ends the place of a dict's key with '[key]'.
    return tuple(part for part in loc if part != "[key]")


def _same_ids(file: BankFile) -> list[Finding]:
    found: list[Finding] = []
    first: dict[str, Placed] = {}
    for placed in file.placed:
        earlier = first.setdefault(placed.question.id, placed)
        if earlier is not placed:
            line = file.lines.of(earlier.index, ("id",))
            what = f"the id was given in line {line} already; choose another"
            found.append(file.finding(placed, ("id",), what))
    return found
