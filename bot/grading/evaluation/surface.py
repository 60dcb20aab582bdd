"""Changes that leave what is said as it was: a grade must not turn on them."""

import re
from collections.abc import Callable
from random import Random

from bot.grading.evaluation.wordlists import FUNCTION

_BESIDE = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "ko", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa",
    "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu",
    "z": "x",
}  # fmt: skip
_LONG = re.compile(r"[a-z]{6,}")
_PUNCTUATION = re.compile(r"[.,;:!?\"“”()]+(?=\s|$)|(?<=\s)[\"“(]+")


def casing(text: str, chance: Random) -> str:
    """Return the text in lower or upper case."""
    return text.lower() if chance.random() < 0.7 else text.upper()


def bare(text: str, _: Random) -> str:
    """Return the text without punctuation between words; 1.5, x-1 and don't stay."""
    return " ".join(_PUNCTUATION.sub(" ", text).split())


def typos(text: str, chance: Random) -> str:
    """Return the text with one slip in about every eighth word: inside words of six letters or
    more, never at their ends, so that no word turns into its opposite.
    """
    places = [found for found in _LONG.finditer(text) if found[0] not in FUNCTION]
    wanted = max(1, len(text.split()) // 8)
    chosen = sorted(
        chance.sample(places, min(wanted, len(places))), key=lambda found: -found.start()
    )
    for found in chosen:
        text = text[: found.start()] + _slip(found[0], chance) + text[found.end() :]
    return text


def _slip(word: str, chance: Random) -> str:
    at = chance.randrange(2, len(word) - 2)
    match chance.randrange(4):
        case 0 if word[at] != word[at + 1]:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at + 1 :]
        case 2:
            return word[:at] + word[at] + word[at:]
        case _:
            return word[:at] + chance.choice(_BESIDE[word[at]]) + word[at + 1 :]


def markdown(text: str, chance: Random) -> str:
    """Return the text as members dress theirs in Discord."""
    words = text.split(" ")
    long = [index for index, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    for index in chance.sample(long, min(2, len(long))):
        mark = chance.choice(("**", "*", "__", "`"))
        words[index] = f"{mark}{words[index]}{mark}"
    said = " ".join(words)
    return chance.choice(
        ("{}", "> {}", "- {}", "||{}||", "**{}**" if "*" not in said else "{}")
    ).format(said)


ALL: tuple[Callable[[str, Random], str], ...] = (casing, bare, typos, markdown)
