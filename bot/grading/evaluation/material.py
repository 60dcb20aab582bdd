"""What attacks are made of, and what they make."""

from dataclasses import dataclass, field

from bot.grading.grade import Submission


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another question of the same set."""

    question: str
    right: tuple[str, ...]
    """References and answers that are right for it."""


@dataclass(frozen=True, slots=True)
class Material:
    """A question and all that attacks on it are made of."""

    group: str
    """The question's name: what intervals are clustered by."""
    asked: Submission
    """What an answer is held against; its own answer does not count."""
    right: tuple[str, ...] = ()
    """Answers that were graded correct."""
    wrong: tuple[str, ...] = ()
    """Answers that were graded incorrect or contradictory."""
    contradictory: tuple[str, ...] = ()
    """Those of `wrong` that contradict the reference."""
    neighbours: tuple[Neighbour, ...] = field(default=(), repr=False)

    @property
    def question(self) -> str:
        """What was asked."""
        return self.asked.question

    @property
    def references(self) -> tuple[str, ...]:
        """Texts that are right in full."""
        return self.asked.references

    @property
    def key_points(self) -> tuple[str, ...]:
        """Ideas of a complete answer."""
        return self.asked.key_points

    @property
    def all_right(self) -> tuple[str, ...]:
        """References and right answers."""
        return (*self.references, *self.right)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A text to be graded, and the unchanged one that it was made of, where there is one."""

    text: str
    base: str | None = None
