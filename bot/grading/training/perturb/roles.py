"""Who does what to whom, and which of two things is more, turned round."""

import random
import re

from bot.grading.training.perturb.meaning import is_negated, with_articles
from bot.grading.training.perturb.text import (
    capital,
    function_words,
    group,
    is_word,
    like,
    lists,
    sentences,
    tokens,
)
from bot.grading.training.perturb.verbs import Verb, clause_of, stating_verbs
from bot.grading.training.perturb.vocabulary import antonyms, participle

_NP = r"(?:(?:the|a|an|its|their|his|her|this|that|each)\s+)?(?:[\w-]+\s+){0,2}[\w-]+"
_FROM_TO = re.compile(
    rf"\bfrom\s+({_NP}?)\s+to\s+({_NP})"
    r"(?=\s*(?:[.,;!]|$|\b(?:in|on|at|by|because|and|so|when)\b))",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(r"[.,;]|\b(?:and|but|while|whereas|if|when|because|then|so)\b")
_GOES_ON = frozenset({"of", "between", "to", "with", "from", "that", "as", "than", "("})
"""After these words a noun phrase goes on, and cannot be moved without them."""
_SYMMETRIC = frozenset({"different", "other", "rather", "same"})


def swap(text: str, rng: random.Random) -> str | None:
    """Swap two noun phrases of one sentence, or two antonyms, where that turns the text over."""
    ways: list[str] = []
    for sentence in sentences(text):
        if is_negated(sentence) or sentence.endswith("?"):
            continue
        made = [_from_to(sentence), *_clauses_swapped(sentence)]
        at = text.index(sentence)
        ways += [text[:at] + new + text[at + len(sentence) :] for new in made if new]
    ways += [new for new in [_antonyms_swapped(text)] if new and not is_negated(text)]
    return rng.choice(ways) if ways else None


def _from_to(sentence: str) -> str | None:
    """from high to low -> from low to high."""
    match = _FROM_TO.search(sentence)
    if not match:
        return None
    one, other = match[1], match[2]
    mine, its = set(one.lower().split()), set(other.lower().split())
    if not (is_phrase(one) and is_phrase(other)) or mine <= its or its <= mine:
        return None
    if _kind(one) != _kind(other):
        return None
    between = sentence[match.end(1) : match.start(2)]
    return sentence[: match.start(1)] + other + between + one + sentence[match.end(2) :]


def _kind(phrase: str) -> str:
    first = phrase.split()[0].lower()
    return first if first in group("articles") | group("determiners") else ""


def is_phrase(text: str) -> bool:
    """Tell whether a text can be a noun phrase: up to four words, of grammar only the first."""
    found = [word.lower() for word in text.split()]
    if not 1 <= len(found) <= 4 or found[-1] in function_words() | {"other", "others"}:
        return False
    if found[0] in {"more", "less", "most", "least"} or found[-1].endswith("ly"):
        return False
    opening = group("determiners") | group("articles") | {"one"}
    return all(
        word not in function_words() or (at == 0 and word in opening)
        for at, word in enumerate(found)
    ) and not any(mark in text for mark in ",;:()\n")


def _clauses_swapped(sentence: str) -> list[str]:
    found = tokens(sentence)
    ways: list[str] = []
    for verb in stating_verbs(found):
        begin, end = clause_of(found, verb.place)
        ends = _than(found, verb, end) or _object(found, verb, end)
        if ends is not None:
            new = _exchanged(found, (begin, verb.place), ends)
            ways += [new] if new else []
    return ways


def _than(found: list[str], verb: Verb, end: int) -> tuple[int, int] | None:
    """The noun phrase after 'than', where the clause of the verb ends with 'than'."""
    if end >= len(found) or found[end].lower() != "than":
        return None
    if _SYMMETRIC & {token.lower() for token in found[verb.place : end]}:
        return None
    return end + 1, clause_of(found, end + 1)[1]


def _object(found: list[str], verb: Verb, end: int) -> tuple[int, int] | None:
    """The object of a verb whose sides are not alike: 'absorbs X', 'leads to X', 'is held by X'."""
    rest = [place for place in range(verb.place + 1, end) if found[place].strip()]
    begin = verb.place + 1
    if verb.kind in {"third", "plain", "past"}:
        if verb.base not in lists("verbs")["directed"]:
            joined = f"{verb.base} {found[rest[0]].lower()}" if rest else ""
            if joined not in lists("verbs")["directed_with"]:
                return None
            begin = rest[0] + 1
    elif verb.kind == "be" and len(rest) >= 3 and found[rest[1]].lower() == "by":
        passive = {participle(base) for base in lists("verbs")["directed"]}
        if found[rest[0]].lower() not in passive:
            return None
        begin = rest[1] + 1
    else:
        return None
    breaks = group("prepositions") | group("conjunctions")
    stop = next((p for p in range(begin, end) if found[p].lower() in breaks), end)
    goes_on = stop < len(found) and found[stop].lower() in _GOES_ON
    return None if goes_on else (begin, stop)


def _exchanged(found: list[str], one: tuple[int, int], other: tuple[int, int]) -> str | None:
    first, second = "".join(found[slice(*one)]), "".join(found[slice(*other)])
    left, right = first.strip(), second.strip()
    if not (is_phrase(left) and is_phrase(right)):
        return None
    mine, its = set(left.lower().split()), set(right.lower().split())
    if _is_many(left) != _is_many(right) or mine <= its or its <= mine:
        return None
    if {left.split()[0].lower(), right.split()[0].lower()} & {"its", "their", "his", "her"}:
        return None
    raised = capital(right) if left[0].isupper() and one[0] == 0 else right
    word = left.split()[0]
    plain = one[0] == 0 and len(word) > 1 and word[1:].islower()
    lowered = left[0].lower() + left[1:] if plain else left
    return "".join(
        [
            *found[: one[0]],
            first.replace(left, raised),
            *found[one[1] : other[0]],
            second.replace(right, lowered),
            *found[other[1] :],
        ]
    )


def _is_many(phrase: str) -> bool:
    last = phrase.split()[-1].lower()
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))


def _antonyms_swapped(text: str) -> str | None:
    """high ... low -> low ... high, where they stand in two clauses, each once."""
    found = tokens(text)
    places: dict[str, list[int]] = {}
    for place, token in enumerate(found):
        if is_word(token):
            places.setdefault(token.lower(), []).append(place)
    for word, at in places.items():
        for other in antonyms().get(word, ()):
            its = places.get(other, [])
            if len(at) != 1 or len(its) != 1 or at[0] > its[0]:
                continue
            between = found[at[0] + 1 : its[0]]
            if sum(map(is_word, between)) >= 3 and _BOUNDARY.search("".join(between)):
                found[at[0]], found[its[0]] = (
                    like(found[at[0]], found[its[0]].lower()),
                    found[at[0]].lower(),
                )
                text = with_articles("".join(found), len("".join(found[: its[0]])))
                return with_articles(text, len("".join(found[: at[0]])))
    return None
