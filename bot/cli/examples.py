"""`tutor check --grade`: the banks' graded examples that the grader gets wrong."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from bot.bank.load import BankFile, Finding, Placed, read_bank, read_folder
from bot.cli.progress import steps
from bot.domain.question import Example, Verdict
from bot.grading import Grade, Submission, checks
from bot.grading.service import Grader

_Case: TypeAlias = tuple[BankFile, Placed, int]


@dataclass(slots=True)
class Graded:
    """What the grader made of the examples."""

    findings: list[Finding] = field(default_factory=list[Finding])
    given: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """How often an example's label got a verdict."""

    def summary(self) -> list[str]:
        """Return a line for each label of examples: what the grader called them."""
        lines: list[str] = []
        for label in ("correct", "partial", "incorrect", "contradictory"):
            counts = {verdict: self.given[label, verdict] for verdict in Verdict}
            if total := sum(counts.values()):
                told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
                lines.append(f"{label:<13} {total:>5}: {told}")
        return lines


def grade_examples(paths: Sequence[Path], grader: Grader, *, batch: int) -> Graded:
    """Grade every example of the banks in files and folders; none is compared with itself.

    Wrong is what would harm a member: a correct example that is not accepted; an incorrect or
    contradictory one that is (which of the two it is called is only counted); a partial one that
    is called contradictory or refused by a cheap check, since accepting it and asking for more are
    both fair.
    """
    graded = Graded()
    for (file, placed, index), grade in _grades(_cases(paths), grader, batch):
        example = placed.question.examples[index]
        graded.given[example.label, grade.label] += 1
        if is_wrong(example, grade):
            graded.findings.append(
                file.finding(placed, ("examples", index, "text"), _what(example, grade))
            )
    return graded


def verdicts(paths: Sequence[Path], grader: Grader, *, batch: int, most: int) -> list[Verdict]:
    """Return what the grader calls the examples, in the banks' order: `most` of them at most, from
    places as far apart as they can be.
    """
    cases = _cases(paths)
    count = min(most, len(cases))
    some = [cases[place * len(cases) // count] for place in range(count)]
    return [grade.label for _, grade in _grades(some, grader, batch)]


def is_wrong(example: Example, grade: Grade) -> bool:
    """Tell whether a member would be misled by the grade."""
    match example.label:
        case "correct":
            return grade.label is not Verdict.CORRECT
        case "partial":
            refused = not checks.REFUSING.isdisjoint(grade.flags)
            return refused or grade.label is Verdict.CONTRADICTORY
        case "incorrect" | "contradictory":
            return grade.label is Verdict.CORRECT


def _what(example: Example, grade: Grade) -> str:
    flags = f" ({', '.join(grade.flags)})" if grade.flags else ""
    review = ", for review" if grade.needs_review else ""
    return (
        f"the grader calls this {example.label} example {grade.label}{flags}, "
        f"confidence {grade.confidence:.2f}{review}: {example.text!r}"
    )


def _cases(paths: Sequence[Path]) -> list[_Case]:
    return [
        (file, placed, index)
        for file in _files(paths)
        for placed in file.placed
        for index in range(len(placed.question.examples))
    ]


def _grades(cases: Sequence[_Case], grader: Grader, batch: int) -> Iterator[tuple[_Case, Grade]]:
    parts = [cases[start : start + batch] for start in range(0, len(cases), batch)]
    for some in steps(parts, "Grading the examples"):
        yield from zip(some, grader.grade([_submission(case) for case in some]), strict=True)


def _submission(case: _Case) -> Submission:
    _, placed, index = case
    example = placed.question.examples[index]
    return Submission.about(placed.question, example.text).without(example.text)


def _files(paths: Sequence[Path]) -> Iterator[BankFile]:
    for path in paths:
        if path.is_file():
            yield read_bank(path)
        else:
            yield from read_folder(path)[0]
