"""What is graded in an evaluation: graded answers from files, and what attacks are made of."""

import gzip
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.domain.question import WRONG, Question
from bot.errors import OperatorError
from bot.grading.evaluation.material import Material, Neighbour
from bot.grading.grade import Submission


@dataclass(frozen=True, slots=True)
class Item:
    """An answer that people graded."""

    source: str
    """The set and split, as reports name it: 'beetle train'."""
    group: str
    """The question's name in its set; answers to one question share it."""
    submission: Submission
    label: str
    """correct, contradictory or incorrect; in the banks' examples also partial."""


class _Row(BaseModel):
    # Further fields are let be; data sets carry more than is needed here.
    model_config = ConfigDict(extra="ignore")

    question: str
    answer: str
    references: list[str] = []
    reference: str | None = None
    key_points: list[str] = []
    label3: str | None = None
    label: str | None = None
    question_id: str | None = None
    dataset: str | None = None
    split: str | None = None


def read_rows(path: Path) -> list[Item]:
    """Read JSON lines, gzipped or not: `{"question", "references": [...], "answer", "label3" or
    "label": correct | contradictory | incorrect}` and, where known, `question_id, key_points,
    dataset, split`. Raises OperatorError naming the first line that is not so.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    items: list[Item] = []
    try:
        with opened(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    items.append(_item(path, number, line))
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} cannot be read: {error}") from error
    if not items:
        raise OperatorError(f"{path} holds no answers.")
    return items


def _item(path: Path, number: int, line: str) -> Item:
    try:
        row = _Row.model_validate_json(line)
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise OperatorError(f"{path}:{number}: {where}: {first['msg']}") from error
    references = [text for text in (*row.references, row.reference or "") if text.strip()]
    label = (row.label3 or row.label or "").strip().lower()
    if not references or label not in {"correct", "contradictory", "incorrect"}:
        lacking = "references" if not references else "label3 (correct, contradictory, incorrect)"
        raise OperatorError(f"{path}:{number}: no {lacking}")
    source = " ".join(filter(None, (row.dataset, row.split))) or path.name.split(".")[0]
    submission = Submission(row.question, tuple(references), row.answer, tuple(row.key_points))
    return Item(source, row.question_id or row.question, submission, label)


def read_official(folder: Path) -> list[Item]:
    """Read SemEval-2013 Task 7 as its archive lies: XML files in folders named for the set, the way
    (2way, 3way) and the split. Sets are named 'beetle UA', 'sciEntsBank UD' and so on.

    Where a split is there both ways, the three-way files count: two-way follows from them. Five-way
    files are left out. Raises OperatorError when there is nothing to read.
    """
    from bot.grading.training import semeval

    ways: dict[tuple[str, str], dict[str, list[Path]]] = {}
    for path in sorted(folder.rglob("*.xml")):
        parts = path.absolute().parts
        way = _way(parts)
        if way != "5":
            ways.setdefault(_place(parts), {}).setdefault(way, []).append(path)
    found = [
        Item(f"{name} {split}", one.group, Submission(one.question, one.references, answer.text),
             answer.label if answer.label in {"correct", "contradictory"} else "incorrect")
        for (name, split), by_way in sorted(ways.items())
        for path in by_way.get("3") or by_way["2"]
        for one in semeval.read(path)
        if one.references
        for answer in one.answers
    ]  # fmt: skip
    if not found:
        raise OperatorError(f"There are no XML files of SemEval-2013 Task 7 in {folder}.")
    return found


_WAY = re.compile(r"([235])[-_ ]?way", re.IGNORECASE)


def _way(parts: Sequence[str]) -> str:
    """Return the ways that the innermost folder names: the archive's own is '…-2and3way'."""
    found = [match[1] for part in parts[:-1] if (match := _WAY.search(part))]
    return found[-1] if found else "3"


_SPLITS = {
    "unseen-answers": "UA",
    "unseen-questions": "UQ",
    "unseen-domains": "UD",
    "train": "train",
}


def _place(parts: Sequence[str]) -> tuple[str, str]:
    """Return the set and the split that a file's folders name, the innermost first."""
    low = [part.lower().replace("_", "-") for part in reversed(parts[:-1])]
    names = (name for part in low for name in ("beetle", "sciEntsBank") if name.lower() in part)
    splits = (split for part in low for key, split in _SPLITS.items() if key in part)
    return next(names, low[0]), next(splits, "all")


def of_banks(questions: Sequence[Question], *, unaided: bool = False) -> list[Item]:
    """Return the questions' own graded examples, each held against all that its bank knows but
    itself; when `unaided`, against the explanation and the key points alone.
    """
    return [
        Item(
            "banks",
            question.id,
            _unaided(question, example.text)
            if unaided
            else Submission.about(question, example.text).without(example.text),
            example.label,
        )
        for question in questions
        for example in question.examples
    ]


def habits_of(questions: Sequence[Question], seed: int) -> dict[tuple[str, str], float]:
    """Return, by question and text, the graded examples' log-odds of being right by their writing
    alone: how the model would grade them, had it learned the habits of those who wrote them.
    """
    from bot.grading import writing

    rows = [
        writing.Written(question.id, example.text, example.label == "correct")
        for question in questions
        for example in question.examples
    ]
    odds = writing.log_odds(rows, seed) if rows else []
    return {(row.group, row.text): odd for row, odd in zip(rows, odds, strict=True)}


def _unaided(question: Question, answer: str) -> Submission:
    return Submission(question.prompt, (question.explanation,), answer, question.key_points)


def materials_of_banks(questions: Sequence[Question]) -> list[Material]:
    """Return what attacks on the questions are made of: wrong answers are the examples and the
    distractors. Misconceptions are none: they are notes about people, and say what is right.
    """
    return _with_neighbours(
        [
            _material(
                question.id,
                Submission.about(question, ""),
                of_banks([question]),
                distractors=[
                    text
                    for letter, text in zip(question.letters, question.options, strict=True)
                    if letter != question.answer
                ],
            )
            for question in questions
        ]
    )


def materials_of(items: Sequence[Item]) -> list[Material]:
    """Return what attacks on the questions of one set are made of."""
    by_question: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_question[item.group].append(item)
    return _with_neighbours(
        [_material(group, of[0].submission, of) for group, of in sorted(by_question.items())]
    )


def _material(
    group: str, asked: Submission, items: Sequence[Item], distractors: Sequence[str] = ()
) -> Material:
    def texts(*labels: str) -> tuple[str, ...]:
        found = [item.submission.answer.strip() for item in items if item.label in labels]
        return tuple(dict.fromkeys(filter(None, found)))

    right = texts("correct")
    wrong = (*texts(*WRONG), *distractors)
    return Material(
        group,
        asked,
        right=right,
        wrong=tuple(text for text in wrong if text not in right),
        contradictory=texts("contradictory"),
    )


def _with_neighbours(materials: Sequence[Material]) -> list[Material]:
    every = [Neighbour(one.question, (*one.references, *one.right[:5])) for one in materials]
    return [
        replace(
            one,
            neighbours=tuple(other for other in every if other.question != one.question),
        )
        for one in materials
    ]


def submission(material: Material, answer: str, base: str | None = None) -> Submission:
    """Return the text as an answer to the material's question, not held against `base`, the text
    that it was made of and should be graded like.
    """
    found = replace(material.asked, answer=answer)
    return found if base is None else found.without(base)
