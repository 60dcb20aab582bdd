"""Readers: files on this machine to questions with graded answers, and to entailment pairs.

| file | what it is |
|---|---|
| `*.jsonl`, `*.jsonl.gz` | a line an answer: question_id, question, references, answer, label3 |
| a folder or `*.xml` | SemEval-2013 Task 7 (`semeval.py`), or SAF (`saf.py`) |
| `*.toml` | a question bank with `examples` (`bot/bank`'s format, read as plain TOML) |

Nothing is downloaded.
"""

import gzip
import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import OperatorError
from bot.grading.training.pairs import Pair

NOT_CORRECT = "not_correct"
"""The label of two-way sets: contradictory or incorrect, nobody said which."""
LABELS = ("correct", "contradictory", "incorrect", NOT_CORRECT)
SHORT = 14
"""Words of a text that says one thing."""
_KNOWN = (".jsonl", ".jsonl.gz", ".xml", ".toml")
_ENTAILMENT = {
    "entailment": "correct",
    "contradiction": "contradictory",
    "neutral": "incorrect",
    "not_entailment": NOT_CORRECT,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A text and its label. `covers` are places (from 0) in the question's points, None where
    nobody said; `habit` are the log-odds of correct that its writing alone gives (`habits`).
    """

    text: str
    label: str
    covers: tuple[int, ...] | None = None
    habit: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was answered. `points` are key points, shorter than a reference."""

    source: str
    group: str
    question: str
    references: tuple[str, ...]
    answers: tuple[Answer, ...] = ()
    points: tuple[str, ...] = ()

    def right(self) -> list[str]:
        """Return the texts of the correct answers."""
        return [answer.text for answer in self.answers if answer.label == "correct"]

    def wrong(self) -> list[str]:
        """Return the texts of the answers that are wrong, not just partial: they cover nothing."""
        return [one.text for one in self.answers if one.label != "correct" and not one.covers]


def read_any(path: Path, hashes: dict[str, str]) -> list[Asked]:
    """Read graded answers from a file or folder of any kind above, and note the files' SHA-256."""
    from bot.grading.training import saf, semeval

    if path.is_dir():
        files = [file for file in sorted(path.rglob("*")) if file.name.endswith(_KNOWN)]
        return [one for file in files for one in read_any(file, hashes)]
    if not path.is_file():
        raise OperatorError(f"There is no {path}.")
    hashes[str(path)] = digest(path)
    if path.suffix == ".toml":
        return read_bank(path)
    if path.suffix == ".xml":
        return saf.read(path) if saf.is_saf(path) else semeval.read(path)
    return read_graded(path)


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the lines of a file as (number from 1, object). Raises OperatorError naming a bad
    one.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                row: Any = json.loads(line)
                if not isinstance(row, dict):
                    raise OperatorError(f"{path}:{number}: not a JSON object")
                yield number, row
    except (OSError, EOFError) as error:
        raise OperatorError(f"{path} cannot be read: {error}") from error
    except ValueError as error:
        raise OperatorError(f"{path}: not JSON lines: {error}") from error


def read_graded(path: Path) -> list[Asked]:
    """Read graded answers, grouped by question, in the order of the file."""
    name = path.name.removesuffix(".gz").removesuffix(".jsonl").removesuffix("_train").lower()
    found: dict[str, tuple[dict[str, Any], list[Answer]]] = {}
    for number, row in read_lines(path):
        lacking = {"question_id", "question", "references", "answer", "label3"} - row.keys()
        if lacking:
            raise OperatorError(f"{path}:{number}: no {', '.join(sorted(lacking))}")
        if row["label3"] not in LABELS:
            raise OperatorError(f"{path}:{number}: unknown label {row['label3']!r}")
        _, answers = found.setdefault(str(row["question_id"]), (row, []))
        answers.append(Answer(str(row["answer"]), row["label3"]))
    return [
        Asked(name, f"{name}/{key}", row["question"], tuple(row["references"]), tuple(answers))
        for key, (row, answers) in found.items()
    ]


def read_entailment(path: Path) -> list[Pair]:
    """Read entailment pairs: the premise is the answer, the hypothesis the reference. Pairs that
    share a premise share a group. Raises OperatorError naming the line of an unknown label.
    """
    name = path.name.removesuffix(".gz").removesuffix(".jsonl")
    pairs: list[Pair] = []
    for number, row in read_lines(path):
        label = _ENTAILMENT.get(row.get("label", ""))
        if label is None:
            raise OperatorError(f"{path}:{number}: unknown label {row.get('label')!r}")
        premise, hypothesis = row["premise"], row["hypothesis"]
        group = hashlib.sha256(premise.encode()).hexdigest()[:12]
        pairs.append(Pair("", hypothesis, premise, label, 1.0, group, f"nli/{name}"))
    return pairs


def read_references(path: Path) -> list[Asked]:
    """Read explained terms: questions with references and no answers."""
    name = path.name.removesuffix(".gz").removesuffix(".jsonl")
    return [
        Asked(name, f"{name}/{number}", row["question"], tuple(row["references"]))
        for number, row in read_lines(path)
    ]


def read_bank(path: Path) -> list[Asked]:
    """Read a question bank: explanation as reference, key points, and graded examples.

    A partial example says nothing wrong and leaves something out: it is `incorrect` as a whole,
    and its `covers` say which points it has. A wrong example has none; but a contradictory one of
    more than `SHORT` words may well hold a point beside what is false in it, and nobody said which.
    """
    with path.open("rb") as file:
        bank = tomllib.load(file)
    found: list[Asked] = []
    for question in bank.get("question", []):
        points = tuple(question.get("key_points", []))
        answers = tuple(_example(example) for example in question.get("examples", []))
        group = f"bank/{path.stem}/{question['id']}"
        reference = (question["explanation"].strip(),) if question.get("explanation") else ()
        found.append(Asked("bank", group, question["prompt"], reference, answers, points))
    return [asked for asked in found if asked.references]


def _example(example: dict[str, Any]) -> Answer:
    label = "incorrect" if example["label"] == "partial" else example["label"]
    covers: list[int] | None = example.get("covers")
    short = len(example["text"].split()) <= SHORT
    if example["label"] == "incorrect" or (example["label"] == "contradictory" and short):
        covers = []
    return Answer(
        example["text"], label, None if covers is None else tuple(place - 1 for place in covers)
    )


def digest(path: Path) -> str:
    """Return a file's SHA-256, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
