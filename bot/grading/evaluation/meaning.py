"""Changes that make a right sentence wrong: negation, opposites, swapped things, a word taken out.

Precision before recall: where no rule fits for certain, there is no result. Made for testing only;
training has its own code and words.
"""

import re
from random import Random

from bot.grading.evaluation import wordlists as lists

_WORD = re.compile(r"[A-Za-z]+(?:[-'’][A-Za-z]+)*|\d+(?:\.\d+)?")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(0-9])")
_CONTRACTIONS = {
    "can't": "can", "won't": "will", "shan't": "shall", "cannot": "can", "can’t": "can",
    "won’t": "will",
}  # fmt: skip
_SYMMETRIC = frozenset(
    lists.words(
        "same different equal equally both between each other and or opposite",
        "together alike difference similar versus",
    )
)
_UNTOUCHED = frozenset(lists.words("only necessarily just even until because"))


def words(text: str) -> list[str]:
    """Return the words and numbers, lower-cased."""
    return [found[0].lower() for found in _WORD.finditer(text)]


def content(text: str) -> frozenset[str]:
    """Return the words that carry subject matter."""
    return frozenset(word for word in words(text) if word not in lists.FUNCTION and len(word) > 1)


def sentences(text: str) -> list[str]:
    """Return the sentences, without the spaces between."""
    return [part.strip() for part in _SENTENCE.split(text.strip()) if part.strip()]


def negate(text: str) -> str | None:
    """Return the text with its first sentence that can be negated turned round.

    Only texts of one or two sentences: in a longer one it may be a sentence of no weight.
    """
    parts = sentences(text)
    if len(parts) > 2:
        return None
    for index, sentence in enumerate(parts):
        if (turned := _negate_sentence(sentence)) is not None:
            return " ".join([*parts[:index], turned, *parts[index + 1 :]])
    return None


def negate_all(text: str) -> str | None:
    """Return the text with every sentence turned round that can be; None with fewer."""
    parts = [(sentence, _negate_sentence(sentence)) for sentence in sentences(text)]
    if sum(turned is not None for _, turned in parts) < 2:
        return None
    return " ".join(turned or sentence for sentence, turned in parts)


def _negate_sentence(sentence: str) -> str | None:
    if sentence.endswith("?"):
        return None
    found = list(_WORD.finditer(sentence))
    low = [match[0].lower() for match in found]
    denied = [index for index, word in enumerate(low) if _is_negation(word)]
    if len(denied) == 1:
        return _without_negation(sentence, found, low, denied[0])
    if denied or not lists.SUPPOSING.isdisjoint(low):
        return None  # taking one of several away may leave the sense as it was
    candidates = [place for place in range(len(low)) if _negatable(low, place)]
    main = [place for place in candidates if not _is_subordinate(low, place)]
    # A condition that is denied is no denial of what follows from it: only main clauses count,
    # unless the whole text is one clause such as 'If they are in the same path'.
    if not main:
        main = candidates if low[:1] and low[0] in lists.SUBORDINATORS else []
    if not main:
        return None
    return _with_negation(sentence, found, low, main[0])


def _is_negation(word: str) -> bool:
    return word in {"not", "no", "never", "none", "nothing", "neither", "nor", "without", "cannot",
                    "nobody", "hardly"} or word.endswith(("n't", "n’t"))  # fmt: skip


def _is_subordinate(low: list[str], place: int) -> bool:
    return any(word in lists.SUBORDINATORS for word in low[max(0, place - 5) : place])


def _negatable(low: list[str], place: int) -> bool:
    word = low[place]
    after = low[place + 1] if place + 1 < len(low) else ""
    before = low[place - 1] if place else ""
    if not after and word not in _INFLECTED:
        return False
    if before in lists.AUXILIARIES or before in _BEFORE_NO_FINITE_VERB:
        return False
    if word in lists.AUXILIARIES:
        return after not in _UNTOUCHED and bool(before)
    if word in {"has", "have", "had"}:
        return after in lists.PARTICIPLES or after.endswith("ed")
    if word not in _INFLECTED or not before:
        return False
    kind = _INFLECTED[word][1]
    if kind == "base":
        plural = before.endswith("s") and before not in lists.NOT_PLURALS and len(before) > 3
        return before in {"they", "we", "you", "i", "these", "those"} or (
            plural and before not in _INFLECTED
        )
    noun_before = before in lists.FUNCTION and before not in _SUBJECTS
    if noun_before or (kind == "past" and before.endswith("ly")):
        return False
    if kind == "s":  # 'the updates', 'weight updates' are nouns: a verb has something after it
        return after in _AFTER_VERB
    return after in _AFTER_VERB or not after


_BEFORE_NO_FINITE_VERB = frozenset(lists.words("has have had to do does did re s ve ll d"))
_SUBJECTS = frozenset(lists.words("it he she that this which they we you i one"))
_AFTER_VERB = frozenset(
    lists.words(
        "the a an its their his her to from in into on onto more less up down off out with them it",
        "all every each too that how what away over past through as at no towards because",
    )
)
"""After one of these in -s or -ed stands a verb and no noun or participle."""


def _inflected() -> dict[str, tuple[str, str]]:
    forms: dict[str, tuple[str, str]] = {}
    for verb in lists.VERBS:
        stem_y = verb.endswith("y") and verb[-2] not in "aeiou"
        third = verb[:-1] + "ies" if stem_y else verb + (
            "es" if verb.endswith(("s", "sh", "ch", "x", "o")) else "s"
        )  # fmt: skip
        doubled = verb in {"stop", "drop", "map", "overfit"}
        past = lists.IRREGULAR_PASTS.get(verb) or (
            verb + "d" if verb.endswith("e")
            else verb[:-1] + "ied" if stem_y
            else verb + verb[-1] + "ed" if doubled else verb + "ed"
        )  # fmt: skip
        for form, kind in ((past, "past"), (third, "s"), (verb, "base")):
            forms[form] = (verb, kind)
    return forms


_INFLECTED = _inflected()
"""From a form to its verb and which of its forms it is; base wins."""


def _with_negation(sentence: str, found: list[re.Match[str]], low: list[str], place: int) -> str:
    match = found[place]
    if low[place] in lists.AUXILIARIES or low[place] in {"has", "have", "had"}:
        said = "cannot" if low[place] == "can" else f"{match[0]} not"
    else:
        verb, kind = _INFLECTED[low[place]]
        said = {"s": "does not ", "past": "did not ", "base": "do not "}[kind] + verb
    return sentence[: match.start()] + said + sentence[match.end() :]


def _without_negation(
    sentence: str, found: list[re.Match[str]], low: list[str], place: int
) -> str | None:
    match, word = found[place], low[place]
    after = low[place + 1] if place + 1 < len(low) else ""
    if after in _UNTOUCHED:
        return None
    if word == "not" and place and low[place - 1] in lists.AUXILIARIES | {
        "do", "does", "did", "has", "have", "had",
    }:  # fmt: skip
        return sentence[: match.start()] + sentence[match.end() :].lstrip()
    if word in _CONTRACTIONS:
        said = _CONTRACTIONS[word]
    elif word.endswith(("n't", "n’t")):
        said = word[:-3]
    elif word == "no" and place and low[place - 1] in {"is", "are", "was", "were", "has", "have"}:
        said = "a" if low[place - 1] in {"is", "was", "has"} else "some"
    elif word == "without":
        said = "with"
    else:
        return None
    return sentence[: match.start()] + said + sentence[match.end() :]


def oppose(text: str, chance: Random) -> str | None:
    """Return the text, of one or two sentences, with one word replaced by its opposite."""
    if len(sentences(text)) > 2:
        return None
    return _replace_one(text, _OPPOSITE, chance, shy=lists.AMBIGUOUS)


def swap(text: str, chance: Random) -> str | None:
    """Return the text, of one or two sentences, with two things in each other's place, or one taken
    for another.
    """
    if len(sentences(text)) > 2:
        return None
    for pattern in (_THAN, _FROM_TO, _NUMBERS):
        if (found := pattern.search(text)) and found[1].lower() != found[3].lower():
            return text[: found.start()] + found[3] + found[2] + found[1] + text[found.end() :]
    if _SYMMETRIC.isdisjoint(words(text)):
        return _replace_one(text, _ENTITY, chance)
    return None


_NP = r"((?:[Tt]he |[Aa]n? |[Ii]ts )?[\w-]+(?: [\w-]+)?)"
_THAN = re.compile(
    rf"^{_NP}( (?:is|are|was|were) (?:\w+er|(?:more|less) \w+) than ){_NP}(?=[.,;]|$)"
)
_NUMBER = r"\b(\d+(?:\.\d+)?)\b"
_NUMBERS = re.compile(
    rf"{_NUMBER}([^.;]* (?:than|before|per|of|to|over|minus|from) [^.;]*?){_NUMBER}"
)
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
    found = list(_WORD.finditer(text))
    low = ["", *(match[0].lower() for match in found), ""]
    clear = [
        match
        for match, before, word, after in zip(found, low, low[1:], low[2:], strict=False)
        if word in others
        and word not in shy
        and before not in {"or", "and", "at", "a" if word == "few" else "or"}
        and after not in {"or", "and", "a"}
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
    if not 1 <= len(added) <= 4 or not 3 <= len(own) - len(added) <= 14:
        return None
    if len(sentences(text)) > 1 or any(
        word in lists.TELLING or (word.endswith(("er", "est")) and word not in added)
        for word in own
    ):
        return None
    kept = _WORD.sub(lambda match: "" if match[0].lower() in added else match[0], text)
    return re.sub(r"\s+([.,;])", r"\1", re.sub(r" {2,}", " ", kept)).strip()
