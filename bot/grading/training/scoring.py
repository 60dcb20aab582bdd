"""Scores on questions that were held out of training, and a few quick attacks on them.

This watches a run; judging a model is `bot.grading.evaluation`'s, on other data and other attacks.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.grading.combine import Floats, softmax
from bot.grading.metrics import Labels, macro_f1_of
from bot.grading.pair import LABELS, Logits, PairModel
from bot.grading.tokens import Triple
from bot.grading.training import perturb
from bot.grading.training.data import NOT_CORRECT, Answer, Asked
from bot.grading.training.pairs import Pair

_NUMBERS = {label: number for number, label in enumerate(LABELS)} | {NOT_CORRECT: -1}

Scores = dict[str, dict[str, float]]
Names = npt.NDArray[np.str_]


def rows(asked: Sequence[Asked]) -> list[tuple[Asked, Answer]]:
    """Return the answers of questions that have references, with their questions."""
    return [(one, answer) for one in asked if one.references for answer in one.answers]


def best_logits(model: PairModel, texts: Sequence[tuple[Asked, str]]) -> Logits:
    """Return each text's logits against the reference that makes it most correct."""
    triples = [
        Triple(one.question, reference, text) for one, text in texts for reference in one.references
    ]
    found = model.predict(triples)
    best: list[Any] = []
    start = 0
    for one, _ in texts:
        part = found[start : start + len(one.references)]
        start += len(one.references)
        best.append(part[softmax(part)[:, 0].argmax()])
    return np.array(best, np.float32).reshape(len(texts), len(LABELS))


def numbers(answers: Sequence[tuple[Asked, Answer]]) -> Labels:
    """Return labels as places in `LABELS`, -1 for two-way labels that are not correct."""
    return np.array([_NUMBERS[answer.label] for _, answer in answers], np.int64)


def score(model: PairModel, held: Sequence[Asked]) -> Scores:
    """Return scores by set, before any rule is fitted.

    By set: answers, questions, three-way and two-way macro-F1 and accuracy. `accepted` holds, by
    generator of `perturb`, the share of what it makes of references that is called correct; and of
    references in full and in lower case. The training's own generators: a watch, not a judgement.
    """
    answers = rows(held)
    logits = best_logits(model, [(one, answer.text) for one, answer in answers])
    sets = np.array([one.source for one, _ in answers])
    groups = np.array([one.group for one, _ in answers])
    found = of_sets(sets, groups, numbers(answers), logits)
    found["accepted"] = perturbed(model, held)
    return found


def of_sets(sets: Names, groups: Names, truth: Labels, logits: Logits) -> Scores:
    """Return the scores of each set: labels are places in `LABELS` or -1, logits uncalibrated, and
    a text is accepted when it is more likely correct than not.
    """
    chance = softmax(logits)
    said, accepted = chance.argmax(axis=1), chance[:, 0] >= 0.5
    return {
        str(name): _of_set(truth[sets == name], said[sets == name], accepted[sets == name])
        | {"questions": float(len(np.unique(groups[sets == name])))}
        for name in np.unique(sets)
    }


def score_pairs(model: PairModel, pairs: Sequence[Pair]) -> dict[str, float]:
    """Return the accuracy on pairs by source: the label, or of two-way labels correct or not."""
    logits = model.predict([Triple(one.question, one.reference, one.answer) for one in pairs])
    said = softmax(logits).argmax(axis=1)
    truth = np.array([_NUMBERS[one.label] for one in pairs])
    right = (said == truth) | ((truth < 0) & (said != 0))
    names = np.array([one.source for one in pairs])
    found = {str(name): round(float(right[names == name].mean()), 4) for name in np.unique(names)}
    return {"all": round(float(right.mean()), 4)} | found


def perturbed(model: PairModel, held: Sequence[Asked]) -> dict[str, float]:
    """Return the share of texts with a chance of correct of one half or more, by generator."""
    rng = Random(0)  # noqa: S311 - no secret hangs on it
    kinds: dict[str, list[tuple[Asked, str]]] = {}
    asked = [one for one in held if one.references]
    for place, one in enumerate(asked):
        reference = one.references[0]
        others = asked[(place + 1) % len(asked)].references
        pair = Pair(one.question, reference, reference, "correct", 1.0, one.group, one.source)
        kinds.setdefault("reference", []).append((one, reference))
        kinds.setdefault("lower_case", []).append((one, reference.lower().replace(".", "")))
        for name, generator in perturb.GENERATORS.items():
            made = generator(pair, others, rng)
            # What turns the reference itself over is no attack on this reference.
            if made is not None and made.reference == reference:
                kinds.setdefault(name, []).append((one, made.answer))
    texts = [text for of in kinds.values() for text in of]
    accepted = _chance(best_logits(model, texts)) >= 0.5
    found: dict[str, float] = {}
    start = 0
    for kind, of in kinds.items():
        found[kind] = round(float(accepted[start : start + len(of)].mean()), 4)
        start += len(of)
    return found


def _chance(logits: Logits) -> Floats:
    return softmax(logits)[:, 0]


def _of_set(truth: Labels, said: Labels, accepted: Any) -> dict[str, float]:
    correct = truth == 0
    found = {
        "answers": float(len(truth)),
        "two_way_macro_f1": macro_f1_of(correct.astype(int), accepted.astype(int)),
        "two_way_accuracy": float((correct == accepted).mean()),
        "correct_accepted": float(accepted[correct].mean()) if correct.any() else 0.0,
        "others_accepted": float(accepted[~correct].mean()) if (~correct).any() else 0.0,
    }
    if (truth >= 0).all():
        found["three_way_macro_f1"] = macro_f1_of(truth, said)
        found["three_way_accuracy"] = float((truth == said).mean())
    return {name: round(value, 4) for name, value in found.items()}
