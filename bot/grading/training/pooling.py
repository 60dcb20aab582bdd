"""Scores over folds: each run's answers to the questions that it never saw, put together."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import OperatorError
from bot.grading.combine import Rule
from bot.grading.pair import LABELS
from bot.grading.training.cases import Case, as_row, of_row
from bot.grading.training.fitting import Measured, fit
from bot.grading.training.scoring import Scores, of_sets

HELD = "held.jsonl"


def write_held(folder: Path, cases: Sequence[Case]) -> None:
    """Write what a run's model says of held-out texts: a line each, no texts."""
    lines = [json.dumps(as_row(case)) for case in cases]
    (folder / HELD).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def pool(folders: Sequence[Path]) -> tuple[Scores, Rule, Measured]:
    """Return the scores by set, of texts read beside their references alone, and the rule fitted
    over all these runs' held-out texts.

    Raises OperatorError where a question was held out by two runs: those are no folds.
    """
    cases: list[Case] = []
    seen: set[str] = set()
    for folder in folders:
        lines = (folder / HELD).read_text(encoding="utf-8").splitlines()
        new = [of_row(json.loads(line)) for line in lines]
        groups = {case.group for case in new}
        if groups & seen:
            raise OperatorError(f"{folder} holds out questions that another run held out too.")
        seen |= groups
        cases += new
    written: list[Any] = [case for case in cases if case.head == "plain" and case.weight in {0, 1}]
    logits = np.array([case.features[: len(LABELS)] for case in written], np.float32)
    scores = of_sets(
        np.array([case.source for case in written]),
        np.array([case.group for case in written]),
        np.array([case.label for case in written], np.int64),
        logits,
    )
    return scores, *fit(cases)
