"""What a grader must withstand, and what it must let pass: each family makes texts of which it is
known whether they may be accepted.

A family that changes a wrong answer keeps that answer beside the text, so that one sees whether the
attack or the answer itself got through. Deterministic: the chance of a family is seeded by name.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from random import Random
from typing import Literal

from bot.grading.evaluation import meaning, negation, nonsense, surface
from bot.grading.evaluation import wordlists as lists
from bot.grading.evaluation.material import Attempt, Material
from bot.grading.evaluation.text import content, words

Holds = Literal["not_accepted", "accepted", "accepted_and_flagged"]


Make = Callable[[Material, Random], Iterable[Attempt]]


@dataclass(frozen=True, slots=True)
class Family:
    """Texts of one kind."""

    holds: Holds
    """What must be so of every text."""
    says: str
    """What it does, in a line."""
    make: Make


def attempts(family: str, material: Material, *, seed: int, most: int = 3) -> list[Attempt]:
    """Return at most `most` texts of the family for this question, always the same for one seed.

    What came out unchanged, or as one of the right texts though it must not be accepted, is left
    out.
    """
    chance = Random(f"{seed}/{family}/{material.group}")  # noqa: S311 - nothing secret
    kind = FAMILIES[family]
    right = {_plain(text) for text in (*material.all_right, *material.key_points)}
    found: dict[str, Attempt] = {}
    for attempt in kind.make(material, chance):
        if kind.holds == "not_accepted" and _plain(attempt.text) in right:
            continue
        if attempt.text == attempt.base and kind.holds != "accepted_and_flagged":
            continue
        found.setdefault(attempt.text, attempt)
        if len(found) == most:
            break
    return list(found.values())


def _plain(text: str) -> str:
    return " ".join(words(text))


def _few(texts: Sequence[str], chance: Random, most: int = 12) -> list[str]:
    texts = sorted(set(texts))
    return chance.sample(texts, min(most, len(texts)))


def _right(material: Material, chance: Random) -> list[str]:
    """Return right texts: a reference, a key point, an answer of at least four words, in turns."""
    long = [text for text in material.right if len(words(text)) >= 4]
    kinds = (material.references, material.key_points, long)
    turns = zip_longest(*(_few(texts, chance, 8) for texts in kinds))
    return [text for turn in turns for text in turn if text is not None]


def _changed(change: Callable[[str, Random], str | None]) -> Make:
    """A family that makes right texts wrong."""

    def make(material: Material, chance: Random) -> Iterator[Attempt]:
        for text in _right(material, chance):
            if (turned := change(text, chance)) is not None:
                yield Attempt(turned)

    return make


def _on_wrong(change: Callable[[str, Random], str]) -> Make:
    """A family that dresses wrong answers up."""

    def make(material: Material, chance: Random) -> Iterator[Attempt]:
        for text in _few(material.wrong, chance):
            yield Attempt(change(text, chance), base=text)

    return make


def _of_reference(change: Callable[[str, Random], str]) -> Make:
    """A family of references with another surface."""

    def make(material: Material, chance: Random) -> Iterator[Attempt]:
        for text in _few(material.references, chance):
            yield Attempt(change(text, chance), base=text)

    return make


def _alone(make: Callable[[Random], Iterable[str]]) -> Make:
    """A family that needs no material."""
    return lambda _, chance: (Attempt(text) for text in make(chance))


def _echo(material: Material, chance: Random) -> Iterator[Attempt]:
    asked = material.question.strip()
    if any(content(text) <= content(asked) for text in material.all_right):
        return  # the answer stands in the question: to say it back may be right
    bare = asked.rstrip("?. ")
    for text in (asked, bare, f"The question is: {asked}", f"I would say {bare.lower()}."):
        yield Attempt(text)


def _babble(material: Material, chance: Random) -> Iterator[Attempt]:
    sources = [*material.all_right, *(text for one in material.neighbours for text in one.right)]
    yield from map(Attempt, nonsense.babble(sources, chance))


def _shuffled(material: Material, chance: Random) -> Iterator[Attempt]:
    for text in _right(material, chance):
        if (mixed := nonsense.shuffled(text, chance)) is not None:
            yield Attempt(mixed)


def _keywords(material: Material, chance: Random) -> Iterator[Attempt]:
    for text in (*material.references, " ".join(material.key_points)):
        yield from map(Attempt, nonsense.keywords(text, material.question, chance))


def _of_another(material: Material, chance: Random) -> Iterator[Attempt]:
    yield from map(Attempt, _foreign(material, chance, 12))


def _foreign(material: Material, chance: Random, most: int) -> list[str]:
    """Return right answers of other questions that share little with this one's."""
    own = [content(text) for text in (*material.all_right, *material.key_points)]
    asked = content(material.question)
    found = [
        text
        for one in material.neighbours
        if _overlap(content(one.question), asked) < 0.4
        for text in one.right
        if len(said := content(text)) >= 3 and all(_overlap(said, other) < 0.34 for other in own)
    ]
    return _few(found, chance, most)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def _taken_back(material: Material, chance: Random) -> Iterator[Attempt]:
    for text in _right(material, chance):
        turned = negation.negate(text) or meaning.oppose(text, chance)
        if turned is not None:
            yield Attempt(f"{_ended(text)} {chance.choice(lists.TAKE_BACK)} {_lower(turned)}")
    for text in _few(material.contradictory, chance):
        said = _ended(chance.choice(material.all_right))
        yield Attempt(f"{said} {chance.choice(lists.TAKE_BACK)} {_lower(text)}")


def _hedged(material: Material, chance: Random) -> Iterator[Attempt]:
    said = [text for text in material.wrong if len(content(text)) >= 2]
    sure = [text for text in said if text in material.contradictory]
    for wrong in _few(sure or said, chance):
        right = _lower(chance.choice(material.all_right).rstrip(". "))
        both = [right, _lower(wrong.rstrip(". "))]
        chance.shuffle(both)
        form = chance.choice(
            ("Either {} or {}.", "It is {}, or {}.", "{}, or maybe {}, I cannot tell which.")
        )
        yield Attempt(form.format(*both))


def _padded_far(material: Material, chance: Random) -> Iterator[Attempt]:
    for wrong in _few(material.wrong, chance):
        padding = chance.sample(lists.OFF_TOPIC, 6)
        yield Attempt(" ".join([*padding[:3], _ended(wrong), *padding[3:]]), base=wrong)
        extra = _foreign(material, chance, 2)
        if extra:
            yield Attempt(" ".join(map(_ended, [wrong, *extra])), base=wrong)


def _injected(material: Material, chance: Random) -> Iterator[Attempt]:
    alone = iter(chance.sample(lists.INJECTIONS, len(lists.INJECTIONS)))
    for place, wrong in enumerate(_few(material.wrong, chance)):
        order = chance.choice(lists.INJECTIONS)
        both = (wrong, order) if chance.random() < 0.5 else (order, wrong)
        yield Attempt("\n".join(both), base=wrong)
        if place % 2 == 0 and (text := next(alone, None)) is not None:
            yield Attempt(text)
    yield from map(Attempt, alone)


def _right_surface(material: Material, chance: Random) -> Iterator[Attempt]:
    for text in _few(material.right, chance):
        yield Attempt(chance.choice(surface.ALL)(text, chance), base=text)


def _wrong_surface(material: Material, chance: Random) -> Iterator[Attempt]:
    for text in _few(material.wrong, chance):
        yield Attempt(chance.choice(surface.ALL)(text, chance), base=text)


def _ended(text: str) -> str:
    text = text.strip()
    return text if text[-1:] in ".!?" else text + "."


def _lower(text: str) -> str:
    text = text.strip()
    return text if text[:2].isupper() or text[:2] == "I " else text[:1].lower() + text[1:]


def _off_topic(chance: Random) -> Iterator[str]:
    for count in (1, 4, 9):
        yield " ".join(chance.sample(lists.OFF_TOPIC, count))


_NO, _YES = "not_accepted", "accepted"
FAMILIES: dict[str, Family] = {
    "empty": Family(_NO, "nothing, spaces, dots, invisible characters", _alone(nonsense.empty)),
    "emoji": Family(_NO, "emoji alone", _alone(nonsense.emoji)),
    "random letters": Family(_NO, "keys hit at random", _alone(nonsense.letters)),
    "babble": Family(_NO, "pairs of words from right answers, strung together", _babble),
    "echo": Family(_NO, "the question said back", _echo),
    "shuffled": Family(_NO, "a right text, its words in another order", _shuffled),
    "keyword list": Family(_NO, "the reference's content words, listed", _keywords),
    "other question": Family(_NO, "the right answer to another question", _of_another),
    "off topic": Family(_NO, "sentences about anything else, up to nine", _alone(_off_topic)),
    "adjectives and adverbs": Family(
        _NO, "a wrong answer with flattering words put in", _on_wrong(nonsense.flattered)
    ),
    "trigger prefix": Family(
        _NO,
        "a wrong answer behind words without meaning",
        _on_wrong(lambda text, chance: f"{chance.choice(lists.TRIGGERS)} {text}"),
    ),
    "padding": Family(_NO, "a wrong answer among sentences that do not belong", _padded_far),
    "injection": Family(_NO, "orders and fake tags, alone and with a wrong answer", _injected),
    "look-alikes": Family(
        _NO, "a wrong answer with letters of other scripts", _on_wrong(nonsense.look_alikes)
    ),
    "invisible": Family(
        _NO, "a wrong answer with zero-width characters inside", _on_wrong(nonsense.invisible)
    ),
    "negation": Family(
        _NO, "a right text, one sentence negated", _changed(lambda text, _: negation.negate(text))
    ),
    "negation throughout": Family(
        _NO,
        "a right text, at least two sentences negated",
        _changed(lambda text, _: negation.negate_all(text)),
    ),
    "opposite": Family(
        _NO, "a right text, one word turned to its opposite", _changed(meaning.oppose)
    ),
    "swapped": Family(
        _NO, "a right text, two things in each other's place", _changed(meaning.swap)
    ),
    "needed word deleted": Family(
        _NO,
        "a right text without the few words that it adds to the question",
        lambda material, chance: (
            Attempt(text)
            for right in _right(material, chance)
            if (text := meaning.delete_needed(right, material.question)) is not None
        ),
    ),
    "taken back": Family(_NO, "a right text, then its contradiction", _taken_back),
    "either or": Family(_NO, "a right and a wrong answer, left open", _hedged),
    "reference pasted": Family(
        "accepted_and_flagged", "a reference as it stands", _of_reference(lambda text, _: text)
    ),
    "reference, casing": Family(
        _YES, "a reference in lower or upper case", _of_reference(surface.casing)
    ),
    "reference, no punctuation": Family(
        _YES, "a reference without punctuation", _of_reference(surface.bare)
    ),
    "reference, typos": Family(_YES, "a reference with typos", _of_reference(surface.typos)),
    "reference, markdown": Family(
        _YES, "a reference in Discord's markdown", _of_reference(surface.markdown)
    ),
    "right answer, surface": Family(
        _YES, "a right answer with typos, casing, markdown or no punctuation", _right_surface
    ),
    "wrong answer, surface": Family(
        _NO, "a wrong answer with typos, casing, markdown or no punctuation", _wrong_surface
    ),
}
"""All families by name, as they stand in reports."""
