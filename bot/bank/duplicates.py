"""Whether two questions ask the same.

Alike prompts (with their code) and alike keys do. Alike prompts with different keys are two
questions ('an advantage', 'a disadvantage'), unless every word is the same: nobody could tell
those apart.
"""

from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.bank.text import normal, words

SAME_PROMPT = 85.0
"""From this similarity of their words (0..100) on, two prompts may ask the same."""
SAME_KEY = 60.0
"""... and do, when their keys are as similar as this (characters, 0..100)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks, in the form that is compared."""

    text: list[str]
    key: str


def asked(prompt: str, code: str | None, key: str) -> Asked:
    """Return what a question asks; `key` is the text of the right option."""
    return Asked(words(prompt) + (code or "").split(), normal(key))


def ask_the_same(one: Asked, other: Asked) -> bool:
    """Whether two questions ask the same."""
    if not fuzz.ratio(one.text, other.text, score_cutoff=SAME_PROMPT):
        return False
    return one.text == other.text or fuzz.ratio(one.key, other.key) >= SAME_KEY
