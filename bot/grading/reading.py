"""A submission as the model gets it: which pairs it is read in, and what is told of it beside them.

A text is read beside every reference, every key point, and the nearest texts that are known to be
right (wordings) or wrong (mistakes); where it has several sentences, each is read beside the first
reference too, as a contradiction may hide in one. Slips of the keys are put right before. The cheap
checks come first: they can refuse a text or note something about it, never accept one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from bot.grading import checks, surface
from bot.grading.clean import clean, sentences
from bot.grading.combine import CONTRADICTORY, Evidence, Floats
from bot.grading.grade import Submission
from bot.grading.orders import without_orders
from bot.grading.spelling import spelt
from bot.grading.tokens import Triple

LONGEST = 4000
"""Characters of a text that are read; members' texts are limited more tightly before."""
WORDINGS = 2
"""Known wordings, and as many known mistakes, that a text is compared with: those that share most
words with it. Each costs as much time as a reference."""
IMPOSSIBLE = 20.0
"""How far below the least logit one lies that cannot be."""
SENTENCES = 6
"""Sentences of a text that are looked at one by one."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Read:
    """What is read of one submission; `start` is the first of its pairs in the batch."""

    question: str
    references: tuple[str, ...]
    points: tuple[str, ...]
    wordings: tuple[str, ...]
    mistakes: tuple[str, ...]
    answer: str
    sentences: tuple[str, ...]
    written: Mapping[str, str]
    """A sentence as it is read, and as the member wrote it, with its slips of the keys."""
    flags: tuple[str, ...]
    known: float
    turned: bool
    start: int

    @property
    def copied(self) -> bool:
        """Whether it is a reference in which nothing was turned over."""
        return checks.COPIED_REFERENCE in self.flags and not self.turned

    def triples(self) -> list[Triple]:
        """Return the pairs: references, key points, wordings, mistakes, sentences."""
        if not self.answer:
            return []
        held = (*self.references, *self.points, *self.wordings, *self.mistakes)
        return [
            *(Triple(self.question, text, self.answer) for text in held),
            *(Triple(self.question, self.references[0], sentence) for sentence in self.sentences),
        ]

    def evidence(self, logits: Floats) -> Evidence | None:
        """Return what the logits of the batch's pairs, float32 (pairs, 3), say of it; None for a
        text without words.
        """
        if not self.answer:
            return None
        found: dict[str, Floats] = {}
        at = self.start
        for name in ("references", "points", "wordings", "mistakes", "sentences"):
            until = at + len(getattr(self, name))
            found[name] = logits[at:until].copy()
            if self.copied and name != "mistakes":
                # It contradicts nothing; whether it says enough is still the model's to say.
                found[name][:, CONTRADICTORY] = found[name].min(initial=0.0) - IMPOSSIBLE
            at = until
        return Evidence(**found, known=self.known, turned=self.turned)


def read(submission: Submission, start: int, pieces: surface.Pieces) -> Read:
    """Return what the model is to read; `start` is where its pairs begin in the batch."""
    whole = clean(submission.answer, LONGEST)
    explained = without_orders(whole)
    question = _plain(submission.question)
    references, points, wordings, mistakes = (
        tuple(map(_plain, texts))
        for texts in (
            submission.references,
            submission.key_points,
            submission.wordings,
            submission.mistakes,
        )
    )
    right = (*references, *points, *wordings)
    answer = spelt(explained, (question, *right, *mistakes), pieces)
    found = checks.flags(answer, submission.question, submission.references, pieces)
    return Read(
        question=question,
        references=references,
        points=points,
        wordings=nearest(answer, wordings),
        mistakes=nearest(answer, mistakes),
        answer=answer,
        sentences=_several(answer, references),
        written=dict(zip(sentences(answer), sentences(explained), strict=True)),
        flags=found if explained == whole else (*found, checks.INJECTION),
        known=surface.known_share(answer, (question, *right)),
        turned=surface.is_turned(
            sentences(answer), [part for text in right for part in sentences(text)], pieces
        ),
        start=start,
    )


def nearest(answer: str, wordings: tuple[str, ...], count: int = WORDINGS) -> tuple[str, ...]:
    """Return the wordings that share most words with the answer, at most `count`."""
    return tuple(
        sorted(wordings, key=lambda text: fuzz.token_set_ratio(text, answer), reverse=True)[:count]
    )


def _several(answer: str, references: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sentences of a text that has several, but for those that a reference holds word by
    word: taken alone they are shorter than it, and that is no contradiction.
    """
    found = sentences(answer)
    if len(found) < 2:
        return ()
    known = [_words(text) for text in references]
    return tuple(one for one in found if not any(_words(one) in text for text in known))[:SENTENCES]


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.lower()))} "


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return clean(text, LONGEST)
