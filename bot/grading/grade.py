"""What goes into the grader and what comes out."""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.question import Question, Verdict


class KeyPointState(StrEnum):
    """What an explanation does with one key point."""

    COVERED = "covered"
    MISSING = "missing"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Submission:
    """A text to be graded, with what it is held against. All texts are data, never instructions."""

    question: str
    references: tuple[str, ...]
    """Texts that are right in full; at least one."""
    answer: str
    """The member's text."""
    key_points: tuple[str, ...] = ()
    wordings: tuple[str, ...] = ()
    """Further texts that are right, in other words than the references: known good answers."""
    mistakes: tuple[str, ...] = ()
    """Texts that are wrong: known bad answers to the question."""

    @classmethod
    def about(
        cls, question: Question, answer: str, remembered: tuple[str, ...] = ()
    ) -> "Submission":
        """Return a text about a bank's question, with all that is known to be right or wrong: by
        the bank, and by moderators, who had wordings `remembered`.
        """
        return cls(
            question=question.prompt,
            references=question.references,
            answer=answer,
            key_points=question.key_points,
            wordings=(*question.wordings, *remembered),
            mistakes=question.mistakes,
        )

    def without(self, text: str) -> "Submission":
        """Return the submission as if the text were not known: what is known is not graded by
        itself.
        """
        return replace(
            self,
            wordings=tuple(known for known in self.wordings if known != text),
            mistakes=tuple(known for known in self.mistakes if known != text),
        )


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """One key point and what the text does with it."""

    text: str
    state: KeyPointState
    score: float
    """0..1: how sure it is that the text says this."""
    quote: str = ""
    """The member's own sentence that contradicts it, where one of several does."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What the grader says of one text."""

    label: Verdict
    score: float
    """0..1: how much of the reference the text gets right."""
    confidence: float
    """0..1: how sure it is that the text is correct, or that it is not (two-way: contradictory and
    incorrect are one); calibrated on folds, so a share of .8 of the grades given with .8 are right.
    """
    needs_review: bool
    """The grader is not sure: a moderator should decide."""
    flags: tuple[str, ...]
    """What the cheap checks noticed: empty, gibberish, echo, keyword_list, copied_reference, …"""
    key_points: tuple[KeyPoint, ...]
    model: str
    """Name and version of the model, for the record."""
