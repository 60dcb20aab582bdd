"""Changes that make a right text wrong: opposites, swapped things, a word taken out.

Precision before recall: where no rule fits for certain, there is no result. Made for testing only;
training has its own code and words.
"""

import re
from random import Random

from bot.grading.evaluation import wordlists as lists
from bot.grading.evaluation.text import WORD, content, is_short, sentences, words

_SYMMETRIC = frozenset(
    lists.words(
        "same different equal equally both between each other and or opposite",
        "together alike difference similar versus connected separated touch touches meet meets",
        "attached joined apart gap",
    )
)


def oppose(text: str, chance: Random) -> str | None:
    """Return the text, of one or two sentences, with one word replaced by its opposite."""
    if not is_short(text):
        return None
    return _replace_one(text, _OPPOSITE, chance, shy=lists.AMBIGUOUS)


def swap(text: str, chance: Random) -> str | None:
    """Return the text, of one or two sentences, with two things in each other's place, or one taken
    for another.
    """
    if not is_short(text):
        return None
    symmetric = not _SYMMETRIC.isdisjoint(words(text))
    for pattern in (_THAN, _FROM_TO) if symmetric else (_THAN, _FROM_TO, _NUMBERS):
        if (found := pattern.search(text)) and found[1].lower() != found[3].lower():
            return text[: found.start()] + found[3] + found[2] + found[1] + text[found.end() :]
    if not symmetric:
        return _replace_one(text, _ENTITY, chance)
    return None


_NP = r"((?:[Tt]he |[Aa]n? |[Ii]ts )?[\w-]+(?: [\w-]+)?)"
_THAN = re.compile(
    rf"^{_NP}( (?:is|are|was|were) (?:\w+er|(?:more|less) \w+) than ){_NP}(?=[.,;]|$)"
)
_NUMBER = r"\b(\d+(?:\.\d+)?)\b"
_NUMBERS = re.compile(rf"{_NUMBER}([^.;]* (?:than|before|per|over|minus|from) [^.;]*?){_NUMBER}")
_FROM_TO = re.compile(r"(?<=\bfrom )((?:the |a )?\w+)( (?:in)?to )((?:the |a )?\w+)\b")


def _both_ways(pairs: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one, other in pairs:
        found[one] = (*found.get(one, ()), other)
        if " " not in other and other not in {"not", "outside", "narrow"}:
            found[other] = (*found.get(other, ()), one)
    return found


_OPPOSITE = _both_ways(lists.OPPOSITES)
_ENTITY = _both_ways(lists.ENTITIES)


def _replace_one(
    text: str,
    others: dict[str, tuple[str, ...]],
    chance: Random,
    shy: frozenset[str] = frozenset(),
) -> str | None:
    found = list(WORD.finditer(text))
    low = ["", *(match[0].lower() for match in found), ""]
    clear = [
        match
        for match, before, word, after in zip(found, low, low[1:], low[2:], strict=False)
        if word in others
        and word not in shy
        and before not in {"or", "and", "at", "a" if word == "few" else "or"}
        and after not in {"or", "and", "a", "" if word in {"before", "after"} else "or"}
    ]
    if not clear:
        return None
    match = chance.choice(clear)
    other = chance.choice(others[match[0].lower()])
    return _joined(text[: match.start()], _cased(other, match[0]), text[match.end() :])


def _joined(before: str, word: str, after: str) -> str:
    """Put the word between, and 'a' or 'an' before it as it wants."""
    article = re.search(r"\b([Aa])n? $", before)
    if article:
        before = before[: article.start()] + article[1] + ("n " if word[0] in "aeiou" else " ")
    return before + word + after


def _cased(word: str, like: str) -> str:
    return word.capitalize() if like[:1].isupper() else word


def delete_needed(text: str, question: str) -> str | None:
    """Return the text without the content words that the question does not already have.

    Only where they are one to four, in one sentence without small words that may tell enough: then
    none of what the text adds is left, and what remains is no explanation.
    """
    added = content(text) - content(question)
    own = words(text)
    told = lists.TELLING - set(words(question))
    if not 1 <= len(added) <= 4 or not 3 <= len(own) - len(added) <= 14:
        return None
    if len(sentences(text)) > 1 or any(
        word in told or (word.endswith(("er", "est")) and word not in added) for word in own
    ):
        return None
    kept = WORD.sub(lambda match: "" if match[0].lower() in added else match[0], text)
    return re.sub(r"\s+([.,;])", r"\1", re.sub(r" {2,}", " ", kept)).strip()
