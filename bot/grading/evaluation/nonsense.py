"""Texts that say nothing, and dress for texts that say what is wrong."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random

from bot.grading.evaluation import wordlists as lists
from bot.grading.evaluation.text import content, words

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ARTICLE = re.compile(r"\b(the|a|an|its|their) (?=[a-z]{3})")
_BE = re.compile(r"\b(is|are|was|were|will|can|does|do|has|have|it|they) (?=[a-z])")


def empty(chance: Random) -> Iterator[str]:
    """Yield texts without a word."""
    yield from ("", "   \n ", "." * chance.randint(1, 6), chance.choice(lists.INVISIBLE) * 3, "?!")


def emoji(chance: Random) -> Iterator[str]:
    """Yield rows of emoji."""
    for count in (1, 3, 8):
        yield "".join(chance.choice(lists.EMOJI) for _ in range(count))


def letters(chance: Random) -> Iterator[str]:
    """Yield one word, a line and a paragraph of letters: from all keys, and from one row."""
    for count, keys in ((1, "".join(_KEYS)), (8, chance.choice(_KEYS)), (30, "".join(_KEYS))):
        yield " ".join(
            "".join(chance.choice(keys) for _ in range(chance.randint(3, 11))) for _ in range(count)
        )


def babble(sources: Sequence[str], chance: Random) -> Iterator[str]:
    """Yield strings of word pairs from the texts, in which no three words stand as in any text."""
    texts = [words(text) for text in sources]
    pairs = sorted({pair for text in texts for pair in pairwise(text)})
    triples = {three for text in texts for three in zip(text, text[1:], text[2:], strict=False)}
    if len(pairs) < 12:
        return
    for count in (6, 9, 14):
        said: list[str] = []
        for pair in chance.sample(pairs, min(len(pairs), 4 * count)):
            tried = [*said, *pair]
            if triples.isdisjoint(zip(tried, tried[1:], tried[2:], strict=False)):
                said = tried
            if len(said) >= 2 * count:
                break
        yield " ".join(said).capitalize() + "."


def shuffled(text: str, chance: Random) -> str | None:
    """Return the words in an order in which no three stand as before; None for short texts."""
    own = words(text)
    if len(set(own)) < 6:
        return None
    triples = set(zip(own, own[1:], own[2:], strict=False))
    for _ in range(50):
        mixed = chance.sample(own, len(own))
        kept = sum(pair in set(pairwise(own)) for pair in pairwise(mixed))
        if (
            triples.isdisjoint(zip(mixed, mixed[1:], mixed[2:], strict=False))
            and kept <= len(own) // 5
        ):
            return " ".join(mixed).capitalize() + "."
    return None


def keywords(text: str, question: str, chance: Random) -> Iterator[str]:
    """Yield the content words as lists; nothing where they are few or listed already: then a list
    may be an answer.
    """
    own = list(dict.fromkeys(word for word in words(text) if word in content(text)))
    if (
        len(own) < 5
        or len(set(own) - content(question)) < 3
        or len(words(text)) < 8
        or text.count(",") > 1
    ):
        return
    yield ", ".join(own)
    mixed = chance.sample(own, len(own))
    yield "\n".join(f"- {word}" for word in mixed)
    yield " ".join(mixed)


def flattered(text: str, chance: Random) -> str:
    """Return the text with adjectives after articles and adverbs after auxiliaries and pronouns."""
    text = _ARTICLE.sub(lambda found: _article(found[1], chance.choice(lists.ADJECTIVES)), text)
    text = _BE.sub(lambda found: f"{found[1]} {chance.choice(lists.ADVERBS)} ", text)
    first = chance.choice(lists.ADVERBS).capitalize()
    return f"{first}, {text[:1].lower()}{text[1:]}"


def _article(article: str, adjective: str) -> str:
    if article in {"a", "an"}:
        article = "an" if adjective[0] in "aeiou" else "a"
    return f"{article} {adjective} "


def look_alikes(text: str, chance: Random) -> str:
    """Return the text with half of its letters that have a look-alike replaced."""
    places = [place for place, letter in enumerate(text) if letter in lists.LOOK_ALIKES]
    chosen = set(chance.sample(places, -(-len(places) // 2)))
    return "".join(
        lists.LOOK_ALIKES[letter] if place in chosen else letter
        for place, letter in enumerate(text)
    )


def invisible(text: str, chance: Random) -> str:
    """Return the text with an invisible character inside of every third word, at least of one."""
    own = text.split()
    for place in chance.sample(range(len(own)), -(-len(own) // 3)):
        half = (len(own[place]) + 1) // 2
        own[place] = own[place][:half] + chance.choice(lists.INVISIBLE) + own[place][half:]
    return " ".join(own)
