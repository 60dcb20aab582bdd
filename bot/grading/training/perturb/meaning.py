"""Right answers turned over without a negation: antonyms, numbers, who does what to whom."""

import random
import re
from functools import cache

from bot.grading.training.pairs import Pair
from bot.grading.training.perturb.text import (
    content,
    function_words,
    group,
    like,
    lists,
    sentences,
    stem,
    stems,
    tokens,
    words,
)
from bot.grading.training.perturb.vocabulary import antonyms

_NEGATED = re.compile(
    r"\b(?:not|no|never|without|nor|neither|none|nothing|cannot|unless|either|whether|hardly|barely)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"\b(?:e\.g|for (?:example|instance)|such as|maybe|like|about|approx)", re.IGNORECASE
)
_SILENT_H = ("hour", "honest", "heir")
_UNIT = re.compile(
    r"(?:terminal|bulb|switch|step|figure|event|number|ipv|question|option|model|class)s?$",
    re.IGNORECASE,
)


_EVEN_SO = re.compile(r"\b(?:if|when)\b.*\bstill\b|\bstill\b.*\b(?:if|when)\b|\beven (?:if|when)\b")
"""'If it is damaged, the others still work': the antonym of the condition would be true as well."""
_UNDONE = re.compile(
    r"\b(?:fail(?:s|ed|ing)? to|instead of|rather th[ae]n|far from|prevents?|avoids?)"
    r"\s+\w+(?:\s+\w+)?"
)


def is_negated(text: str) -> bool:
    """Tell whether a sentence holds a negation, so that one more change may turn it back."""
    if _NEGATED.search(text) is not None:
        return True
    return any(word.lower() in group("clipped") for word in words(text))


def antonym(text: str, rng: random.Random) -> str | None:
    """One word or phrase of one sentence becomes its antonym. Sentences with a negation, or with
    both words of a pair, stay.
    """
    return _turned(text, _ways(text), rng)


def antonym_of_point(pair: Pair, rng: random.Random) -> str | None:
    """The same, but of an answer longer than a sentence only what the reference speaks of too."""
    text = pair.answer
    ways = _ways(text)
    if len(sentences(text)) > 1 or len(text.split()) > 25:
        wanted = stems(content(pair.reference))
        ways = [way for way in ways if stem(text[way[0] : way[1]].split()[0]) in wanted]
    return _turned(text, ways, rng)


def _turned(text: str, ways: list[tuple[int, int, str]], rng: random.Random) -> str | None:
    if not ways:
        return None
    at, end, new = rng.choice(ways)
    return with_articles(text[:at] + like(text[at:end], new) + text[end:], at)


def _ways(text: str) -> list[tuple[int, int, str]]:
    """The spans of a text that have an antonym, and it; a span may come more than once."""
    ways: list[tuple[int, int, str]] = []
    start = 0
    for sentence in sentences(text):
        start = text.index(sentence, start)
        if not is_negated(sentence) and not sentence.endswith("?"):
            ways += [(start + at, start + end, new) for at, end, new in _in_sentence(sentence)]
        start += len(sentence)
    return ways


def _in_sentence(sentence: str) -> list[tuple[int, int, str]]:
    lower = sentence.lower()
    if _EVEN_SO.search(lower):
        return []
    taken = [match.span() for match in _any_of("never_in").finditer(lower)]
    taken += [match.span() for match in _UNDONE.finditer(lower)]
    ways: list[tuple[int, int, str]] = []
    for match in _any_of("phrases").finditer(lower):
        others = [other for other in _phrases()[match[0]] if other not in lower]
        after = (words(lower[match.end() :]) or [""])[0]
        if match[0] == "the same" and (not after or after in function_words()):
            others = [other.removeprefix("a ") for other in others]
        if not _touches(*match.span(), taken):
            ways += [(*match.span(), other) for other in others]
            taken.append(match.span())
    found = tokens(sentence)
    present = {token.lower() for token in found}
    at, before = 0, ""
    for token, after in zip(found, [*found[1:], ""], strict=True):
        end = at + len(token)
        others = () if after in {'"', "'", "’"} else antonyms().get(token.lower(), ())
        fits = before not in lists("antonyms")["never_after"] and not _touches(at, end, taken)
        opens = not before and token.lower() in {"well", "first", "last", "before", "after"}
        is_name = before and token[:1].isupper() and not token.isupper()
        if fits and not opens and not is_name and not present & set(others):
            ways += [(at, end, word) for word in others]
        if token.strip():
            before = token.lower()
        at = end
    return ways


@cache
def _phrases() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in lists("antonyms")["phrases"]:
        one, sign, other = re.split(r"(\|| > )", entry)
        found.setdefault(one, []).append(other)
        if sign == "|":
            found.setdefault(other, []).append(one)
    return found


@cache
def _any_of(name: str) -> re.Pattern[str]:
    wanted = _phrases() if name == "phrases" else lists("antonyms")[name]
    longest_first = sorted(wanted, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")


def _touches(at: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(at < other_end and other_at < end for other_at, other_end in spans)


def with_articles(text: str, at: int) -> str:
    """Put 'a' or 'an' right before the word that begins at `at`."""
    match = re.search(r"\b(an?)(\s+)$", text[:at], re.IGNORECASE)
    if not match:
        return text
    word = text[at:].lower()
    vowel = word[:1] in "aeiou" and not word.startswith(("uni", "use", "eu", "one"))
    article = like(match[1], "an" if vowel or word.startswith(_SILENT_H) else "a")
    return text[: match.start()] + article + match[2] + text[at:]


def number(pair: Pair, rng: random.Random) -> str | None:
    """One number that the reference has and the question has not becomes another. Numbers that
    name a thing (class 1), count a list, or stand in an example or beside 'about' stay.
    """
    text = pair.answer
    found = tokens(text)
    asked = {_digits(word) for word in words(pair.question)}
    wanted = {_digits(word) for word in words(pair.reference)} - asked
    able: list[int] = []
    for place, token in enumerate(found):
        before = "".join(found[max(0, place - 2) : place]).strip()
        after = "".join(found[place + 1 : place + 2])
        if token[:1].isdecimal():
            if _UNIT.search(before) or (after in {".", ")", ":"} and not before[-1:].isalpha()):
                continue
            joined = found[place - 1][-1:] if place else ""
            if before.endswith(("-", "^", "/", "_", "#", "[")) or joined.isalnum():
                continue
            if before[-1:].isdigit():
                continue
            if after[:1].isalpha() or after in {"-", "/", "^", "]"}:
                continue
            able.append(place)
        elif token.lower() in lists("antonyms")["numbers"] and not _UNIT.search(before):
            able.append(place)
    if "terminal" in text.lower():
        return None  # these are numbered, and another may do as well
    able = [place for place in able if _digits(found[place]) in wanted]
    if not able or _EXAMPLE.search(text) or is_negated(text):
        return None
    place = rng.choice(able)
    found[place] = _other_number(found[place], rng)
    return "".join(found)


def _digits(word: str) -> str:
    named = ["zero", "one", *lists("antonyms")["numbers"]]
    return str(named.index(word.lower())) if word.lower() in named else word


def _other_number(token: str, rng: random.Random) -> str:
    if token.lower() in lists("antonyms")["numbers"]:
        apart = [word for word in lists("antonyms")["numbers"] if word != token.lower()]
        return like(token, rng.choice(apart))
    if "." in token or "," in token:
        whole, mark, rest = re.split(r"([.,])", token, maxsplit=1)
        return f"{_other_whole(whole, rng)}{mark}{rest}"
    return _other_whole(token, rng)


def _other_whole(digits: str, rng: random.Random) -> str:
    value = int(digits) if len(digits) < 15 else 0
    ways = {value * 10, value + rng.randint(2, 9), value * 2, value // 2, value // 10} - {value}
    return str(rng.choice(sorted(ways)))
