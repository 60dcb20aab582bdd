"""Averaging of runs: one model whose weights are the mean of several trained from the same base
(model soups, Wortsman et al. 2022, arXiv:2203.05482). Costs nothing when grading.
"""

from collections.abc import Sequence
from pathlib import Path

import torch

from bot.errors import OperatorError
from bot.grading import pair
from bot.grading.combine import Rule
from bot.grading.pair import PairModel


def average(folders: Sequence[Path]) -> PairModel:
    """Return the mean of the saved models, uncalibrated. Raises OperatorError where there are none,
    or their shapes differ.
    """
    if not folders:
        raise OperatorError("There is nothing to average.")
    models = [pair.load(folder) for folder in folders]
    first = models[0]
    total = {name: torch.zeros_like(value) for name, value in first.state_dict().items()}
    for folder, model in zip(folders, models, strict=True):
        state = model.state_dict()
        shapes = {name: value.shape for name, value in state.items()}
        if shapes != {name: value.shape for name, value in total.items()}:
            raise OperatorError(f"{folder} has another shape than {folders[0]}.")
        for name, value in state.items():
            total[name] += value
    first.load_state_dict({name: value / len(models) for name, value in total.items()})
    first.rule, first.measured = Rule(), {}
    first.sha256 = ""
    return first
