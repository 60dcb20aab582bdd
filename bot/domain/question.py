"""A question, as a bank's author writes it and as every other part of the bot reads it."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

LETTERS = "ABCDEF"
"""Options are called by these letters, and answered by the matching regional indicators 🇦-🇫."""

LONGEST_EXPLANATION = 1200
"""Characters of the explanation that a reveal shows."""

Text = Annotated[str, Field(min_length=1)]
Letter = Literal["A", "B", "C", "D", "E", "F"]


ExampleLabel = Literal["correct", "partial", "incorrect", "contradictory"]
"""What a graded example is: the verdicts, and `partial` for what is right and not enough."""
WRONG: tuple[ExampleLabel, ...] = ("incorrect", "contradictory")
"""The labels of texts that are wrong, and not just incomplete."""


class Verdict(StrEnum):
    """What an explanation is, in the words of SemEval-2013 Task 7 (three-way)."""

    CORRECT = "correct"
    CONTRADICTORY = "contradictory"
    INCORRECT = "incorrect"


class Program(BaseModel):
    """A program that proves the key, run only by `tutor check --run-code`."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True
    )

    source: Text | None = None
    """The program; None: the question's own `code` is the program."""
    prints: Text
    """What it must print (standard output, surrounding white space aside), on every seed."""


class Example(BaseModel):
    """A text that somebody could write about a question, graded by hand. Members never see it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True
    )

    text: Annotated[Text, Field(max_length=1000)]
    """The text, as a member would write it."""
    label: ExampleLabel
    """correct: answers the question, in whatever words. partial: right as far as it goes.
    incorrect: does not explain it. contradictory: says the opposite of something that holds.
    """
    covers: tuple[Annotated[int, Field(ge=1, le=4, strict=True)], ...] = ()
    """The key points that a correct or partial text contains, by number from 1; none: not noted."""

    @model_validator(mode="after")
    def _covers_fit(self) -> "Example":
        if self.covers and self.label not in ("correct", "partial"):
            raise ValueError(f"`covers` is for correct and partial examples, not {self.label}")
        if len(set(self.covers)) < len(self.covers):
            raise ValueError("`covers` names a key point twice; name each once")
        return self


class Question(BaseModel):
    """One question of a bank. Lengths are in characters and keep a post within Discord's limits.

    A question from another program, or a server's own, may have no hints, nothing to grade
    explanations by, no misconceptions or no source: it can be asked all the same. Shipped ones
    have all of it (`WholeQuestion`).
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True
    )

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")]
    """Unique in its bank, and never reused: what was asked is remembered by it."""
    prompt: Annotated[Text, Field(max_length=1000)]
    """What is asked."""
    code: Annotated[Text, Field(max_length=1800)] | None = None
    """Python that stands below the prompt in a code block."""
    options: Annotated[
        tuple[Annotated[Text, Field(max_length=200)], ...], Field(min_length=2, max_length=6)
    ]
    """In the order of their letters."""
    answer: Letter
    """The key: the letter of the one right option."""
    hints: Annotated[tuple[Annotated[Text, Field(max_length=600)], ...], Field(max_length=3)] = ()
    """Levels 1 to 3, each more telling than the one before; none gives the key away."""
    explanation: Annotated[str, Field(max_length=LONGEST_EXPLANATION)] = ""
    """Why the key is right: shown at the reveal, and the reference that explanations meet."""
    key_points: Annotated[
        tuple[Annotated[Text, Field(max_length=200)], ...], Field(max_length=4)
    ] = ()
    """The ideas that a complete explanation contains, each a sentence of its own."""
    misconceptions: dict[Letter, Annotated[Text, Field(max_length=300)]] = Field(
        default_factory=dict[Letter, str]
    )
    """For each distractor, what somebody who chooses it believes."""
    topic: Annotated[Text, Field(max_length=60)]
    """What it is about, as members read it; their accuracy is counted by it."""
    difficulty: Annotated[int, Field(ge=1, le=5, strict=True)]
    """From 1, which nearly all get right, to 5, which few do."""
    source: Annotated[str, Field(max_length=500)] = ""
    """First line: where the fact can be checked, shown at the reveal. Further lines: where the
    question comes from, and what was changed on the way here.
    """
    licence: Annotated[str, Field(max_length=60)] = ""
    """SPDX identifier where there is one."""
    program: Program | None = None
    """What proves the key, where running code can."""
    examples: tuple[Example, ...] = ()
    """Graded wordings for the grader: to learn from, to be checked with, and to compare with."""

    @model_validator(mode="after")
    def _letters_fit(self) -> "Question":
        letters = LETTERS[: len(self.options)]
        if self.answer not in letters:
            raise ValueError(
                f"answer is {self.answer}, but the options are {letters[0]}-{letters[-1]}"
            )
        distractors = set(letters) - {self.answer}
        given = set(self.misconceptions)
        if given - distractors or (self._is_whole() and given != distractors):
            wanted = ", ".join(sorted(distractors))
            raise ValueError(f"misconceptions needs one entry for each distractor: {wanted}")
        if self.program and not (self.program.source or self.code):
            raise ValueError("program has no source, and the question has no code to run instead")
        for number, example in enumerate(self.examples, start=1):
            beyond = max(example.covers, default=0)
            if beyond > len(self.key_points):
                raise ValueError(
                    f"examples[{number}] covers key point {beyond}, but there are "
                    f"{len(self.key_points)}"
                )
        return self

    def _is_whole(self) -> bool:
        return False

    @property
    def letters(self) -> str:
        """The letters of the options, in order: 'ABCD' for four."""
        return LETTERS[: len(self.options)]

    @property
    def reading(self) -> str:
        """Where members can read more: the first line of the source; '' where there is none."""
        return self.source.partition("\n")[0]

    @property
    def references(self) -> tuple[str, ...]:
        """Complete explanations that a member's is held against; none: nothing can be graded."""
        # The key points, joined, are a second one, in other words than the first.
        return tuple(text for text in (self.explanation, " ".join(self.key_points)) if text)

    @property
    def wordings(self) -> tuple[str, ...]:
        """Texts that are known to be right: the correct examples."""
        return tuple(example.text for example in self.examples if example.label == "correct")

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Texts that are known to be wrong: the incorrect and the contradictory examples."""
        return tuple(example.text for example in self.examples if example.label in WRONG)

    @property
    def key(self) -> int:
        """The index of the right option, from 0."""
        return LETTERS.index(self.answer)


class WholeQuestion(Question):
    """A question with all that one in `questions/` must have; `tutor check` demands it."""

    hints: tuple[Annotated[Text, Field(max_length=600)], ...] = Field(
        ..., min_length=3, max_length=3
    )
    """Levels 1 to 3, each more telling than the one before; none gives the key away."""
    explanation: Text = Field(..., max_length=LONGEST_EXPLANATION)
    """Why the key is right: shown at the reveal, and the reference that explanations meet."""
    key_points: tuple[Annotated[Text, Field(max_length=200)], ...] = Field(
        ..., min_length=1, max_length=4
    )
    """The ideas that a complete explanation contains, each a sentence of its own."""
    misconceptions: dict[Letter, Annotated[Text, Field(max_length=300)]] = Field(...)
    """For each distractor, what somebody who chooses it believes."""
    source: Text = Field(..., max_length=500)
    """First line: where the fact can be checked, shown at the reveal. Further lines: where the
    question comes from, and what was changed on the way here.
    """
    licence: Text = Field(..., max_length=60)
    """SPDX identifier where there is one."""

    def _is_whole(self) -> bool:
        return True


class Bank(BaseModel):
    """A file of questions."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")]
    """The file's name without its suffix."""
    title: Annotated[Text, Field(max_length=80)]
    """What members see above a question."""
    questions: tuple[Question, ...]
