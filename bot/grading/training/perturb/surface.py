"""The same text, written otherwise: typos, casing, marks, Discord's markdown. No word changes."""

import random
import re

from bot.grading.training.perturb.text import is_word, like, lists, tokens
from bot.grading.training.perturb.vocabulary import is_known, is_protected

MOST_TYPOS = 0.12
"""Of the words; at least one word gets one."""

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ENDS = re.compile(r"[.!?]+(?=\s|$)")


def _near() -> dict[str, str]:
    near: dict[str, str] = {}
    for row, letters in enumerate(_KEYS):
        for column, letter in enumerate(letters):
            beside = letters[max(0, column - 1) : column] + letters[column + 1 : column + 2]
            below = _KEYS[row + 1][max(0, column - 1) : column + 1] if row < 2 else ""
            near[letter] = beside + below
    return near


_NEAR = _near()


def typos(text: str, rng: random.Random) -> str | None:
    """A few words with a slip of the finger, in words of five letters or more; never one that
    carries the meaning's direction (negations, words of the antonym list), and never one that
    makes a known word.
    """
    found = tokens(text)
    able = [
        place
        for place, token in enumerate(found)
        if len(token) >= 5 and token.isascii() and token.isalpha() and not is_protected(token)
    ]
    if not able:
        return None
    count = rng.randint(1, max(1, int(len([t for t in found if is_word(t)]) * MOST_TYPOS)))
    for place in rng.sample(able, min(count, len(able))):
        slip = _slip(found[place], rng)
        if not is_known(slip.lower()):
            found[place] = slip
    return "".join(found)


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[: at + 1] + word[at:]
    letter = rng.choice(_NEAR.get(word[at].lower(), word[at]))
    return word[:at] + letter + word[at + 1 :]


def casing(text: str, rng: random.Random) -> str | None:
    """All small, all large, or small beginnings of sentences."""
    beginnings = re.sub(r"(^|[.!?]\s+)([A-Z])(?=[a-z]|\s)", lambda m: m[1] + m[2].lower(), text)
    ways = [text.lower(), text.lower(), beginnings, text.upper()]
    ways = [way for way in ways if way != text]
    return rng.choice(ways) if ways else None


def unpunctuated(text: str, rng: random.Random) -> str | None:
    """Without full stops, or without commas too; signs inside numbers and formulas stay."""
    if rng.random() < 0.4:
        return _ENDS.sub("", text).rstrip()
    return re.sub(r"[,;:](?=\s|$)", "", _ENDS.sub("", text)).replace('"', "").rstrip()


def unended(text: str, rng: random.Random) -> str | None:
    """Other ends: none, several, an ellipsis; a text that had none gets one."""
    stripped = text.rstrip()
    if stripped.endswith((".", "!")):
        return stripped.rstrip(".! ") + rng.choice(["", "", "!", "...", " .", "!!", " :)"])
    return stripped + rng.choice([".", "!", "..", " .", " :)"])


def markdown(text: str, rng: random.Random) -> str | None:
    """Discord's marks around a word, some words, or the whole text."""
    if not text.strip() or any(mark in text for mark in "*_`~|"):
        return None
    mark = rng.choice(["**", "*", "__", "`", "***", "_"])
    kind = rng.randrange(4)
    if kind == 0:
        return f"{mark}{text.strip()}{mark}"
    if kind == 1:
        return rng.choice(["> ", "- ", "# ", "-# ", ">>> "]) + text.strip()
    found = tokens(text)
    able = [place for place, token in enumerate(found) if is_word(token) and len(token) >= 4]
    for place in rng.sample(able, min(len(able), rng.randint(1, 2))):
        found[place] = f"{mark}{found[place]}{mark}"
    return "".join(found)


def spelling(text: str, rng: random.Random) -> str | None:
    """British for American spelling or the other way round, all words one way."""
    del rng
    british = dict(entry.split(" ") for entry in lists("spelling")["british_american"])
    american = {value: key for key, value in british.items()}
    found = tokens(text)
    for table in (british, american):
        if any(token.lower() in table for token in found):
            new = [like(t, table[t.lower()]) if t.lower() in table else t for t in found]
            return "".join(new)
    return None
