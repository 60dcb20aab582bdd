"""What a run reads: questions and pairs for training, and what is held out of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from random import Random

from bot.grading.training import data, folds, habits, perturb, sources
from bot.grading.training.config import Config
from bot.grading.training.pairs import Pair

ENTAILMENT_HELD = 50
"""One premise in so many is held out of the entailment pairs."""
BANK = "bank"
CLEAN = ("snli", "mnli")
"""Entailment sets whose sentences are changed into further pairs."""


@dataclass
class Material:
    """What was read, and what of it is held out."""

    trained: dict[str, list[data.Asked]] = field(default_factory=dict[str, list[data.Asked]])
    held: list[data.Asked] = field(default_factory=list[data.Asked])
    pairs: dict[str, list[Pair]] = field(default_factory=dict[str, list[Pair]])
    held_pairs: list[Pair] = field(default_factory=list[Pair])
    hashes: dict[str, str] = field(default_factory=dict[str, str])
    """SHA-256 by file."""
    habits: float | None = None
    """How well the banks' right answers are told from wrong ones by their writing (`habits`). In
    published sets, written by those who were asked, habits are a part of what is to be judged.
    """


def read(config: Config, held: Collection[str] | None = None) -> Material:
    """Read all data of a run and hold out its fold; or the questions `held` that an earlier part of
    the run held out, so that a question that was added since moves no other one.
    """
    found = Material()
    asked = [one for path in config.data.graded for one in data.read_any(path, found.hashes)]
    bank = [one for path in config.data.banks for one in data.read_any(path, found.hashes)]
    if held is None:
        places = folds.assign((one.group for one in asked), config.folds, config.seed)
        places |= folds.assign((one.group for one in bank), config.bank_folds, config.seed)
        held = {group for group, place in places.items() if place == config.held}
    for one in [*asked, *bank]:
        if one.group in held:
            found.held.append(one)
        else:
            found.trained.setdefault(one.source, []).append(one)
    if BANK in found.trained:
        found.trained[BANK] = habits.marked(found.trained[BANK], config.seed)
        found.habits = habits.told(found.trained[BANK])
    for path in config.data.references:
        found.hashes[str(path)] = data.digest(path)
        found.trained.setdefault("references", []).extend(data.read_references(path))
    if config.data.entailment is not None:
        for path in sorted(config.data.entailment.glob("*.jsonl.gz")):
            found.hashes[str(path)] = data.digest(path)
            name = path.name.removesuffix(".jsonl.gz")
            for one in data.read_entailment(path):
                if folds.is_held(one.group, ENTAILMENT_HELD):
                    found.held_pairs.append(one)
                else:
                    found.pairs.setdefault(name, []).append(one)
    return found


def sources_of(material: Material) -> dict[str, sources.Source]:
    """Return every source that the material makes, by the names of `sources.py`."""
    found: dict[str, sources.Source] = {}
    for name, pairs in material.pairs.items():
        found[f"nli/{name}"] = sources.Fixed(pairs)
    clean = [one for name in CLEAN for one in material.pairs.get(name, [])]
    if clean:
        found["hard/nli"] = sources.ChangedPairs(clean, _negatives, sources.WRONG_IN_HARD)
        found["easy/nli"] = sources.ChangedPairs(clean, _positives, sources.WRONG_IN_EASY)
    for name, asked in material.trained.items():
        found[f"graded/{name}"] = sources.GradedAnswers(asked)
        found[f"peer/{name}"] = sources.Peers(asked)
        found[f"points/{name}"] = sources.Points(asked)
        found[f"hard/{name}"] = sources.Changed(asked, _negatives, sources.WRONG_IN_HARD)
        found[f"easy/{name}"] = sources.Changed(asked, _positives, sources.WRONG_IN_EASY)
        found[f"other/{name}"] = sources.Others(asked)
        found[f"mistake/{name}"] = sources.Mistakes(asked, _positives)
        found[f"same/{name}"] = sources.Same(asked, _positives)
    return found


def _negatives(pair: Pair, neighbours: Sequence[str], rng: Random) -> list[Pair]:
    return perturb.negatives(pair, neighbours, rng)


def _positives(pair: Pair, neighbours: Sequence[str], rng: Random) -> list[Pair]:
    del neighbours
    return perturb.positives(pair, rng)
