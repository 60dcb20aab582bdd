"""All generators by name, and the two calls that training makes."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.grading.training.pairs import Pair
from bot.grading.training.perturb import assembly, meaning, negation, surface

CORRECT = frozenset({"correct"})
WRONG = frozenset({"incorrect", "contradictory"})
ANY = CORRECT | WRONG

Maker = Callable[[Pair, Sequence[Pair], random.Random], "str | Pair | None"]


@dataclass(frozen=True)
class Generator:
    """Makes one pair of another. `takes`: the labels it makes something of; `gives`: the label of
    what it makes, None for the label that came in.

    """

    name: str
    make: Maker
    takes: frozenset[str]
    gives: str | None

    def __call__(self, pair: Pair, neighbours: Sequence[Pair], rng: random.Random) -> Pair | None:
        """Return the new pair, None where it is not sure of itself; never an unchanged text. Only
        `other_answer` reads the neighbours, which are right answers to other questions.
        """
        if pair.label not in self.takes or not pair.answer.strip():
            return None
        made = self.make(pair, neighbours, rng)
        if isinstance(made, str):
            made = replace(pair, answer=made)
        if made is None or not made.answer.strip() or _same(made, pair):
            return None
        label = self.gives or pair.label
        return replace(made, label=label, source=f"{pair.source}+{self.name}")


def _same(made: Pair, pair: Pair) -> bool:
    return (made.answer, made.reference) == (pair.answer, pair.reference)


def _of_text(rewrite: Callable[[str, random.Random], str | None]) -> Maker:
    return lambda pair, _, rng: rewrite(pair.answer, rng)


def _of_pair(rewrite: Callable[[Pair, random.Random], str | None]) -> Maker:
    return lambda pair, _, rng: rewrite(pair, rng)


def _table(*found: Generator) -> dict[str, Generator]:
    return {generator.name: generator for generator in found}


NEGATIVES = _table(
    Generator("negate", _of_pair(negation.negate_point), CORRECT, "contradictory"),
    Generator("affirm", _of_text(negation.affirm), CORRECT, "contradictory"),
    Generator("deny", _of_text(negation.deny), CORRECT, "contradictory"),
    Generator("flip_answer", _of_pair(negation.flip_answer), CORRECT, "contradictory"),
    Generator("contradict_after", _of_pair(negation.contradict_after), CORRECT, "contradictory"),
    Generator("hedge", _of_pair(negation.hedge), CORRECT, "incorrect"),
    Generator("antonym", _of_text(meaning.antonym), CORRECT, "contradictory"),
    Generator("number", _of_text(meaning.number), CORRECT, "contradictory"),
    Generator("swap", _of_text(meaning.swap_around), CORRECT, "contradictory"),
    Generator("other_answer", assembly.other_answer, ANY, "incorrect"),
    Generator("echo", _of_pair(assembly.echo), ANY, "incorrect"),
    Generator("keyword_list", _of_pair(assembly.keyword_list), ANY, "incorrect"),
    Generator("shuffle", _of_pair(assembly.shuffle), ANY, "incorrect"),
    Generator("shuffle_reference", _of_pair(assembly.shuffle_reference), ANY, "incorrect"),
    Generator("without_key_words", _of_pair(assembly.without_key_words), CORRECT, "incorrect"),
    Generator("cut_off", _of_pair(assembly.cut_off), CORRECT, "incorrect"),
    Generator("evasion", _of_pair(assembly.evasion), ANY, "incorrect"),
    Generator("off_topic", _of_pair(assembly.off_topic), ANY, "incorrect"),
    Generator("padded_off_topic", _of_pair(assembly.padded_off_topic), WRONG, None),
    Generator("dressed_up", _of_pair(assembly.dressed_up), WRONG, None),
    Generator("injection", _of_pair(assembly.injection), WRONG, None),
    Generator("injection_alone", _of_pair(assembly.injection_alone), ANY, "incorrect"),
)

POSITIVES = _table(
    Generator("denied_negation", _of_text(negation.denied_negation), CORRECT, None),
    Generator("typos", _of_text(surface.typos), ANY, None),
    Generator("casing", _of_text(surface.casing), ANY, None),
    Generator("unpunctuated", _of_text(surface.unpunctuated), ANY, None),
    Generator("unended", _of_text(surface.unended), ANY, None),
    Generator("markdown", _of_text(surface.markdown), ANY, None),
    Generator("spelling", _of_text(surface.spelling), ANY, None),
)
"""They keep the label, whichever it is: a typo must not be a sign of a right answer either."""

GENERATORS: dict[str, Generator] = {**NEGATIVES, **POSITIVES}


def negatives(pair: Pair, neighbours: Sequence[Pair], rng: random.Random) -> list[Pair]:
    """Return what each negative generator makes of a pair, where it makes something, in the order
    of the table; texts that came out twice come once. Callers draw a few of them.

    `neighbours` are answers to other questions of the same fold, so that no fold sees another's.
    """
    return _all(NEGATIVES, pair, neighbours, rng)


def positives(pair: Pair, rng: random.Random) -> list[Pair]:
    """Return what each positive generator makes of a pair, as `negatives` does."""
    return _all(POSITIVES, pair, (), rng)


def _all(
    table: dict[str, Generator], pair: Pair, neighbours: Sequence[Pair], rng: random.Random
) -> list[Pair]:
    made: dict[tuple[str, str], Pair] = {}
    for generator in table.values():
        new = generator(pair, neighbours, rng)
        if new is not None:
            made.setdefault((new.reference, new.answer), new)
    return list(made.values())


def of_reference(pair: Pair) -> Pair:
    """Return the pair of a reference with itself as a right answer, to be perturbed."""
    return replace(pair, answer=pair.reference, label="correct", source=f"{pair.source}+reference")
