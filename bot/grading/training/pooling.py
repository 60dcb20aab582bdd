"""Scores over folds: each run's answers to the questions that it never saw, put together."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import OperatorError
from bot.grading.pair import Fitted, Logits
from bot.grading.training.calibrating import calibrate
from bot.grading.training.data import Answer, Asked
from bot.grading.training.scoring import Scores, numbers, of_sets

HELD = "held.jsonl"


def write_held(folder: Path, answers: Sequence[tuple[Asked, Answer]], logits: Logits) -> None:
    """Write a run's held-out answers: set, question, label, logits; a line each, no texts."""
    lines = [
        json.dumps(
            {
                "set": one.source,
                "group": one.group,
                "label": int(number),
                "logits": [round(float(value), 4) for value in row],
            }
        )
        for (one, _), number, row in zip(answers, numbers(answers), logits, strict=True)
    ]
    (folder / HELD).write_text("\n".join(lines) + "\n", encoding="utf-8")


def pool(folders: Sequence[Path]) -> tuple[Scores, Fitted]:
    """Return the scores by set and the calibration over all these runs' held-out answers.

    Raises OperatorError where a question was held out by two runs: those are no folds.
    """
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    for folder in folders:
        new = [
            json.loads(line) for line in (folder / HELD).read_text(encoding="utf-8").splitlines()
        ]
        groups = {row["group"] for row in new}
        if groups & seen:
            raise OperatorError(f"{folder} holds out questions that another run held out too.")
        seen |= groups
        rows += new
    logits = np.array([row["logits"] for row in rows], np.float32)
    labels = np.array([row["label"] for row in rows], np.int64)
    groups_of = np.array([row["group"] for row in rows])
    sets = np.array([row["set"] for row in rows])
    return of_sets(sets, groups_of, labels, logits), calibrate(logits, labels, groups_of)
