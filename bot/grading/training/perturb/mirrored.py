"""Pairs whose reference is turned over. A model that knows what is true, or takes a 'not' in the
answer for a contradiction, gets them wrong: only comparing the two texts helps.
"""

import random
from dataclasses import replace

from bot.grading.training.pairs import Pair
from bot.grading.training.perturb import meaning, negation, surface, wording
from bot.grading.training.perturb.text import overlap, sentences, words

_SAME = (
    surface.typos,
    surface.casing,
    surface.unpunctuated,
    surface.unended,
    wording.synonyms,
    wording.contractions,
    wording.framed,
    wording.clause_order,
)


def turned_reference(pair: Pair, rng: random.Random) -> Pair | None:
    """The right answer against the negated reference, which it now contradicts."""
    if overlap(pair.answer, pair.reference) < 0.5:
        return None
    turned = _turned(pair.reference, rng)
    return replace(pair, reference=turned) if turned is not None else None


def turned_both(pair: Pair, rng: random.Random) -> Pair | None:
    """The negated reference against itself in other clothes: they agree, so it is right."""
    turned = _turned(pair.reference, rng)
    if turned is None:
        return None
    same = rng.choice(_SAME)(turned, rng)
    return replace(pair, reference=turned, answer=same) if same and same != turned else None


def _turned(reference: str, rng: random.Random) -> str | None:
    if len(sentences(reference)) != 1 or len(words(reference)) > 25:
        return None
    return rng.choice([negation.negate, negation.negate, negation.affirm, meaning.antonym])(
        reference, rng
    )
