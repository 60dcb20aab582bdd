"""The grader: a fine-tuned pair classifier reads a text beside all that is known to be right.

One batch holds, for every text that waits, its pairs with the references, the key points, the
nearest known wordings, and its sentences where it has several (a contradiction may hide in one of
them). `combine` makes one grade of them. The cheap checks come first: they can refuse a text or
note something about it, and never accept one.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from rapidfuzz import fuzz

from bot.domain.question import Verdict
from bot.errors import OperatorError
from bot.grading import checks, surface
from bot.grading.clean import clean, sentences
from bot.grading.combine import (
    CONTRADICTORY,
    Combined,
    Evidence,
    Floats,
    Rule,
    combine,
    is_contradicted,
    rule_of,
    softmax,
)
from bot.grading.grade import Grade, KeyPoint, KeyPointState, Submission
from bot.grading.orders import without_orders
from bot.settings import GraderSettings

WEIGHTS = Path(__file__).with_name("weights")
"""The fine-tuned model that ships."""
LONGEST = 4000
"""Characters of a text that are read; members' texts are limited more tightly before."""
WORDINGS = 2
"""Known wordings that a text is compared with: those that share most words with it. Each costs as
much time as a reference."""
IMPOSSIBLE = 20.0
"""How far below the least logit one lies that cannot be."""
SENTENCES = 6
"""Sentences of a text that are looked at one by one."""

_WORD = re.compile(r"\w+")

Triple: TypeAlias = tuple[str, str, str]
"""Question, text that is right, member's text."""


class Pairs(Protocol):
    """A pair model, whatever runs it."""

    def predict(self, triples: Sequence[Triple]) -> Floats:
        """Return logits, float32 (triples, 3), in the order of `combine.LABELS`."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return how many word pieces the text has."""
        ...


@dataclass(frozen=True, slots=True)
class _Read:
    """A submission as the model gets it; `start` is the first of its pairs in the batch."""

    question: str
    references: tuple[str, ...]
    points: tuple[str, ...]
    wordings: tuple[str, ...]
    answer: str
    sentences: tuple[str, ...]
    flags: tuple[str, ...]
    known: float
    turned: bool
    start: int

    @property
    def copied(self) -> bool:
        """Whether it is a reference in which nothing was turned over."""
        return checks.COPIED_REFERENCE in self.flags and not self.turned

    def triples(self) -> list[Triple]:
        """Return the pairs: references, key points, wordings, sentences."""
        if not self.answer:
            return []
        held = (*self.references, *self.points, *self.wordings)
        return [
            *((self.question, text, self.answer) for text in held),
            *((self.question, self.references[0], sentence) for sentence in self.sentences),
        ]


class EntailmentGrader:
    """See the module. Used by one thread at a time."""

    def __init__(self, pairs: Pairs, rule: Rule, name: str) -> None:
        self._pairs = pairs
        self._rule = rule
        self._name = name

    @property
    def name(self) -> str:
        """Name of the model, for the record."""
        return self._name

    def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
        """Return one grade for each submission; all pairs go through the model together."""
        read, logits = self._predicted(submissions)
        found = [_evidence(one, logits) for one in read]
        combined = [combine(one, self._rule) if one is not None else None for one in found]
        quotes = self._quotes(read, combined)
        return [
            self._grade(*parts) for parts in zip(submissions, read, combined, quotes, strict=True)
        ]

    def evidence(self, submissions: Sequence[Submission]) -> list[Evidence | None]:
        """Return what the model says of each text's pairs, before any rule; None for a text that
        has no words.
        """
        read, logits = self._predicted(submissions)
        return [_evidence(one, logits) for one in read]

    def _predicted(self, submissions: Sequence[Submission]) -> tuple[list[_Read], Floats]:
        read: list[_Read] = []
        triples: list[Triple] = []
        for submission in submissions:
            one = self._read(submission, len(triples))
            read.append(one)
            triples += one.triples()
        logits = self._pairs.predict(triples) if triples else np.zeros((0, 3), np.float32)
        return read, logits

    def _read(self, submission: Submission, start: int) -> _Read:
        whole = clean(submission.answer, LONGEST)
        answer = without_orders(whole)
        pieces = self._pairs.count_tokens
        found = checks.flags(answer, submission.question, submission.references, pieces)
        question = _plain(submission.question)
        references, points, wordings = (
            tuple(map(_plain, texts))
            for texts in (submission.references, submission.key_points, submission.wordings)
        )
        right = (*references, *points, *wordings)
        return _Read(
            question=question,
            references=references,
            points=points,
            wordings=nearest(answer, wordings),
            answer=answer,
            sentences=_several(answer, references),
            flags=found if answer == whole else (*found, checks.INJECTION),
            known=surface.known_share(answer, (question, *right)),
            turned=surface.is_turned(
                sentences(answer), [part for text in right for part in sentences(text)], pieces
            ),
            start=start,
        )

    def _quotes(
        self, read: Sequence[_Read], combined: Sequence[Combined | None]
    ) -> list[dict[int, str]]:
        """Return, for each text, the sentence that contradicts a key point, by its number.

        Only where one of several sentences points the other way; so it costs next to nothing.
        """
        asked: list[tuple[int, int, str]] = []
        for number, (one, found) in enumerate(zip(read, combined, strict=True)):
            if found is not None and found.against is not None:
                sentence = one.sentences[found.against]
                asked += [(number, point, sentence) for point in range(len(one.points))]
        quotes: list[dict[int, str]] = [{} for _ in read]
        if not asked:
            return quotes
        triples = [
            (read[number].question, read[number].points[point], sentence)
            for number, point, sentence in asked
        ]
        found_of = softmax(self._pairs.predict(triples))
        for (number, point, sentence), row in zip(asked, found_of, strict=True):
            if is_contradicted(row, self._rule):
                quotes[number][point] = sentence
        return quotes

    def _grade(
        self, submission: Submission, one: _Read, found: Combined | None, quotes: dict[int, str]
    ) -> Grade:
        refused = not checks.REFUSING.isdisjoint(one.flags)
        if found is None or refused:
            return Grade(
                label=Verdict.INCORRECT,
                score=0.0,
                confidence=1.0 if found is None else 1 - found.probability,
                needs_review=False,
                flags=one.flags,
                key_points=tuple(
                    KeyPoint(text, KeyPointState.MISSING, 0.0) for text in submission.key_points
                ),
                model=self._name,
            )
        is_correct = found.label is Verdict.CORRECT
        return Grade(
            label=found.label,
            score=found.score,
            confidence=found.probability if is_correct else 1 - found.probability,
            needs_review=found.needs_review,
            flags=one.flags,
            key_points=tuple(
                KeyPoint(
                    text,
                    KeyPointState.CONTRADICTED if at in quotes else state,
                    score,
                    quotes.get(at, ""),
                )
                for at, (text, (state, score)) in enumerate(
                    zip(submission.key_points, found.points, strict=True)
                )
            ),
            model=self._name,
        )


def _evidence(one: _Read, logits: Floats) -> Evidence | None:
    if not one.answer:
        return None
    rows: list[Floats] = []
    at = one.start
    for texts in (one.references, one.points, one.wordings, one.sentences):
        found = logits[at : at + len(texts)].copy()
        if one.copied:
            # It contradicts nothing; whether it says enough is still the model's to say.
            found[:, CONTRADICTORY] = found.min(initial=0.0) - IMPOSSIBLE
        rows.append(found)
        at += len(texts)
    return Evidence(*rows, known=one.known, turned=one.turned)


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


def read_rule(folder: Path) -> tuple[Rule, dict[str, Any]]:
    """Return the rule, and all of config.json. Raises OperatorError."""
    path = folder / "config.json"
    if not path.is_file():
        raise OperatorError(
            f"There is no model in {folder}. Correct grader.model in config.toml, or leave it "
            "empty for the weights that ship."
        )
    try:
        config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        rule = rule_of(config["rule"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperatorError(f"The grader's {path} cannot be read: {error!r}") from error
    return rule, config


def weights_of(settings: GraderSettings) -> Path:
    """Return the folder of the weights that the settings mean."""
    return Path(settings.model) if settings.model else WEIGHTS


def load(settings: GraderSettings) -> EntailmentGrader:
    """Load weights and rule. Takes seconds; imports torch unless the engine is onnx.

    Raises OperatorError.
    """
    folder = weights_of(settings)
    rule, config = read_rule(folder)
    name = f"MiniLM entailment {config['sha256'][:12]}"
    if settings.engine == "onnx":
        from bot.grading.int8 import Int8Pairs

        pairs: Pairs = Int8Pairs(
            folder, threads=settings.threads, batch=settings.batch, weights=config["sha256"]
        )
        return EntailmentGrader(pairs, rule, f"{name} int8")
    from bot.grading import pair

    bf16 = settings.precision == "auto" and pair.multiplies_bf16()
    model = pair.load(folder, threads=settings.threads, bf16=bf16)
    model.batch = settings.batch
    return EntailmentGrader(model, rule, name)
