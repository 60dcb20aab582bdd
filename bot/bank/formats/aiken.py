"""Aiken: a line of question, lines `A. option`, and a line `ANSWER: A`."""

import re
from collections.abc import Sequence

from bot.bank.formats import draft, limits
from bot.bank.formats.draft import (
    FULL,
    LETTERS,
    Choice,
    Draft,
    Note,
    Parsed,
    Refused,
    Source,
    Values,
)
from bot.bank.formats.literal import taken_as_markdown

_OPTION = re.compile(r"([A-Z])[.)]\s*(.*)")
_ANSWER = re.compile(r"ANSWER:\s*(?:([A-Za-z])(?![^\W_]))?\s*(.*)|(?i:answer):\s*([A-Za-z])[.)]?$")
"""A letter, and what more stands behind it, of which Moodle takes no notice."""


def read(source: Source) -> Parsed:
    """Return what stands in an Aiken file. A question may have several lines before its options."""
    found: list[Draft | Refused | Note] = []
    reader = _Reader()
    text = limits.decode(source.raw)
    for number, line in enumerate(limits.lines(text), 1):
        one = reader.line(number, line.strip())
        if one is not None:
            found.append(one)
    if reader.prompt or reader.options:
        found.append(reader.unfinished())
    limits.check_count(len(found))
    return draft.parsed(found, at_least_one="an Aiken question ends in a line such as ANSWER: B")


class _Reader:
    """The lines of the question that is being read."""

    def __init__(self) -> None:
        self.start = 0
        self.prompt: list[str] = []
        self.options: list[tuple[str, str]] = []

    def line(self, number: int, line: str) -> Draft | Refused | None:
        """Take a line; return the question that it ends, if it does."""
        answer = _ANSWER.match(line)
        if not line:
            return None
        if answer and not self.prompt:
            return Refused(number, line, "is an answer without a question above it; add one")
        if answer:
            return self._ended((answer[1] or answer[3] or "").upper(), answer[2] or "")
        option = _OPTION.match(line)
        if option and not self.prompt:
            return Refused(number, line, "is an option without a question above it; add one")
        if option:
            self.options.append((option[1], option[2]))
            return None
        left = self.unfinished() if self.options else None
        self.start = self.start or number
        self.prompt.append(line)
        return left

    def unfinished(self) -> Refused:
        """Return the question so far as one without an answer, and begin anew."""
        refused = Refused(
            self.start, " ".join(self.prompt), "has no line ANSWER: below its options; add one"
        )
        self.__init__()
        return refused

    def _ended(self, answer: str, rest: str) -> Draft | Refused:
        start, prompt, options = self.start, "\n".join(self.prompt), self.options
        self.__init__()
        letters = "".join(letter for letter, _ in options)
        if letters != "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(letters)]:
            return Refused(start, prompt, f"has the options {letters}; letter them A, B, C …")
        if not answer:
            return Refused(start, prompt, "has no letter behind ANSWER:, as in ANSWER: B; add it")
        if answer not in letters:
            return Refused(start, prompt, f"has the answer {answer}, which is none of its options")
        if _more_letters(rest):
            return Refused(start, prompt, draft.SEVERAL)
        choices = [Choice(text, FULL * (letter == answer)) for letter, text in options]
        rest = rest.strip(".) ")
        notes = [f"{rest[:60]!r} behind the answer is left out"] if rest else []
        notes += taken_as_markdown((prompt, *(text for _, text in options)))
        return draft.choice_question(start, "", prompt, choices, notes=notes)


def _more_letters(rest: str) -> bool:
    """Whether what stands behind an answer's letter is further letters, as in 'A, B and C'."""
    words = set(re.findall(r"\w+", rest.casefold())) - {"and", "or"}
    return bool(words) and all(re.fullmatch("[a-z]", word) for word in words)


def unfit(values: Values) -> str | None:
    """Return why a question cannot be written so that other programs read it alike, or None."""
    if values.get("code"):
        return "has code, and Aiken holds one line a question"
    texts = [values["prompt"], *values["options"]]
    if any("\n" in text for text in texts):
        return "has a text of several lines, and Aiken holds one line each"
    if _OPTION.match(values["prompt"]) or _ANSWER.match(values["prompt"]):
        return "begins like an option, and Aiken has no way to say that it is none"
    return None


def write(_title: str, questions: Sequence[Values]) -> bytes:
    """Return questions as Aiken; each of them must be fit."""
    blocks = [
        "\n".join(
            [
                values["prompt"],
                *(
                    f"{letter}. {option}"
                    for letter, option in zip(LETTERS, values["options"], strict=False)
                ),
                f"ANSWER: {values['answer']}",
            ]
        )
        for values in questions
    ]
    return ("\n\n".join(blocks) + "\n").encode()
