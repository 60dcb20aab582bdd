"""How far a figure can be trusted: intervals from drawing whole questions again.

Answers to one question rise and fall together, so the question is what is drawn, not the answer
(cluster bootstrap: Davison and Hinkley 1997, section 3.8; Field and Welsh 2007).
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

RESAMPLES = 1000
LEVEL = 0.95

Indices = npt.NDArray[np.intp]
Statistic = Callable[[Indices], Sequence[float]]
"""From the chosen answers' places (with repetitions) to the figures, always as many."""


class Figure(BaseModel):
    """A figure with its interval."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def intervals(
    statistic: Statistic,
    clusters: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> list[Figure]:
    """Return the statistic's figures on all answers, each with its percentile interval.

    `clusters` names each answer's question. As many questions as there are get drawn, with
    replacement, `resamples` times. With one question there is nothing to draw: low and high are
    then 0 and 1, which says that nothing is known.
    """
    names, place = np.unique(np.asarray(clusters), return_inverse=True)
    values = statistic(np.arange(len(place)))
    if len(names) < 2:
        return [Figure(value=_short(value), low=0.0, high=1.0) for value in values]
    order: Indices = np.argsort(place, kind="stable")
    ends: list[int] = np.cumsum(np.bincount(place)).tolist()
    members: list[Indices] = [
        order[start:end] for start, end in zip([0, *ends], ends, strict=False)
    ]
    chance = np.random.default_rng(seed)
    drawn: list[Sequence[float]] = []
    for chosen in chance.integers(len(names), size=(resamples, len(names))):
        some: list[Indices] = [members[int(one)] for one in chosen]
        drawn.append(statistic(np.concatenate(some)))
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return [
        Figure(value=_short(value), low=_short(from_), high=_short(to))
        for value, from_, to in zip(values, low, high, strict=True)
    ]


def share(
    held: Sequence[bool], clusters: Sequence[str], *, level: float = LEVEL, seed: int = 0
) -> Figure:
    """Return the share that is true, with its interval.

    Where all are alike, drawing again shows nothing; the interval then is Clopper and Pearson's
    (1934) with questions as trials, which takes answers to one question for one answer: never too
    narrow. Raises ValueError for nothing.
    """
    values = np.asarray(held, float)
    if not len(values):
        raise ValueError("there is no share of nothing")
    questions = len(set(clusters))
    if values.min() == values.max():
        bound = ((1 - level) / 2) ** (1 / questions)
        if values[0]:
            return Figure(value=1.0, low=_short(bound), high=1.0)
        return Figure(value=0.0, low=0.0, high=_short(1 - bound))
    (figure,) = intervals(
        lambda chosen: [float(values[chosen].mean())], clusters, level=level, seed=seed
    )
    return figure


def _short(value: float) -> float:
    return round(float(value), 4)
