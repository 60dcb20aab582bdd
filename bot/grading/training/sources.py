"""Sources of training pairs. Each has a length and draws a pair by its place; what is random about
it comes from the generator that is passed.

| name | pairs |
|---|---|
| `nli/<set>` | entailment pairs |
| `graded/<set>` | graded answers against one of their references |
| `peer/<set>` | graded answers against somebody's correct answer to the same question |
| `points/<set>` | a key point or a sentence of a reference against texts that have or lack it |
| `hard/<set>` | negatives made from other pairs (`perturb`) |
| `easy/<set>` | pairs that say the same in other words or dress (`perturb`) |
| `same/<set>` | a reference held against itself, as it is or in another dress |
| `mistake/<set>` | a wrong answer in the reference's place, against itself and against right ones |
| `other/<set>` | right answers to other questions, which are wrong here |

`<set>` is a set's name, `bank` for the question banks, `references` for explained terms.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Protocol

from bot.grading.training.data import NOT_CORRECT, Asked
from bot.grading.training.pairs import Pair
from bot.grading.training.perturb.assembly import other_answer

CLOSEST = 0.6
"""How often a correct answer is shown with the reference whose words it shares most."""
NEAR = 0.6
"""How often a right answer to another question comes from one of the questions that are closest."""
TRIES = 6
WRONG_IN_HARD = 0.35
WRONG_IN_EASY = 0.55
"""How often a pair that is changed is a wrong one. Of the easy changes, which keep the label, about
as often as graded answers are wrong: otherwise dress becomes a sign of being right, and a wrong
answer with flattering words put in passes where the plain one does not."""
DRESSED = 0.7
"""How often a reference that is held against itself is in another dress."""
SAID_AGAIN = 0.35
"""How often a mistake is held against itself in another dress, not against what is right."""
Change = Callable[[Pair, Sequence[str], Random], list[Pair]]
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_WORD = re.compile(r"\w+")


class Source(Protocol):
    """Pairs by place."""

    def __len__(self) -> int:
        """Return how many places there are."""
        ...

    def draw(self, place: int, rng: Random) -> Pair:
        """Return a pair; the same place may give another one at another time."""
        ...


class Fixed:
    """Pairs as they are."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self._pairs = pairs

    def __len__(self) -> int:
        return len(self._pairs)

    def draw(self, place: int, rng: Random) -> Pair:
        """Return the pair at this place."""
        del rng
        return self._pairs[place]


class GradedAnswers:
    """Answers against a reference."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self._rows = [(one, answer) for one in asked for answer in one.answers if one.references]

    def __len__(self) -> int:
        return len(self._rows)

    def draw(self, place: int, rng: Random) -> Pair:
        """Return the answer with one reference: for a correct answer mostly the closest."""
        one, answer = self._rows[place]
        if answer.label == "correct" and rng.random() < CLOSEST:
            reference = max(one.references, key=lambda text: overlap(text, answer.text))
        else:
            reference = rng.choice(one.references)
        text, label, habit = answer.text, answer.label, answer.habit
        return Pair(one.question, reference, text, label, 1.0, one.group, one.source, habit)


class Peers:
    """Answers against another correct answer to the same question."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self._rows = [
            (one, answer) for one in asked if len(one.right()) > 1 for answer in one.answers
        ]

    def __len__(self) -> int:
        return len(self._rows)

    def draw(self, place: int, rng: Random) -> Pair:
        """Return the answer with somebody's correct one as its reference. What contradicts the
        reference need not contradict that one: then it is only not correct.
        """
        one, answer = self._rows[place]
        reference = rng.choice([text for text in one.right() if text != answer.text] or one.right())
        label = NOT_CORRECT if answer.label == "contradictory" else answer.label
        text, habit = answer.text, answer.habit
        return Pair(one.question, reference, text, label, 0.7, one.group, one.source, habit)


class Points:
    """Key points, or single sentences of a reference, against texts that have or lack them."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self._asked = asked
        self._rows = [(one, point) for one in asked for point in range(len(_points(one)))]

    def __len__(self) -> int:
        return len(self._rows)

    def draw(self, place: int, rng: Random) -> Pair:
        """Return the point with an example that covers it or does not, the question's reference,
        another point, or something from another question.
        """
        one, number = self._rows[place]
        points = _points(one)
        marked = [answer for answer in one.answers if answer.covers is not None]
        chance = rng.random()
        if one.points and marked and chance < 0.6:
            answer = rng.choice(marked)
            has = number in (answer.covers or ())
            if has:
                label = "correct"
            else:
                label = NOT_CORRECT if answer.label == "contradictory" else "incorrect"
            text = answer.text
        elif chance < 0.8:
            text, label = rng.choice(one.references), "correct"
        else:
            others = [text for place, text in enumerate(points) if place != number]
            other = rng.choice(self._asked)
            if others and one.points and chance < 0.9:
                text, label = rng.choice(others), "incorrect"
            elif other.group != one.group:
                text, label = rng.choice(other.references), "incorrect"
            else:
                text, label = points[number], "correct"
        return Pair(one.question, points[number], text, label, 1.0, one.group, one.source)


class Same:
    """References held against themselves. Without them a model that sees references as answers only
    where something in them was turned over learns that they are wrong.
    """

    def __init__(self, asked: Sequence[Asked], change: Change) -> None:
        self._change = change
        self._rows = [
            Pair(one.question, text, text, "correct", 1.0, one.group, one.source)
            for one in asked
            for text in one.references
        ]

    def __len__(self) -> int:
        return len(self._rows)

    def draw(self, place: int, rng: Random) -> Pair:
        """Return the pair as it is, or with the answer in another dress."""
        pair = self._rows[place]
        made = self._change(pair, (), rng) if rng.random() < DRESSED else []
        return rng.choice(made) if made else pair


class Mistakes:
    """Wrong answers in the reference's place, as the grader holds texts against known mistakes: who
    says the same says it, whoever is right does not.
    """

    def __init__(self, asked: Sequence[Asked], change: Change) -> None:
        self._change = change
        self._rows = [(one, text) for one in asked if one.right() for text in one.wrong()]

    def __len__(self) -> int:
        return len(self._rows)

    def draw(self, place: int, rng: Random) -> Pair:
        """Return the mistake in another dress, or with a right answer to its question."""
        one, text = self._rows[place]
        pair = Pair(one.question, text, text, "correct", 1.0, one.group, one.source)
        if rng.random() < SAID_AGAIN:
            return rng.choice(self._change(pair, (), rng) or [pair])
        return replace(pair, answer=rng.choice(one.right()), label=NOT_CORRECT)


class Others:
    """Right answers to other questions. Without many of them a model learns how right answers sound
    in place of what they say.
    """

    def __init__(self, asked: Sequence[Asked]) -> None:
        self._asked = [one for one in asked if one.references]
        self._near = _neighbours(self._asked)

    def __len__(self) -> int:
        return len(self._asked) if len(self._asked) > 1 else 0

    def draw(self, place: int, rng: Random) -> Pair:
        """Return a reference or key point with what is right, or a reference, elsewhere."""
        one = self._asked[place]
        other = self._asked[(place + rng.randrange(1, len(self._asked))) % len(self._asked)]
        held = rng.choice([*one.references, *one.points])
        text = rng.choice([*other.right(), other.references[0]])
        pair = Pair(one.question, held, text, "incorrect", 1.0, one.group, one.source)
        near = other_answer(pair, self._near[one.group], rng) if rng.random() < NEAR else None
        return replace(pair, answer=near) if near is not None else pair


class Changed:
    """Pairs of an answer and a reference, changed into negatives or positives; `share` of them are
    made of wrong pairs.
    """

    def __init__(self, asked: Sequence[Asked], change: Change, share: float) -> None:
        self._change = change
        self._share = share
        self._rows: list[Pair] = []
        self._wrong: list[Pair] = []
        for one in asked:
            for reference in one.references:
                self._rows += [
                    Pair(one.question, reference, text, "correct", 1.0, one.group, one.source)
                    for text in dict.fromkeys([*one.right(), *one.references])
                ]
                self._wrong += [
                    Pair(one.question, reference, answer.text, answer.label, 1.0, one.group, "")
                    for answer in one.answers
                    if answer.label in {"contradictory", "incorrect"}
                ]
        self._near = _neighbours(asked)

    def __len__(self) -> int:
        return len(self._rows)

    def draw(self, place: int, rng: Random) -> Pair:
        """Return one change of the pair; where none can be made, of another pair. Sometimes it is
        one of a wrong pair: dress must not be a sign of being right, nor of being wrong.
        """
        for _ in range(TRIES):
            pair = self._rows[place]
            if self._wrong and rng.random() < self._share:
                pair = rng.choice(self._wrong)
            made = self._change(pair, self._near[pair.group], rng)
            if made:
                return rng.choice(made)
            place = rng.randrange(len(self._rows))
        return self._rows[place]


class ChangedPairs(Changed):
    """The same, from entailment pairs."""

    def __init__(self, pairs: Sequence[Pair], change: Change, share: float) -> None:
        self._change = change
        self._share = share
        self._rows = [pair for pair in pairs if pair.label == "correct"]
        self._wrong = [pair for pair in pairs if pair.label in {"contradictory", "incorrect"}]
        texts = [pair.answer for pair in self._rows]
        self._near = {
            pair.group: [texts[(place + step) % len(texts)] for step in (1, 2, 3)]
            for place, pair in enumerate(self._rows)
        } | {pair.group: texts[:3] for pair in self._wrong}


def without_question(pair: Pair) -> Pair:
    """Return the pair as it is when nobody knows the question."""
    return replace(pair, question="")


def overlap(one: str, other: str) -> float:
    """Return the share of words, 0..1, that two texts have in common (Jaccard)."""
    first, second = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    return len(first & second) / max(1, len(first | second))


def sentences(text: str) -> list[str]:
    """Return the text's sentences of four words or more."""
    return [part for part in _SENTENCE.split(text.strip()) if len(_WORD.findall(part)) >= 4]


def _points(one: Asked) -> tuple[str, ...]:
    if one.points:
        return one.points
    return tuple(part for text in one.references for part in sentences(text))


def _neighbours(asked: Sequence[Asked], count: int = 12) -> dict[str, list[str]]:
    """Return, for each question, right texts of the questions whose words are closest to it."""
    found: dict[str, list[str]] = {}
    for one in asked:
        others = [other for other in asked if other.group != one.group]
        others.sort(key=lambda other: -overlap(one.question, other.question))
        found[one.group] = [
            text for other in others[:count] for text in (*other.references, *other.right()[:3])
        ]
    return found
