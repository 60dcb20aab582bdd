"""Choose the similarity grader's figures: `python -m bot.grading.calibrate FOLDER`.

FOLDER holds `*_train.jsonl.gz`: one answer a line with `question_id, question, references, answer,
label3`. Each file is a set; sets count alike, however many answers they have.

1. Every answer gets its similarity as the grader computes it.
2. Logistic regression (Newton's method) turns similarity into the probability of `correct`.
3. The threshold is the one with the best macro-F1, averaged over the sets.
4. The review interval is the narrowest around the threshold outside of which `TARGET` of the grades
   are right.
5. Steps 2 to 4 are done on four fifths of the questions and measured on the last fifth, for each of
   five folds; those are the scores that are written. The figures that are used come from all folds.

No test split is read, and nothing is fitted to an answer's own question when it is scored.
"""

import gzip
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.errors import OperatorError
from bot.grading import checks
from bot.grading.calibration import PATH, Calibration, Scores, Source
from bot.grading.clean import clean
from bot.grading.encoder import SHA256, Encoder, check_weights, find_folder
from bot.grading.similarity import LONGEST, Encodes, similarities

FOLDS = 5
SEED = 0
TARGET = 0.75
"""Accuracy outside the review interval. A similarity reaches .80 on a third of the answers only."""
WIDEST = 0.25
"""Half the width of the review interval, at most: beyond it nearly everything would be reviewed."""
SCORE_FROM, SCORE_TO = 0.10, 0.75
"""Quantiles of the correct answers' similarities where the score is 0 and 1."""

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Answers:
    """Graded answers, one entry each in every field."""

    sets: npt.NDArray[np.str_]
    questions: npt.NDArray[np.str_]
    """Set and question together."""
    correct: Labels
    similarity: Floats
    refused: Labels
    """By a cheap check."""

    def of(self, which: Labels) -> "Answers":
        """Return some of them."""
        return Answers(
            self.sets[which],
            self.questions[which],
            self.correct[which],
            self.similarity[which],
            self.refused[which],
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What is chosen; see `Calibration`."""

    intercept: float
    slope: float
    threshold: float
    review_below: float
    review_above: float

    def probability(self, similarity: Floats) -> Floats:
        """Return the probability of correct, 0..1."""
        return 1 / (1 + np.exp(-(self.intercept + self.slope * similarity)))


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read a set. Raises OperatorError naming the line that is not as it should be."""
    rows: list[dict[str, Any]] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            row = json.loads(line)
            lacking = {"question_id", "question", "references", "answer", "label3"} - row.keys()
            if lacking:
                raise OperatorError(f"{path}:{number}: no {', '.join(sorted(lacking))}")
            rows.append(row)
    return rows


def measure(rows: dict[str, list[dict[str, Any]]], encoder: Encodes) -> Answers:
    """Return every answer's similarity and whether a cheap check refuses it, by set."""
    answers = {name: [clean(row["answer"], LONGEST) for row in of] for name, of in rows.items()}
    texts = dict.fromkeys(
        text
        for name, of in rows.items()
        for row, answer in zip(of, answers[name], strict=True)
        for text in (row["question"], *row["references"], answer)
    )
    vectors = encoder.encode(list(texts))
    place = {text: index for index, text in enumerate(texts)}
    sets: list[str] = []
    questions: list[str] = []
    correct: list[bool] = []
    similarity: list[float] = []
    refused: list[bool] = []
    for name, of in rows.items():
        for row, answer in zip(of, answers[name], strict=True):
            found = similarities(
                vectors[[place[answer]]],
                vectors[[place[text] for text in row["references"]]],
                vectors[place[row["question"]]],
            )
            flags = checks.flags(answer, row["question"], row["references"], encoder.count_tokens)
            sets.append(name)
            questions.append(f"{name}/{row['question_id']}")
            correct.append(row["label3"] == "correct")
            similarity.append(float(found.max()))
            refused.append(not checks.REFUSING.isdisjoint(flags))
    return Answers(
        np.array(sets),
        np.array(questions),
        np.array(correct),
        np.array(similarity),
        np.array(refused),
    )


def folds(questions: npt.NDArray[np.str_], count: int = FOLDS) -> npt.NDArray[np.int64]:
    """Return each answer's fold; all answers to a question share one."""
    names = np.unique(questions)
    order = np.random.default_rng(SEED).permutation(len(names))
    fold = {str(names[index]): place % count for place, index in enumerate(order)}
    return np.array([fold[str(name)] for name in questions])


def choose(answers: Answers) -> Figures:
    """Choose all figures on these answers."""
    share = {name: 1 / np.count_nonzero(answers.sets == name) for name in np.unique(answers.sets)}
    weights = np.array([share[name] for name in answers.sets])
    intercept, slope = _logistic(answers.similarity, answers.correct, weights / weights.mean())
    fitted = Figures(intercept, slope, 0.5, 0.5, 0.5)
    probability = fitted.probability(answers.similarity)

    def quality(threshold: float) -> float:
        accepted = (probability >= threshold) & ~answers.refused
        return _over_sets(answers, lambda of: macro_f1(answers.correct[of], accepted[of]))

    threshold = max((float(step) for step in np.arange(0.30, 0.701, 0.01)), key=quality)
    right = (probability >= threshold) == answers.correct
    distance = np.abs(probability - threshold)
    width = WIDEST
    for candidate in np.arange(0.0, WIDEST, 0.01):
        sure = distance >= candidate
        if _over_sets(answers, lambda of, sure=sure: float(right[of & sure].mean())) >= TARGET:
            width = float(candidate)
            break
    return Figures(
        intercept,
        slope,
        round(threshold, 2),
        round(threshold - width, 2),
        round(threshold + width, 2),
    )


def score(answers: Answers) -> dict[str, Scores]:
    """Measure `choose` by folds by question: figures of a set, and of all sets together."""
    fold = folds(answers.questions)
    probability = np.empty(len(fold))
    accepted = np.empty(len(fold), bool)
    reviewed = np.empty(len(fold), bool)
    for number in np.unique(fold):
        held = fold == number
        figures = choose(answers.of(~held))
        probability[held] = figures.probability(answers.similarity[held])
        accepted[held] = (probability[held] >= figures.threshold) & ~answers.refused[held]
        reviewed[held] = (
            (probability[held] > figures.review_below)
            & (probability[held] < figures.review_above)
            & ~answers.refused[held]
        )
    right = accepted == answers.correct
    everything = np.ones(len(fold), bool)
    which = {str(name): answers.sets == name for name in np.unique(answers.sets)}
    return {
        name: Scores(
            answers=int(of.sum()),
            accuracy=_round(right[of].mean()),
            macro_f1=_round(macro_f1(answers.correct[of], accepted[of])),
            calibration_error=_round(calibration_error(probability[of], answers.correct[of])),
            reviewed=_round(reviewed[of].mean()),
            accuracy_unreviewed=_round(right[of & ~reviewed].mean()),
            correct_refused=_round(answers.refused[of & answers.correct].mean()),
        )
        for name, of in (which | {"all": everything}).items()
    }


def calibrate(folder: Path, encoder: Encodes) -> Calibration:
    """Read the sets of a folder and return the figures and their scores. Raises OperatorError."""
    paths = sorted(folder.glob("*_train.jsonl.gz"))
    if not paths:
        raise OperatorError(f"There is no *_train.jsonl.gz in {folder}.")
    rows = {path.name.removesuffix("_train.jsonl.gz"): read_rows(path) for path in paths}
    answers = measure(rows, encoder)
    figures = choose(answers)
    of_correct = answers.similarity[answers.correct]
    return Calibration(
        intercept=round(figures.intercept, 4),
        slope=round(figures.slope, 4),
        threshold=figures.threshold,
        review_below=figures.review_below,
        review_above=figures.review_above,
        zero=_round(np.quantile(of_correct, SCORE_FROM)),
        full=_round(np.quantile(of_correct, SCORE_TO)),
        model_sha256=SHA256,
        measured=(
            f"two-way (correct or not), {FOLDS} folds by question, seed {SEED}: all figures "
            "chosen on four folds and measured on the fifth; training splits only"
        ),
        scores=score(answers),
        sources=tuple(
            Source(
                file=path.name,
                sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                answers=len(of),
                questions=len({row["question_id"] for row in of}),
            )
            for path, of in zip(paths, rows.values(), strict=True)
        ),
    )


def macro_f1(truth: Labels, said: Labels) -> float:
    """Return the mean of the F1 of `correct` and of `not correct`."""
    ones = [
        2
        * np.count_nonzero((truth == value) & (said == value))
        / max(1, np.count_nonzero(truth == value) + np.count_nonzero(said == value))
        for value in (False, True)
    ]
    return float(np.mean(ones))


def calibration_error(probability: Floats, truth: Labels, bins: int = 10) -> float:
    """Return the expected calibration error: how far probabilities are from frequencies."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [
        abs(truth[place == number].mean() - probability[place == number].mean())
        * np.count_nonzero(place == number)
        for number in np.unique(place)
    ]
    return float(sum(gaps) / len(truth))


def _logistic(similarity: Floats, correct: Labels, weights: Floats) -> tuple[float, float]:
    inputs = np.column_stack([np.ones_like(similarity), similarity])
    found = np.zeros(2)
    for _ in range(50):
        probability = 1 / (1 + np.exp(-inputs @ found))
        slope = inputs.T @ (weights * (probability - correct))
        curve = (inputs * (weights * probability * (1 - probability))[:, None]).T @ inputs
        step = np.linalg.solve(curve + 1e-6 * np.eye(2), slope)
        found -= step
        if np.abs(step).max() < 1e-9:
            break
    return float(found[0]), float(found[1])


def _over_sets(answers: Answers, figure: Callable[[Labels], float]) -> float:
    return float(np.mean([figure(answers.sets == name) for name in np.unique(answers.sets)]))


def _round(value: float | np.floating[Any]) -> float:
    return round(float(value), 4)


def main(arguments: Sequence[str]) -> int:
    """Calibrate on the folder that is named and write calibration.json; takes about a minute."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m bot.grading.calibrate FOLDER\n")
        return 2
    folder = find_folder("")
    check_weights(folder, published=True)
    found = calibrate(Path(arguments[0]), Encoder(folder, threads=2, batch=64))
    PATH.write_text(found.model_dump_json(indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(found.model_dump_json(indent=2) + "\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OperatorError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
