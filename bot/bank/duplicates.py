"""Whether two questions ask the same.

Alike prompts (with their code) and alike keys do. Alike prompts with different keys are two
questions ('an advantage', 'a disadvantage'), unless every word is the same: nobody could tell
those apart.
"""

from dataclasses import dataclass
from zlib import crc32

from rapidfuzz import fuzz

from bot.bank.text import normal, words

SAME_PROMPT = 85.0
"""From this similarity of their words (0..100) on, two prompts may ask the same."""
SAME_KEY = 60.0
"""... and do, when their keys are as similar as this (characters, 0..100)."""
_BITS = 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks, in the form that is compared."""

    text: list[str]
    key: str
    bits: int
    """A bit for each word that is in it. Two words may share one."""


def asked(prompt: str, code: str | None, key: str) -> Asked:
    """Return what a question asks; `key` is the text of the right option."""
    text = words(prompt) + (code or "").split()
    bits = 0
    for word in text:
        bits |= 1 << (crc32(word.encode("utf-8", "replace")) % _BITS)
    return Asked(text, normal(key), bits)


def ask_the_same(one: Asked, other: Asked) -> bool:
    """Whether two questions ask the same."""
    # A bit that only one has is a word to delete or insert. Most pairs have too many of them, and
    # that is found in a hundredth of the time that comparing their words takes.
    most = (1 - SAME_PROMPT / 100) * (len(one.text) + len(other.text))
    if (one.bits ^ other.bits).bit_count() > most + 1e-6:
        return False
    if not fuzz.ratio(one.text, other.text, score_cutoff=SAME_PROMPT):
        return False
    return one.text == other.text or same_key(one, other)


def same_key(one: Asked, other: Asked) -> bool:
    """Whether the keys of two questions say the same."""
    return fuzz.ratio(one.key, other.key) >= SAME_KEY
