"""Texts as words and sentences."""

import re

from bot.grading.evaluation import wordlists as lists

WORD = re.compile(r"[A-Za-z]+(?:[-'’][A-Za-z]+)*|\d+(?:\.\d+)?")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(0-9])")


def words(text: str) -> list[str]:
    """Return the words and numbers, lower-cased."""
    return [found[0].lower() for found in WORD.finditer(text)]


def content(text: str) -> frozenset[str]:
    """Return the words that carry subject matter."""
    return frozenset(word for word in words(text) if word not in lists.FUNCTION and len(word) > 1)


def sentences(text: str) -> list[str]:
    """Return the sentences, without the spaces between."""
    return [part.strip() for part in _SENTENCE.split(text.strip()) if part.strip()]


def is_short(text: str) -> bool:
    """Tell whether every sentence of the text carries weight."""
    return len(sentences(text)) <= 2 and len(words(text)) <= 45
