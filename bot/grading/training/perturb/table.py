"""All generators by name, and the two calls that training makes."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.grading.training.pairs import Pair
from bot.grading.training.perturb import (
    assembly,
    meaning,
    mirrored,
    negation,
    roles,
    surface,
    wording,
)

CORRECT = frozenset({"correct"})
WRONG = frozenset({"incorrect", "contradictory"})
ANY = CORRECT | WRONG

Maker = Callable[[Pair, Sequence[str], random.Random], "str | Pair | None"]


@dataclass(frozen=True)
class Generator:
    """Makes one pair of another. `takes`: the labels it makes something of; `gives`: the label of
    what it makes, None for the label that came in; `share`: how often it is drawn, in proportion;
    large for those that can make something of few texts.
    """

    name: str
    make: Maker
    takes: frozenset[str]
    gives: str | None
    share: float

    def __call__(self, pair: Pair, neighbours: Sequence[str], rng: random.Random) -> Pair | None:
        """Return the new pair, None where it is not sure of itself; never an unchanged pair. Only
        `other_answer` and `left_open` read the neighbours, right answers to other questions.
        """
        if pair.label not in self.takes or not pair.answer.strip():
            return None
        made = self.make(pair, neighbours, rng)
        if isinstance(made, str):
            made = replace(pair, answer=made)
        if made is None or not made.answer.strip():
            return None
        if (made.answer, made.reference) == (pair.answer, pair.reference):
            return None
        return replace(made, label=self.gives or pair.label, source=f"{pair.source}+{self.name}")


def _of_text(rewrite: Callable[[str, random.Random], str | None]) -> Maker:
    return lambda pair, _, rng: rewrite(pair.answer, rng)


def _of_pair(rewrite: Callable[[Pair, random.Random], str | Pair | None]) -> Maker:
    return lambda pair, _, rng: rewrite(pair, rng)


def _table(*found: Generator) -> dict[str, Generator]:
    return {generator.name: generator for generator in found}


NEGATIVES = _table(
    Generator("negate", _of_pair(negation.negate_point), CORRECT, "contradictory", 4),
    Generator("affirm", _of_text(negation.affirm), CORRECT, "contradictory", 7),
    Generator("deny", _of_text(negation.deny), CORRECT, "contradictory", 1),
    Generator("flip_answer", _of_pair(negation.flip_answer), CORRECT, "contradictory", 4),
    Generator("antonym", _of_pair(meaning.antonym_of_point), CORRECT, "contradictory", 4),
    Generator("number", _of_pair(meaning.number), CORRECT, "contradictory", 12),
    Generator("swap", _of_text(roles.swap), CORRECT, "contradictory", 12),
    Generator("mirrored", _of_pair(mirrored.turned_reference), CORRECT, "contradictory", 1.5),
    Generator("contradict_after", _of_pair(negation.contradict_after), CORRECT, "contradictory", 3),
    Generator("hedge", _of_pair(negation.hedge), CORRECT, "incorrect", 2.5),
    Generator("left_open", assembly.left_open, CORRECT, "incorrect", 2.5),
    Generator("other_answer", assembly.other_answer, ANY, "incorrect", 3),
    Generator("echo", _of_pair(assembly.echo), ANY, "incorrect", 1),
    Generator("keyword_list", _of_pair(assembly.keyword_list), ANY, "incorrect", 1),
    Generator("shuffle", _of_pair(assembly.shuffle), ANY, "incorrect", 1),
    Generator("shuffle_reference", _of_pair(assembly.shuffle_reference), ANY, "incorrect", 0.7),
    Generator("without_key_words", _of_pair(assembly.without_key_words), CORRECT, "incorrect", 1),
    Generator("cut_off", _of_pair(assembly.cut_off), CORRECT, "incorrect", 1),
    Generator("evasion", _of_pair(assembly.evasion), ANY, "incorrect", 0.5),
    Generator("off_topic", _of_pair(assembly.off_topic), ANY, "incorrect", 0.3),
    Generator("injection_alone", _of_pair(assembly.injection_alone), ANY, "incorrect", 0.5),
    Generator("padded_off_topic", _of_pair(assembly.padded_off_topic), WRONG, None, 2),
    Generator("dressed_up", _of_pair(assembly.dressed_up), WRONG, None, 2),
    Generator("injection", _of_pair(assembly.injection), WRONG, None, 2),
)

POSITIVES = _table(
    Generator("typos", _of_text(surface.typos), ANY, None, 2),
    Generator("casing", _of_text(surface.casing), ANY, None, 1),
    Generator("unpunctuated", _of_text(surface.unpunctuated), ANY, None, 1),
    Generator("unended", _of_text(surface.unended), ANY, None, 0.5),
    Generator("markdown", _of_text(surface.markdown), ANY, None, 0.5),
    Generator("spelling", _of_text(surface.spelling), ANY, None, 4),
    Generator("synonyms", _of_text(wording.synonyms), ANY, None, 5),
    Generator("contractions", _of_text(wording.contractions), ANY, None, 1),
    Generator("framed", _of_text(wording.framed), ANY, None, 1.5),
    Generator("padded", _of_pair(wording.padded), ANY, None, 0.7),
    Generator("qualified", _of_text(wording.qualified), ANY, None, 3),
    Generator("filled", _of_pair(wording.filled), ANY, None, 2),
    Generator("sentence_order", _of_text(wording.sentence_order), ANY, None, 8),
    Generator("clause_order", _of_text(wording.clause_order), ANY, None, 8),
    Generator("denied_negation", _of_text(negation.denied_negation), CORRECT, None, 0.5),
    Generator("mirrored_both", _of_pair(mirrored.turned_both), CORRECT, "correct", 1.5),
)
"""Those that take any label keep it: a typo must not be a sign of a right answer either."""

GENERATORS: dict[str, Generator] = {**NEGATIVES, **POSITIVES}


def negatives(
    pair: Pair, neighbours: Sequence[str], rng: random.Random, most: int = 1
) -> list[Pair]:
    """Return up to `most` negatives of a pair, each of another generator, drawn by their shares
    from those that can make one; none where no generator can.

    `neighbours` are right answers to other questions of the same fold, so that no fold sees
    another's. A negative of a correct answer is "contradictory" or "incorrect"; of a wrong one
    there are only those that stay wrong, with tricks around them.
    """
    return _drawn(NEGATIVES, pair, neighbours, rng, most)


def positives(pair: Pair, rng: random.Random, most: int = 1) -> list[Pair]:
    """Return up to `most` pairs that say the same otherwise, with the same label."""
    return _drawn(POSITIVES, pair, (), rng, most)


def _drawn(
    table: dict[str, Generator],
    pair: Pair,
    neighbours: Sequence[str],
    rng: random.Random,
    most: int,
) -> list[Pair]:
    # Sorting by chance ** (1 / share) draws without replacement in proportion to the shares
    # (Efraimidis and Spirakis 2006).
    order = sorted(table.values(), key=lambda one: rng.random() ** (1 / one.share), reverse=True)
    made: list[Pair] = []
    for generator in order:
        if len(made) >= most:
            break
        new = generator(pair, neighbours, rng)
        if new is not None:
            made.append(new)
    return made


def of_reference(pair: Pair) -> Pair:
    """Return the pair of a reference with itself as a right answer, to be perturbed."""
    return replace(pair, answer=pair.reference, label="correct", source=f"{pair.source}+reference")
