"""Checks of a question's graded examples: enough of each label, each in words of its own."""

from collections import Counter
from collections.abc import Iterator

from rapidfuzz import fuzz

from bot.bank.load import BankFile, Finding, Placed
from bot.bank.text import normal
from bot.domain.question import ExampleLabel

FEWEST: dict[ExampleLabel, int] = {
    "correct": 4,
    "partial": 2,
    "incorrect": 3,
    "contradictory": 2,
}
"""How many examples of each label a question needs, if it has any."""
SAME = 90.0
"""From this similarity of their words (0..100) on, two texts are one."""


def too_few_examples(file: BankFile, placed: Placed) -> Iterator[Finding]:
    """Examples that leave a label out: a grader that is checked with them would go unchecked."""
    counts = Counter(example.label for example in placed.question.examples)
    lacking = [
        f"{FEWEST[label]} {label} (there are {counts[label]})"
        for label in FEWEST
        if counts[label] < FEWEST[label]
    ]
    if counts and lacking:
        what = f"examples need at least {', '.join(lacking)}; write more, or take all of them out"
        yield file.finding(placed, ("examples",), what)


def same_examples(file: BankFile, placed: Placed) -> Iterator[Finding]:
    """An example that says nearly what another one, or the explanation, says word by word.

    Texts of different labels may be alike: 'it overshoots' and 'it never overshoots' are both
    worth having. The same words under two labels are not.
    """
    question = placed.question
    explanation = normal(question.explanation)
    seen: list[tuple[str, ExampleLabel]] = []
    for index, example in enumerate(question.examples):
        text = normal(example.text)
        if fuzz.ratio(text, explanation) >= SAME:
            what = f"example {index + 1} repeats the explanation; write it in other words"
            yield file.finding(placed, ("examples", index, "text"), what)
        for number, (other, label) in enumerate(seen, start=1):
            if text == other or (label == example.label and fuzz.ratio(text, other) >= SAME):
                what = f"example {index + 1} repeats example {number}; write another one"
                yield file.finding(placed, ("examples", index, "text"), what)
                break
        seen.append((text, example.label))
