"""Fit what turns pairs into grades (`bot.grading.combine.Rule`) on questions that were held out.

Heads are multinomial logistic regressions that are drawn towards the best reference's own
probabilities; how strongly is chosen on folds by question, and so is all that `measured` says.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch

from bot.grading.combine import CORRECT, HEADS, Head, Rule, Weights, strongest, unfitted
from bot.grading.metrics import Floats, Labels, calibration_error, macro_f1_of
from bot.grading.training.cases import Case

FOLDS = 5
STRENGTHS = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
"""Of the pull towards the unfitted head, per weight and unit of mean loss."""
TARGET = 0.9
"""Accuracy wanted of the grades that nobody reviews."""
MOST = 0.4
"""Share of the texts that may be reviewed: where TARGET would take more, the band ends there."""
OVERRULED = 0.02
"""Share of the right texts that a sure contradiction may overrule."""
FEWEST_QUESTIONS = 4

Measured = dict[str, dict[str, float]]
_Truth = npt.NDArray[np.bool_]


def fit(cases: Sequence[Case]) -> tuple[Rule, Measured]:
    """Return the rule, and what it reaches on questions that it was not fitted on (folds).

    By head: texts, accuracy and macro-F1 of correct or not, calibration error, the share that would
    be reviewed, and the accuracy of the rest. Texts that were made count in the fit, by their
    weight, and not in these figures. A head with too few questions stays as it is.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # such small sums take far longer on several
    try:
        return _fitted(cases)
    finally:
        torch.set_num_threads(threads)


def _fitted(cases: Sequence[Case]) -> tuple[Rule, Measured]:
    rule, measured = Rule(), Measured()
    for name in HEADS.values():
        of_head = [one for one in cases if one.head == name]
        if _fits(of_head):
            head, measured[name] = _fit(of_head, getattr(rule, name), strict=name != "plain")
            rule = replace(rule, **{name: head})
    right = [one for one in cases if one.label == CORRECT and one.weight == 1]
    if right:
        line = np.quantile([strongest(one.features) for one in right], 1 - OVERRULED)
        rule = replace(rule, contradicted=round(float(np.clip(line, 0.5, 0.999)), 4))
    points = np.array([point for one in cases for point in one.points], float).reshape(-1, 2)
    if len(np.unique(points[:, 1])) == 2:
        slope, intercept = _platt(points[:, 0], points[:, 1])
        rule = replace(rule, point_slope=slope, point_intercept=intercept)
    return rule, measured


def _fits(cases: Sequence[Case]) -> bool:
    written = [one for one in cases if one.weight == 1]
    truth = {one.label == CORRECT for one in written}
    return len({one.group for one in written}) >= FEWEST_QUESTIONS and len(truth) == 2


def _fit(cases: Sequence[Case], start: Head, *, strict: bool) -> tuple[Head, dict[str, float]]:
    features = np.array([one.features for one in cases], float)
    labels = np.array([one.label for one in cases], np.int64)
    weights = np.array([one.weight for one in cases], float)
    folds = _folds([one.group for one in cases], [one.group for one in cases if one.weight == 1])

    def held_out(strength: float) -> Floats:
        chance = np.zeros((len(cases), 3))
        for number in np.unique(folds):
            held = folds == number
            head = replace(
                start, weights=_regress(features[~held], labels[~held], weights[~held], strength)
            )
            chance[held] = head.probabilities(features[held].astype(np.float32))
        return chance

    tried = {strength: held_out(strength) for strength in STRENGTHS}
    best = min(STRENGTHS, key=lambda strength: _loss(tried[strength], labels, weights))
    whole = weights == 1
    chance, truth = tried[best][whole, CORRECT], labels[whole] == CORRECT
    head = replace(start, weights=_regress(features, labels, weights, best))
    head = _lines(head, chance, truth, strict=strict)
    measured = _measured(start, chance, truth, folds[whole], strict=strict)
    return head, measured | {"strength": best}


def _measured(
    start: Head, chance: Floats, truth: _Truth, folds: Labels, *, strict: bool
) -> dict[str, float]:
    """The lines, too, are drawn without the questions that they are measured on."""
    accepted, sure = np.zeros(len(truth), bool), np.zeros(len(truth), bool)
    for number in np.unique(folds):
        held = folds == number
        found = _lines(start, chance[~held], truth[~held], strict=strict)
        accepted[held] = chance[held] >= found.accept
        sure[held] = (chance[held] <= found.review_below) | (chance[held] >= found.review_above)
    right: _Truth = accepted == truth
    measured = {
        "texts": float(len(truth)),
        "accuracy": float(right.mean()),
        "macro_f1": macro_f1_of(truth.astype(int), accepted.astype(int)),
        "correct_accepted": float(accepted[truth].mean()),
        "others_accepted": float(accepted[~truth].mean()),
        "calibration_error": calibration_error(chance, truth),
        "reviewed": float(1 - sure.mean()),
        "accuracy_unreviewed": float(right[sure].mean()) if sure.any() else 0.0,
    }
    return {name: round(value, 4) for name, value in measured.items()}


def _lines(head: Head, chance: Floats, truth: _Truth, *, strict: bool) -> Head:
    """Return the head with the threshold of acceptance and the band of doubt for these texts.

    Many thresholds are as good as the best within noise. The middle one is taken, which suits sets
    that differ; or, `strict`, the highest: with key points members are graded, who appeal against a
    right text's refusal, while nobody looks at a wrong one that was accepted.
    """
    places = np.arange(0.3, 0.701, 0.01)
    scores = [macro_f1_of(truth.astype(int), (chance >= place).astype(int)) for place in places]
    good = places[np.array(scores) >= max(scores) - 0.005]
    accept = float(good[-1] if strict else good[np.argmin(np.abs(good - np.median(good)))])
    right = (chance >= accept) == truth
    width = 0.0
    for candidate in np.arange(0.0, 0.5, 0.01):
        sure = np.abs(chance - accept) >= candidate
        if sure.mean() < 1 - MOST:
            break
        width = float(candidate)
        if right[sure].mean() >= TARGET:
            break
    return replace(
        head,
        accept=round(accept, 3),
        review_below=round(max(0.0, accept - width), 3),
        review_above=round(min(1.0, accept + width), 3),
    )


def _folds(groups: Sequence[str], written: Sequence[str]) -> Labels:
    """Return each text's fold; questions that have written texts are dealt out evenly."""
    names = sorted(set(written)) + sorted(set(groups) - set(written))
    order = np.random.default_rng(0).permutation(len(set(written)))
    places = [*order, *range(len(order), len(names))]
    fold = {names[index]: place % FOLDS for place, index in enumerate(places)}
    return np.array([fold[group] for group in groups], np.int64)


def _loss(chance: Floats, labels: Labels, weights: Floats) -> float:
    right = chance[np.arange(len(labels)), np.maximum(labels, 0)]
    likely = np.where(labels >= 0, right, 1 - chance[:, CORRECT])
    return float(-(weights * np.log(np.clip(likely, 1e-6, 1))).sum() / weights.sum())


def _regress(features: Floats, labels: Labels, weights: Floats, strength: float) -> Weights:
    """Return the weights of the regression. A label of -1 is 'not correct, nobody said which'."""
    start = torch.tensor(unfitted(features.shape[1]), dtype=torch.float64)
    table = start.clone().requires_grad_()
    inputs = torch.tensor(np.insert(features, 0, 1.0, axis=1))
    allowed = torch.zeros((len(labels), 3), dtype=torch.bool)
    for number in range(3):
        allowed[:, number] = torch.from_numpy((labels == number) | ((labels < 0) & (number > 0)))
    given = torch.tensor(weights)[:, None] / float(weights.sum())
    optimiser = torch.optim.LBFGS([table], max_iter=300, line_search_fn="strong_wolfe")

    @torch.no_grad()
    def closure() -> float:
        # The gradient is written out: for tables as small as these, autograd takes twice as long.
        logs = torch.log_softmax(inputs @ table.T, dim=1)
        of_allowed = logs.masked_fill(~allowed, -torch.inf)
        likely = torch.logsumexp(of_allowed, dim=1, keepdim=True)
        apart = logs.exp() - (of_allowed - likely).exp()
        pull = table - start
        table.grad = (given * apart).T @ inputs + 2 * strength * pull
        return float(-(given * likely).sum() + strength * pull.square().sum())

    optimiser.step(closure)
    found: npt.NDArray[np.float64] = table.detach().numpy()
    return tuple(tuple(round(float(value), 5) for value in row) for row in found)


def _platt(log_odds: Floats, covered: Floats) -> tuple[float, float]:
    """Return slope and intercept of the probability that a key point is covered.

    Targets are smoothed as in Platt 1999, section 2.2, so that points which can be told apart
    without a mistake do not make it endlessly sure.
    """
    table = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    yes, no = covered.sum(), (1 - covered).sum()
    smoothed = covered * (yes + 1) / (yes + 2) + (1 - covered) / (no + 2)
    inputs, truth = torch.tensor(log_odds), torch.tensor(smoothed)
    optimiser = torch.optim.LBFGS([table], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> float:
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            table[0] * inputs + table[1], truth
        )
        loss.backward()
        return float(loss.detach())

    optimiser.step(closure)
    slope, intercept = (round(float(value), 4) for value in table.detach())
    return slope, intercept
