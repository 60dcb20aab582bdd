"""What a format's module makes of a file, before anybody decides what comes in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bot.domain.question import LETTERS

Values: TypeAlias = Mapping[str, Any]
"""Keys of a question as in a bank's TOML; those that the file does not tell are not there."""

FULL = 100.0
"""The credit, in percent, of an option that is right."""


class UnreadableFileError(Exception):
    """The file as a whole cannot be read: the line, what is wrong, and what to do."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read."""

    name: str
    """Its name, for titles; nothing is opened by it."""
    raw: bytes
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    """For tables: a header's text to the key of a question that the column holds."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as far as the file tells it."""

    line: int
    """Of the file, from 1; in a spreadsheet the row."""
    name: str
    """What the file calls it; '' where it has no name."""
    values: Values
    notes: tuple[str, ...] = ()
    """What the file says of it that a question cannot hold, a sentence each."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A question that cannot be asked by reactions."""

    line: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something of the file that belongs to no question and does not come in."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """All that stands in a file, in its order."""

    drafts: tuple[Draft, ...] = ()
    refused: tuple[Refused, ...] = ()
    notes: tuple[Note, ...] = ()
    title: str = ""
    """What the file calls itself; '' where it does not."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option as a file has it."""

    text: str
    credit: float = 0.0
    """In percent; FULL is right."""
    feedback: str = ""


def parsed(
    found: Sequence[Draft | Refused | Note], title: str = "", *, at_least_one: str = ""
) -> Parsed:
    """Sort what was found. `at_least_one` says what to do when there is no question at all."""
    if at_least_one and not any(isinstance(one, Draft | Refused) for one in found):
        raise UnreadableFileError(1, f"has no question; {at_least_one}")
    return Parsed(
        tuple(one for one in found if isinstance(one, Draft)),
        tuple(one for one in found if isinstance(one, Refused)),
        tuple(one for one in found if isinstance(one, Note)),
        title,
    )


def choice_question(
    line: int,
    name: str,
    prompt: str,
    choices: Sequence[Choice],
    *,
    values: Values | None = None,
    notes: Sequence[str] = (),
    media: Sequence[str] = (),
) -> Draft | Refused:
    """Make a question of options with credits, if exactly one of them is right.

    The feedback of wrong options becomes their misconceptions. That of the key joins the
    explanation in `values`, or is the explanation where there is none. `media` is what question
    and options show besides text: without it they would ask something else.
    """
    shown = name or prompt
    if media:
        return Refused(line, shown, f"shows {media[0]}, and a post is text; describe it in words")
    if not prompt.strip():
        return Refused(line, shown, "has no text; write what is asked")
    if (why := _unfit(choices)) is not None:
        return Refused(line, shown, why)
    (key,) = (index for index, choice in enumerate(choices) if choice.credit >= FULL)
    told = [*notes]
    if any(map(_has_formula, (prompt, *(choice.text for choice in choices)))):
        told.append("has a formula in TeX, which a post shows as it is typed")
    for letter, choice in zip(LETTERS, choices, strict=False):
        if choice.credit not in (0.0, FULL):
            told.append(
                f"option {letter} earns {choice.credit:g} % in the file; here it counts as wrong"
            )
    made: dict[str, Any] = {
        "prompt": prompt,
        "options": [choice.text for choice in choices],
        "answer": LETTERS[key],
        **(values or {}),
    }
    explained = [made.get("explanation", ""), choices[key].feedback]
    if any(explained):
        made["explanation"] = "\n".join(filter(None, explained))
    believed = {
        letter: choice.feedback
        for letter, choice in zip(LETTERS, choices, strict=False)
        if choice.feedback and choice is not choices[key]
    }
    if believed:
        made["misconceptions"] = believed
    return Draft(line, name, made, tuple(told))


def _has_formula(text: str) -> bool:
    r"""Whether a text has TeX in \( \), \[ \] or $$ $$, which Moodle and Canvas draw."""
    pairs = ((r"\\(", r"\\)"), (r"\\[", r"\\]"), ("$$", "$$"))
    return any(start in text and end in text.partition(start)[2] for start, end in pairs)


def _unfit(choices: Sequence[Choice]) -> str | None:
    right = sum(choice.credit >= FULL for choice in choices)
    if len(choices) < 2:
        return "has fewer than two options, so there is nothing to choose; add wrong ones"
    if len(choices) > len(LETTERS):
        return f"has {len(choices)} options, and reactions go from A to {LETTERS[-1]}; drop some"
    if right > 1 or (not right and sum(choice.credit > 0 for choice in choices) > 1):
        return SEVERAL
    if not right:
        return "has no right option; mark the one that is"
    return None


SEVERAL = "has several right options, and a member chooses one; ask for one of them"
TYPED = "is answered by typing, and a reaction chooses an option; give it wrong options too"
ESSAY = "asks for an essay, and a reaction chooses an option; give it options"
NUMBER = "is answered by a number, and a reaction chooses an option; give it wrong numbers too"
MATCHING = "matches pairs, and a reaction chooses one option; ask for one pair at a time"
NO_ANSWER = "asks nothing: it is a text without an answer; put it into a question's prompt"
