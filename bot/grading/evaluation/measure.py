"""The grader at work on what is to be graded, and the figures of what it said."""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import TypeVar

import numpy as np

from bot.domain.question import WRONG, Verdict
from bot.grading import metrics
from bot.grading.checks import COPIED_REFERENCE
from bot.grading.evaluation import attacks
from bot.grading.evaluation.attacks import Family
from bot.grading.evaluation.bootstrap import Figure, intervals, share
from bot.grading.evaluation.items import Item, submission
from bot.grading.evaluation.material import Attempt, Material
from bot.grading.evaluation.report import (
    AttackFigures,
    Calibration,
    ExampleFigures,
    Failure,
    Flips,
    SetFigures,
    Way,
)
from bot.grading.grade import Grade, Submission
from bot.grading.service import Grader

T = TypeVar("T")
Steps = Callable[[Sequence[T], str], Iterable[T]]
"""Yields the items while telling how far it is: `bot.cli.progress.steps`, or `silently`."""

BATCH = 64
COVERAGES = (1.0, 0.8, 0.5)
SHOWN = 4
"""Texts of a family that are shown of those that came out wrong."""


def silently(items: Sequence[T], _: str) -> Iterable[T]:
    """Yield the items."""
    return items


def grade_all(
    grader: Grader, submissions: Sequence[Submission], what: str, steps: Steps[range] = silently
) -> list[Grade]:
    """Return the grades in the order of the submissions; like ones are graded once and together."""
    distinct = list(dict.fromkeys(submissions))
    found: dict[Submission, Grade] = {}
    for batch in steps([range(at, at + BATCH) for at in range(0, len(distinct), BATCH)], what):
        some = distinct[batch.start : batch.stop]
        found |= zip(some, grader.grade(some), strict=True)
    return [found[one] for one in submissions]


def of_set(items: Sequence[Item], grades: Sequence[Grade], *, seed: int) -> SetFigures:
    """Return the figures of one set's answers, which are graded three-way or two-way."""
    gold = [item.label for item in items]
    said = [str(grade.label) for grade in grades]
    groups = [item.group for item in items]
    two = _way(gold, said, groups, metrics.TWO_WAY, seed)
    three = None
    if "contradictory" in gold:
        three = _way(gold, said, groups, metrics.THREE_WAY, seed)
    right = np.array([
        (one == "correct") == (other == "correct") for one, other in zip(gold, said, strict=True)
    ])  # fmt: skip
    sure = np.array([not grade.needs_review for grade in grades])
    return SetFigures(
        answers=len(items),
        questions=len(set(groups)),
        three_way=three,
        two_way=two,
        calibration=calibration(np.array([g.confidence for g in grades]), right, groups, seed),
        reviewed=share([not one for one in sure], groups, seed=seed),
        accuracy_unreviewed=share(
            right[sure].tolist(),
            [name for name, one in zip(groups, sure, strict=True) if one],
            seed=seed,
        )
        if sure.any()
        else None,
    )


def _way(
    gold: Sequence[str], said: Sequence[str], groups: Sequence[str], classes: tuple[str, ...],
    seed: int,
) -> Way:  # fmt: skip
    truth, named = metrics.as_indices(gold, classes), metrics.as_indices(said, classes)

    def figures(chosen: np.ndarray[tuple[int], np.dtype[np.intp]]) -> list[float]:
        counts = metrics.confusion(truth[chosen], named[chosen], len(classes))
        return [metrics.accuracy(counts), metrics.macro_f1(counts), metrics.weighted_f1(counts)]

    accuracy, macro, weighted = intervals(figures, groups, seed=seed)
    counts = metrics.confusion(truth, named, len(classes))
    return Way(
        accuracy=accuracy,
        macro_f1=macro,
        weighted_f1=weighted,
        f1=dict(zip(classes, (round(float(f), 4) for f in metrics.f1_by_class(counts)),
                    strict=True)),
        confusion=counts.tolist(),
    )  # fmt: skip


def calibration(
    confidence: metrics.Floats, right: metrics.Flags, groups: Sequence[str], seed: int
) -> Calibration:
    """Return how far the grader's confidence in its two-way verdict can be believed.

    `confidence` is `Grade.confidence`: it should be the share of such grades that are right.
    """

    def figures(chosen: np.ndarray[tuple[int], np.dtype[np.intp]]) -> list[float]:
        some, well = confidence[chosen], right[chosen]
        return [
            metrics.calibration_error(some, well),
            metrics.aurc(some, well),
            *(metrics.accuracy_at(coverage, some, well) for coverage in COVERAGES),
        ]

    error, area, *accuracies = intervals(figures, groups, seed=seed)
    return Calibration(
        error=error,
        bins=metrics.BINS,
        aurc=area,
        accuracy_at={
            f"{coverage:.0%}": one for coverage, one in zip(COVERAGES, accuracies, strict=True)
        },
        reliability=metrics.reliability(confidence, right),
    )


def of_attacks(
    materials: Sequence[Material],
    grader: Grader,
    *,
    texts: int,
    seed: int,
    steps: Steps[range] = silently,
) -> dict[str, AttackFigures]:
    """Return every family's figures on these questions, with about `texts` texts each."""
    most = min(10, max(2, -(-texts // max(1, len(materials)))))
    every: list[int] = np.random.default_rng(seed).permutation(len(materials)).tolist()
    chosen = [materials[index] for index in sorted(every[: max(1, texts // 2)])]
    tries = [
        (name, material, attempt)
        for name in attacks.FAMILIES
        for material in chosen
        for attempt in attacks.attempts(name, material, seed=seed, most=most)
    ]
    wanted = [submission(of, one.text, one.base) for _, of, one in tries]
    bases = [submission(of, one.base or "", one.base) for _, of, one in tries]
    grades = grade_all(grader, [*wanted, *bases], "Attacking", steps)
    rows = list(zip(tries, grades[: len(tries)], grades[len(tries) :], strict=True))
    return {
        name: _family(
            family,
            [(material.group, attempt, grade, base)
             for (of, material, attempt), grade, base in rows if of == name],
            seed,
        )
        for name, family in attacks.FAMILIES.items()
        if any(of == name for (of, _, _), _, _ in rows)
    }  # fmt: skip


def _family(
    family: Family, rows: Sequence[tuple[str, Attempt, Grade, Grade]], seed: int
) -> AttackFigures:
    accept = family.holds != "not_accepted"
    held = [is_accepted(grade) == accept for _, _, grade, _ in rows]
    groups = [group for group, _, _, _ in rows]
    # What the unchanged text got: an attack turned a grade only where that one was as it must be.
    based = [
        (group, well)
        for (group, attempt, _, base), well in zip(rows, held, strict=True)
        if attempt.base is not None and is_accepted(base) == accept
    ]
    has_base = sum(attempt.base is not None for _, attempt, _, _ in rows)
    flagged = None
    if family.holds == "accepted_and_flagged":
        flagged = share([COPIED_REFERENCE in grade.flags for _, _, grade, _ in rows], groups,
                        seed=seed)  # fmt: skip
    failures = [row for row, well in zip(rows, held, strict=True) if not well]
    return AttackFigures(
        holds=family.holds,
        says=family.says,
        texts=len(rows),
        questions=len(set(groups)),
        rate=share(held, groups, seed=seed),
        unreviewed=share(
            [well or grade.needs_review for well, (_, _, grade, _) in zip(held, rows, strict=True)],
            groups,
            seed=seed,
        ),
        base_rate=round(len(based) / has_base, 4) if has_base else None,
        turned=share([not well for _, well in based], [group for group, _ in based], seed=seed)
        if based
        else None,
        flagged=flagged,
        failures=[
            Failure(question=group, text=attempt.text, label=grade.label,
                    confidence=round(grade.confidence, 4))
            for group, attempt, grade, _ in failures[:: max(1, len(failures) // SHOWN)][:SHOWN]
        ],
    )  # fmt: skip


def of_examples(
    items: Sequence[Item], grades: Sequence[Grade], *, odds: Sequence[float], seed: int
) -> ExampleFigures:
    """Return the figures of the banks' own examples. `odds` are each one's log-odds of being right
    by its writing alone (`writing.log_odds`).
    """
    rows = list(zip(items, grades, odds, strict=True))

    def of(held: Callable[[Grade], bool], some: Callable[[str, float], bool]) -> Figure | None:
        chosen = [(held(grade), item.group) for item, grade, odd in rows if some(item.label, odd)]
        if not chosen:
            return None
        return share([one for one, _ in chosen], [group for _, group in chosen], seed=seed)

    def is_refused(grade: Grade) -> bool:
        return not is_accepted(grade)

    return ExampleFigures(
        examples=len(items),
        questions=len({item.group for item in items}),
        good_accepted=of(is_accepted, lambda label, _: label == "correct"),
        wrong_not_accepted=of(is_refused, lambda label, _: label in WRONG),
        partial_accepted=of(is_accepted, lambda label, _: label == "partial"),
        contradictory_called_so=of(
            lambda grade: grade.label is Verdict.CONTRADICTORY,
            lambda label, _: label == "contradictory",
        ),
        good_against_habit=of(is_accepted, lambda label, odd: label == "correct" and odd < 0),
        wrong_against_habit=of(is_refused, lambda label, odd: label in WRONG and odd > 0),
        mistakes=[
            Failure(question=item.group, text=item.submission.answer, label=grade.label,
                    wanted=item.label, confidence=round(grade.confidence, 4))
            for item, grade, _ in rows
            if item.label != "partial" and is_accepted(grade) != (item.label == "correct")
        ],
    )  # fmt: skip


def of_wordings(items: Sequence[Item], grades: Sequence[Grade], *, seed: int) -> Flips | None:
    """Return how often two right wordings of one question got different verdicts."""
    by_question: dict[str, list[bool]] = {}
    for item, grade in zip(items, grades, strict=True):
        if item.label == "correct":
            by_question.setdefault(item.group, []).append(is_accepted(grade))
    pairs = [
        (one != other, group)
        for group, said in by_question.items()
        for one, other in combinations(said, 2)
    ]
    if not pairs:
        return None
    return Flips(
        pairs=len(pairs),
        questions=len({group for _, group in pairs}),
        rate=share([one for one, _ in pairs], [group for _, group in pairs], seed=seed),
    )


def is_accepted(grade: Grade) -> bool:
    """Tell whether the text counts as right; that a moderator may look at it changes nothing."""
    return grade.label is Verdict.CORRECT
