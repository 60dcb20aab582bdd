"""The grader: a fine-tuned pair classifier reads a text beside all that is known to be right.

`reading` says which pairs a text is read in; one batch holds those of every text that waits, and
`combine` makes one grade of a text's. What the cheap checks refuse stays refused.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.domain.question import Verdict
from bot.errors import OperatorError
from bot.grading import checks
from bot.grading.combine import (
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
from bot.grading.reading import Read, read
from bot.grading.tokens import Triple
from bot.settings import GraderSettings

WEIGHTS = Path(__file__).with_name("weights")
"""The fine-tuned model that ships."""


class Pairs(Protocol):
    """A pair model, whatever runs it."""

    def predict(self, triples: Sequence[Triple]) -> Floats:
        """Return logits, float32 (triples, 3), in the order of `combine.LABELS`."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return how many word pieces the text has."""
        ...


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
        """Return one grade for each submission; all pairs go through the model at once."""
        texts, logits = self._predicted(submissions)
        found = [one.evidence(logits) for one in texts]
        combined = [combine(one, self._rule) if one is not None else None for one in found]
        quotes = self._quotes(texts, combined)
        return [
            self._grade(*parts) for parts in zip(submissions, texts, combined, quotes, strict=True)
        ]

    def evidence(self, submissions: Sequence[Submission]) -> list[Evidence | None]:
        """Return what the model says of each text's pairs, before any rule; None for a text that
        has no words.
        """
        texts, logits = self._predicted(submissions)
        return [one.evidence(logits) for one in texts]

    def _predicted(self, submissions: Sequence[Submission]) -> tuple[list[Read], Floats]:
        found: list[Read] = []
        triples: list[Triple] = []
        for submission in submissions:
            one = read(submission, len(triples), self._pairs.count_tokens)
            found.append(one)
            triples += one.triples()
        if not triples:
            return found, np.zeros((0, 3), np.float32)
        once = {triple: place for place, triple in enumerate(dict.fromkeys(triples))}
        logits = self._pairs.predict(list(once))
        return found, logits[[once[triple] for triple in triples]]

    def _quotes(
        self, texts: Sequence[Read], combined: Sequence[Combined | None]
    ) -> list[dict[int, str]]:
        """Return, for each text, the sentence that contradicts a key point, by its number.

        Only where one of several sentences points the other way; so it costs next to nothing.
        """
        asked: list[tuple[int, int, str]] = []
        for number, (one, found) in enumerate(zip(texts, combined, strict=True)):
            if found is not None and found.against is not None:
                sentence = one.sentences[found.against]
                asked += [(number, point, sentence) for point in range(len(one.points))]
        quotes: list[dict[int, str]] = [{} for _ in texts]
        if not asked:
            return quotes
        triples = [
            Triple(texts[number].question, texts[number].points[point], sentence)
            for number, point, sentence in asked
        ]
        found_of = softmax(self._pairs.predict(triples))
        for (number, point, sentence), row in zip(asked, found_of, strict=True):
            if is_contradicted(row, self._rule):
                quotes[number][point] = texts[number].written[sentence]
        return quotes

    def _grade(
        self, submission: Submission, one: Read, found: Combined | None, quotes: dict[int, str]
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
    name = f"MPNet entailment {config['sha256'][:12]}"
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
