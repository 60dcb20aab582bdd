"""`tutor grade`: JSON lines in, JSON lines out."""

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.grading.grade import Grade, Submission
from bot.grading.service import Grader

_HALF = re.compile("[\ud800-\udfff]")
_Text = Annotated[str, Field(min_length=1)]


class _Line(BaseModel):
    # Further fields are let be: data sets carry labels and the like beside what is graded.
    model_config = ConfigDict(extra="ignore", strict=True)

    id: str | int
    question: str
    references: Annotated[list[_Text], Field(min_length=1)]
    key_points: list[_Text] = []
    answer: str


def grade_lines(lines: Iterable[str], grader: Grader, *, batch: int = 32) -> Iterator[str]:
    """Grade JSON lines; yield one JSON line (without its line end) for each, in their order.

    In: `{"id", "question", "references": [...], "key_points": [...] (optional), "answer"}`; other
    fields are ignored, blank lines are skipped. Out: `{"id", "label": "correct" | "contradictory" |
    "incorrect", "score": 0..1, "confidence": 0..1, "needs_review", "flags": [...], "key_points":
    [{"text", "state": "covered" | "missing" | "contradicted", "score": 0..1}], "model"}`. A text
    that a cheap check refuses is `incorrect` with its flag.

    A bad line yields `{"line": number from 1, "id" where it could be read, "error": what is wrong}`
    and does not stop the rest. `batch` lines are graded at once; results come as batches end. For
    the command: write each with a line end, flush, and exit with 1 when a line had an `error`.
    """
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    while some := list(itertools.islice(numbered, batch)):
        yield from _grade_some(some, grader)


def _grade_some(some: list[tuple[int, str]], grader: Grader) -> Iterator[str]:
    read = [(number, _read(line)) for number, line in some]
    good = [line for _, line in read if isinstance(line, _Line)]
    grades = iter(grader.grade([_submission(line) for line in good]) if good else [])
    for number, line in read:
        if isinstance(line, _Line):
            yield _written({"id": line.id, **_plain(next(grades))})
        else:
            yield _written({"line": number, **line})


def _written(values: dict[str, Any]) -> str:
    """Return one line of JSON: as it reads best, and escaped where it has half a character, which
    JSON can write and no file can hold.
    """
    told = json.dumps(values, ensure_ascii=False)
    return json.dumps(values) if _HALF.search(told) else told


def _read(line: str) -> "_Line | dict[str, Any]":
    """Return the line, or what is wrong with it."""
    try:
        return _Line.model_validate_json(line)
    except ValidationError as error:
        wrong = "; ".join(
            ": ".join(filter(None, (".".join(map(str, one["loc"])), one["msg"])))
            for one in error.errors(include_url=False, include_input=False)
        )
        return {**_id_of(line), "error": wrong}


def _id_of(line: str) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    found = data.get("id") if isinstance(data, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return {"id": found} if isinstance(found, str | int) else {}


def _submission(line: _Line) -> Submission:
    return Submission(line.question, tuple(line.references), line.answer, tuple(line.key_points))


def _plain(grade: Grade) -> dict[str, Any]:
    plain = asdict(grade)
    for name in ("score", "confidence"):
        plain[name] = round(plain[name], 4)
    for point in plain["key_points"]:
        point["score"] = round(point["score"], 4)
        del point["quote"]
    return plain
