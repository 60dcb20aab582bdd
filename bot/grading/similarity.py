"""The preliminary grader: how much of the reference's meaning a text shares, beyond the question's.

Text, question, references and key points become vectors (`Encoder`). What question and text have in
common says nothing about the text, so the question's direction is taken out of all of them; the
cosine of what remains is the similarity. The highest one with any reference or key point decides
(a short right answer is close to one key point and far from a long reference), and each key point
gets the highest one with any sentence of the text.

What it cannot do, because a similarity cannot:
- tell contradictory from incorrect: a negated reference is close to the reference. It never says
  contradictory, and it accepts most texts that negate or swap what they got right.
- see the order of words: shuffled words of a right text are accepted.
- reason: a wrong claim in the reference's words may pass, a right one in quite other words may not.
The fine-tuned grader takes its place behind the same interface.
"""

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from bot.domain.question import Verdict
from bot.grading import calibration, checks
from bot.grading.calibration import Calibration
from bot.grading.clean import clean
from bot.grading.encoder import Encoder, Vectors, check_weights, find_folder
from bot.grading.grade import Grade, KeyPoint, KeyPointState, Submission
from bot.settings import GraderSettings

NAME = "all-MiniLM-L6-v2 similarity (preliminary)"
LONGEST = 4000
"""Characters of a text that are read; members' texts are limited more tightly before."""
SENTENCES = 24
"""Sentences of a text that are compared with the key points one by one."""
REMEMBERED = 1000
"""Vectors of questions, references and key points that are kept, since a round asks for the same
ones with every explanation: 1.5 MB.
"""
SHORTEST_REST = 0.15
"""A rest shorter than this, after the question was taken out, is not stretched to unit length:
it is noise, and a text that only echoes the question has nothing else.
"""

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")


class Encodes(Protocol):
    """What the grader needs of an encoder."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return how many word pieces the text has."""
        ...


def load(settings: GraderSettings) -> "SimilarityGrader":
    """Load the weights and thresholds. Takes seconds. Raises OperatorError."""
    folder = find_folder(settings.model)
    digest = check_weights(folder, published=not settings.model)
    figures = calibration.read()
    encoder = Encoder(folder, threads=settings.threads, batch=settings.batch)
    name = NAME if digest == figures.model_sha256 else f"{folder.name} similarity (preliminary)"
    return SimilarityGrader(encoder, figures, name)


class SimilarityGrader:
    """See the module. Used by one thread at a time."""

    def __init__(self, encoder: Encodes, figures: Calibration, name: str = NAME) -> None:
        self._encoder = encoder
        self._figures = figures
        self._name = name
        self._remembered: dict[str, Vectors] = {}

    @property
    def name(self) -> str:
        """Name of the model, for the record."""
        return self._name

    def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
        """Return one grade for each submission; all texts go through the encoder together."""
        answers = [clean(submission.answer, LONGEST) for submission in submissions]
        parts = [sentences(answer) for answer in answers]
        held_against = [
            (submission.question, *submission.references, *submission.key_points)
            for submission in submissions
        ]
        vectors = self._encode(held_against, parts)
        grades: list[Grade] = []
        for submission, answer, own, others in zip(
            submissions, answers, parts, held_against, strict=True
        ):
            flags = checks.flags(
                answer, submission.question, submission.references, self._encoder.count_tokens
            )
            similarity = np.full((1, len(others) - 1), -1.0, np.float32)
            if own:
                similarity = similarities(
                    np.stack([vectors[text] for text in own]),
                    np.stack([vectors[text] for text in others[1:]]),
                    vectors[submission.question],
                )
            grades.append(self._grade_one(submission, flags, similarity))
        return grades

    def _encode(
        self, held_against: Sequence[Sequence[str]], parts: Sequence[Sequence[str]]
    ) -> dict[str, Vectors]:
        """Return the vector of every text that is needed; members' texts are not remembered."""
        wanted = dict.fromkeys(
            text
            for others, own in zip(held_against, parts, strict=True)
            if own
            for text in (*others, *own)
        )
        new = [text for text in wanted if text not in self._remembered]
        vectors = self._remembered | dict(zip(new, self._encoder.encode(new), strict=True))
        if len(self._remembered) > REMEMBERED:
            self._remembered.clear()
        for others in held_against:
            self._remembered |= {text: vectors[text] for text in others if text in vectors}
        return vectors

    def _grade_one(
        self, submission: Submission, flags: tuple[str, ...], similarity: Vectors
    ) -> Grade:
        figures = self._figures
        refused = not checks.REFUSING.isdisjoint(flags)
        best = float(similarity[0].max())  # row 0: the text as a whole
        probability = figures.probability(best)
        points = tuple(
            self._key_point(text, float(similarity[:, len(submission.references) + index].max()))
            for index, text in enumerate(submission.key_points)
        )
        if refused:
            points = tuple(KeyPoint(point.text, KeyPointState.MISSING, 0.0) for point in points)
        correct = not refused and probability >= figures.threshold
        score = figures.score(best)
        if points:
            covered = sum(point.state is KeyPointState.COVERED for point in points)
            score = (score + covered / len(points)) / 2
        return Grade(
            label=Verdict.CORRECT if correct else Verdict.INCORRECT,
            score=0.0 if refused else score,
            confidence=probability if correct else 1 - probability,
            needs_review=not refused and figures.is_unsure(probability),
            flags=flags,
            key_points=points,
            model=self._name,
        )

    def _key_point(self, text: str, similarity: float) -> KeyPoint:
        probability = self._figures.probability(similarity)
        covered = probability >= self._figures.threshold
        state = KeyPointState.COVERED if covered else KeyPointState.MISSING
        return KeyPoint(text, state, probability)


def sentences(answer: str) -> list[str]:
    """Return the text as a whole, then its sentences where it has several; nothing for no text."""
    if not answer:
        return []
    found = [part.strip() for part in _SENTENCE_END.split(answer) if part and part.strip()]
    return [answer, *found[:SENTENCES]] if len(found) > 1 else [answer]


def similarities(texts: Vectors, wanted: Vectors, question: Vectors) -> Vectors:
    """Return the cosines of what remains of unit vectors without the question's direction.

    `texts` (n, d), `wanted` (m, d) and `question` (d,) are unit vectors; the result is (n, m).
    """
    return _without(texts, question) @ _without(wanted, question).T


def _without(vectors: Vectors, direction: Vectors) -> Vectors:
    rest = vectors - np.outer(vectors @ direction, direction)
    lengths = np.linalg.norm(rest, axis=1, keepdims=True)
    return rest / np.maximum(lengths, SHORTEST_REST)
