"""Texts as the generators cut them: tokens that join back to the text, sentences, content words.
Everything here is total: any string goes in, also an empty one.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from tomllib import loads
from typing import cast

_TOKEN = re.compile(r"\s+|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*|.", re.DOTALL)
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BREAK = re.compile(r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bca\.)(?<!\b\d\.)\s+|\n+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ions", "ion", "edly", "ed", "ers", "er", "es", "ly")


@cache
def lists(name: str) -> dict[str, list[str]]:
    """Return the word lists of the file `name`.toml beside this module, by their keys. A list may
    be written as one string of words with spaces between them.
    """
    file = resources.files("bot.grading.training.perturb").joinpath(f"{name}.toml")
    text = file.read_text(encoding="utf-8")
    found = cast("dict[str, str | list[str]]", loads(text))
    return {key: value.split() if isinstance(value, str) else value for key, value in found.items()}


@cache
def group(name: str) -> frozenset[str]:
    """Return a list of function words by its name in grammar.toml."""
    return frozenset(lists("grammar")[name])


@cache
def function_words() -> frozenset[str]:
    """All words that carry grammar more than meaning."""
    return frozenset(word for words_ in lists("grammar").values() for word in words_)


def tokens(text: str) -> list[str]:
    """Cut into words, numbers, single signs and runs of white space; joined they are the text."""
    return _TOKEN.findall(text)


def words(text: str) -> list[str]:
    """The words and numbers of a text as they are written."""
    return _WORD.findall(text)


def is_word(token: str) -> bool:
    """Tell whether a token is a word, not a number, sign or space."""
    return token[:1].isalpha()


def sentences(text: str) -> list[str]:
    """Cut into sentences with their marks, without the white space between them."""
    return [part.strip() for part in _BREAK.split(text) if part.strip()]


def content(text: str) -> list[str]:
    """The words and numbers that carry meaning, in lower case, in their order, each once."""
    found = (word.lower() for word in words(text))
    return list(dict.fromkeys(word for word in found if word not in function_words()))


def stem(word: str) -> str:
    """A rough stem: enough to see that 'learned' and 'learning' share a verb."""
    word = word.lower()
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    else:
        word = word[:-1] if word.endswith("s") and not word.endswith("ss") else word
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] in "ey" else word


def stems(found: Iterable[str]) -> set[str]:
    """The stems of some words."""
    return {stem(word) for word in found}


def overlap(text: str, other: str) -> float:
    """The share of the content of `text` that `other` has too, 0..1; 0 where there is none."""
    mine, its = stems(content(text)), stems(content(other))
    return len(mine & its) / len(mine) if mine else 0.0


def like(model: str, word: str) -> str:
    """Write `word` with the capitals of `model`."""
    if model.isupper() and len(model) > 1:
        return word.upper()
    return capital(word) if model[:1].isupper() else word


def capital(text: str) -> str:
    """Write the first letter large."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """Write the first letter small, for the middle of a sentence, but leave I, A/B, CNN, Adam's."""
    first = (words(text) or [""])[0]
    if not text.startswith(first) or first.lower() not in function_words() or first == "I":
        return text
    if first.startswith(("I'", "I’")):
        return text
    return text[:1].lower() + text[1:]


def bare(text: str) -> str:
    """Drop the marks that end a text."""
    return text.rstrip().rstrip(".!?;:, ").rstrip()
