"""Right answers turned over without a negation: antonyms, numbers, who does what to whom."""

import random
import re

from bot.grading.training.perturb.text import function_words, group, like, lists, sentences, tokens
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


def is_negated(text: str) -> bool:
    """Tell whether a sentence holds a negation, so that one more change may turn it back."""
    return _NEGATED.search(text) is not None


def antonym(text: str, rng: random.Random) -> str | None:
    """One word or phrase of one sentence becomes its antonym. Sentences with a negation, or with
    both words of a pair, stay.
    """
    ways: list[tuple[int, int, str]] = []
    start = 0
    for sentence in sentences(text):
        start = text.index(sentence, start)
        if not is_negated(sentence) and not sentence.endswith("?"):
            ways += [(start + at, start + end, new) for at, end, new in _ways(sentence)]
        start += len(sentence)
    if not ways:
        return None
    at, end, new = rng.choice(ways)
    return with_articles(text[:at] + like(text[at:end], new) + text[end:], at)


def _ways(sentence: str) -> list[tuple[int, int, str]]:
    """The spans of a sentence that have an antonym, and it."""
    lower = sentence.lower()
    taken = [span for never in lists("antonyms")["never_in"] for span in _spans(never, lower)]
    ways: list[tuple[int, int, str]] = []
    for one, other in sorted(_phrases(), key=lambda pair: -len(pair[0])):
        if _spans(other, lower):
            continue
        for at, end in _spans(one, lower):
            if not _touches(at, end, taken):
                ways.append((at, end, other))
                taken.append((at, end))
    found = tokens(sentence)
    present = {token.lower() for token in found}
    never_after = frozenset(lists("antonyms")["never_after"])
    at, before = 0, ""
    for token in found:
        end = at + len(token)
        others = [word for word in antonyms().get(token.lower(), ()) if word not in present]
        fits = others and before not in never_after and not _touches(at, end, taken)
        if fits and len(others) == len(antonyms()[token.lower()]):
            ways += [(at, end, word) for word in others]
        if token.strip():
            before = token.lower()
        at = end
    return ways


def _phrases() -> list[tuple[str, str]]:
    pairs = [tuple(entry.split("|")) for entry in lists("antonyms")["phrases"]]
    return [(a, b) for a, b in pairs] + [(b, a) for a, b in pairs]


def _spans(phrase: str, lower: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", lower)]


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


def number(text: str, rng: random.Random) -> str | None:
    """One number becomes another. Numbers that name a thing (terminal 1), count a list or stand in
    an example or beside 'about' stay.
    """
    found = tokens(text)
    able: list[int] = []
    for place, token in enumerate(found):
        before = "".join(found[max(0, place - 2) : place]).strip()
        after = "".join(found[place + 1 : place + 2])
        if token[:1].isdigit():
            if _UNIT.search(before) or (after in {".", ")", ":"} and not before[-1:].isalpha()):
                continue
            if before.endswith(("-", "^", "/", "_", "#", "[")) or before[-1:].isdigit():
                continue
            if after[:1].isalpha() or after in {"-", "/", "^", "]"}:
                continue
            able.append(place)
        elif token.lower() in lists("antonyms")["numbers"] and not _UNIT.search(before):
            able.append(place)
    if not able or _EXAMPLE.search(text) or is_negated(text):
        return None
    place = rng.choice(able)
    found[place] = _other_number(found[place], rng)
    return "".join(found)


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


def swap_around(text: str, rng: random.Random) -> str | None:
    """Swap two noun phrases: 'from A to B', 'A ... than B' or 'A causes B' in a simple sentence."""
    ways = [way for way in (_swap_from_to(text), _swap_than(text), _swap_roles(text)) if way]
    return rng.choice(ways) if ways else None


_NP = r"(?:(?:the|a|an|its|their|his|her|this|that|each|one)\s+)?(?:[\w-]+\s+){0,2}[\w-]+"
_FROM_TO = re.compile(
    rf"\bfrom\s+({_NP}?)\s+to\s+({_NP})(?=\s*(?:[.,;!]|$|\b(?:in|on|at|by|because|and|so|when)\b))",
    re.IGNORECASE,
)


def _is_phrase(text: str) -> bool:
    """Tell whether a text can be a noun phrase: no verb, preposition, pronoun inside."""
    found = [word.lower() for word in text.split()]
    allowed = group("determiners") | group("articles")
    if not found or found[-1] in function_words():
        return False
    return all(
        word not in function_words() or (at == 0 and word in allowed)
        for at, word in enumerate(found)
    )


def _swap_from_to(text: str) -> str | None:
    match = _FROM_TO.search(text)
    if not match or is_negated(text):
        return None
    one, other = match[1], match[2]
    if not (_is_phrase(one) and _is_phrase(other)) or one.lower() == other.lower():
        return None
    return (
        text[: match.start(1)]
        + other
        + text[match.end(1) : match.start(2)]
        + one
        + text[match.end(2) :]
    )


def _swap_than(text: str) -> str | None:
    del text
    return None


def _swap_roles(text: str) -> str | None:
    del text
    return None
