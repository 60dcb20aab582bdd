"""A right text negated. Precision before recall: where no rule fits surely, nothing comes."""

import re

from bot.grading.evaluation import wordlists as lists
from bot.grading.evaluation.text import WORD, is_short, sentences

_CONTRACTIONS = {
    "can't": "can", "won't": "will", "shan't": "shall", "cannot": "can", "can’t": "can",
    "won’t": "will",
}  # fmt: skip
_UNTOUCHED = frozenset(lists.words("only necessarily just even until because"))
_THE_MORE = re.compile(r"\bthe (?:more|less|\w+er)\b.*\bthe (?:more|less|\w+er)\b", re.IGNORECASE)


def negate(text: str) -> str | None:
    """Return the text with its first sentence that can be negated turned round.

    Only texts of one or two sentences: in a longer one it may be a sentence of no weight.
    """
    parts = sentences(text)
    if not is_short(text):
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
    if sentence.endswith("?") or _THE_MORE.search(sentence):
        return None
    found = list(WORD.finditer(sentence))
    low = [match[0].lower() for match in found]
    denied = [index for index, word in enumerate(low) if _is_negation(word)]
    if len(denied) == 1 and "or" not in low:
        return _without_negation(sentence, found, low, denied[0])
    # Taking one of several away may leave the sense as it was, and so may denying one of two ways.
    if denied or "or" in low or not lists.SUPPOSING.isdisjoint(low):
        return None
    candidates = [place for place in range(len(low)) if _negatable(low, place)]
    main = [place for place in candidates if not _is_subordinate(low, place)]
    # A condition that is denied is no denial of what follows from it: only main clauses count,
    # unless the whole is one clause such as 'If they are in the same path'.
    if not main and low[:1] and low[0] in lists.SUBORDINATORS and "," not in sentence:
        main = candidates[:1]
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
    if before.endswith(_IS):
        return False  # what follows is a participle
    if word.endswith(_IS):
        return after not in _UNTOUCHED
    if word in lists.AUXILIARIES:
        return after not in _UNTOUCHED and bool(before)
    if word in {"has", "have", "had"}:
        return after in lists.PARTICIPLES or after.endswith("ed")
    if word not in _INFLECTED or not before:
        return False
    kind = _INFLECTED[word][1]
    if kind == "base":
        plural = before.endswith("s") and before not in lists.NOT_PLURALS and len(before) > 3
        # 'updates' may be a verb itself, but not after an article.
        noun = before not in _INFLECTED or (place > 1 and low[place - 2] in _DETERMINERS)
        return before in {"they", "we", "you", "these", "those"} or (plural and noun)
    noun_before = before in lists.FUNCTION and before not in _SUBJECTS
    if noun_before or (kind == "past" and before.endswith("ly")):
        return False
    if kind == "s":  # 'the updates', 'weight updates' are nouns: a verb has something after it
        return after in _AFTER_VERB
    # 'remained in the dish', but not 'a switch contained in a path'.
    alone = _INFLECTED[word][0] in lists.INTRANSITIVE
    return not after or after in (_AFTER_VERB if alone else _AFTER_VERB - _PREPOSITIONS)


_BEFORE_NO_FINITE_VERB = frozenset(lists.words("has have had to do does did re s ve ll d"))
_DETERMINERS = frozenset(lists.words("the these those its their all such both"))
_IS = ("'re", "’re", "it's", "it’s", "that's", "that’s", "there's", "there’s")
_SUBJECTS = frozenset(lists.words("it he she that this which they we you i one"))
_AFTER_VERB = frozenset(
    lists.words(
        "the a an its their his her to from in into on onto more less up down off out with them it",
        "all every each too that how what away over past through as at no towards because",
    )
)
"""Before one of these a form in -s or -ed is a verb and no noun or participle."""
_PREPOSITIONS = frozenset(
    lists.words("to from in into on onto up down off out with away over past through as at because")
)


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
    whole = lists.AUXILIARIES | {"has", "have", "had"}
    if low[place] in whole or low[place].endswith(_IS):
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
    if word == "no" and after == "longer":
        return sentence[: match.start()] + "still" + sentence[found[place + 1].end() :]
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
