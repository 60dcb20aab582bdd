"""Whether a hint holds the text of an option.

What a member can read in the question already gives nothing away: the words of its prompt and
code, and a word that every option has. A hint that names every option gives nothing away either.
"""

from rapidfuzz import fuzz

from bot.bank.text import words
from bot.domain.question import Question

LONG = 4
"""Options of this many words or more are looked for loosely, shorter ones word for word."""
PARTLY = 85.0
"""How alike (rapidfuzz partial ratio, 0..100) a long option and a piece of the hint may be."""
SHARE = 0.8
"""The share of a long option's own words that a hint may hold, in any order."""

COMMON = frozenset(
    """a all also always an and any are as at be both but by can do does each either else every
    false few for from has have how if in is it its less many may maybe more most much must neither
    never no none not nothing of often on one only or other same so some sometimes than that the
    their them then there these they this those to too true two up very was what when which who
    will with without wrong yes you""".split()  # noqa: SIM905 - a list of 130 quoted words reads worse
)
"""English words that say nothing alone: an option made of them is not looked for."""


def gives_away(question: Question, hint: str) -> list[str]:
    """Return the letters of the options whose text the hint holds, in order."""
    told = words(hint)
    seen = {*words(question.prompt), *words(question.code or "")}
    options = [words(option) for option in question.options]
    shared = set(options[0]).intersection(*options[1:])
    found = [
        letter
        for letter, option in zip(question.letters, options, strict=True)
        if _holds(told, option, known=seen | shared)
    ]
    return [] if len(found) == len(options) else found


def _holds(told: list[str], option: list[str], *, known: set[str]) -> bool:
    own = {word for word in option if word not in known and word not in COMMON}
    if not any(_says_something(word) for word in own):
        return False
    if len(option) < LONG:
        return any(told[at : at + len(option)] == option for at in range(len(told)))
    if fuzz.partial_ratio(" ".join(option), " ".join(told)) >= PARTLY and len(told) >= LONG:
        return True
    return len(own) >= 3 and len(own & set(told)) / len(own) >= SHARE


def _says_something(word: str) -> bool:
    # 'step 2' and 'the 3 points' are in any hint: a bare number counts from three characters on.
    return len(word) > 2 or not word.isdecimal()
