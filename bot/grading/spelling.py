"""A member's slips of the keys, put right: the model cuts a misspelt word into pieces that mean
nothing to it.

Only words that the tokenizer does not know are changed, and only into words of the texts that they
are held against. Four of five misspellings are one letter too many, one too few, one wrong, or two
swapped (Damerau 1964, doi:10.1145/363958.363994). First and last letters stay, so 'gradients' is
not 'gradient', and a letter is wrong only where the right one's key touches its own, or where both
are vowels, so 'quartile' is not 'quantile'.
"""

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from bot.grading.tokens import Pieces

SHORTEST = 5
"""Letters of a word, as it is and as it should be: many short words are one letter apart."""
STEM = 3
"""Letters at the beginning in which no vowel is taken for another: 'micro' is not 'macro'."""

_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?!\w)")
_VOWELS = frozenset("aeiouy")
_KEYS = (
    "qw we er rt ty yu ui io op as sd df fg gh hj jk kl zx xc cv vb bn nm qa wa ws es ed rd rf "
    "tf tg yg yh uh uj ij ik ok ol pl az sz sx dx dc fc fv gv gb hb hn jn jm km"
)
_TOUCHING = frozenset(two for keys in _KEYS.split() for two in (keys, keys[::-1]))
"""Two letters whose keys touch, on a QWERTY keyboard."""


def spelt(text: str, known: Iterable[str], pieces: Pieces) -> str:
    """Return a cleaned text with its slips put right, as far as the known texts have the words."""
    words = {word.lower() for one in known for word in _WORD.findall(one)}

    def right(found: re.Match[str]) -> str:
        word = found[0].lower()
        if word in words or not _is_plain(found[0]):
            return found[0]
        meant = [other for other in words if is_slip(word, other)]
        if len(meant) != 1 or pieces(word) < 2:
            return found[0]
        return _as(found[0], meant[0])

    return _WORD.sub(right, text)


def _is_plain(written: str) -> bool:
    """Tell whether it has capitals where a word has them; others are names."""
    return written.isupper() or written[1:].islower()


def is_slip(word: str, meant: str) -> bool:
    """Tell whether one slip of the keys makes the one word of the other, both in lower case."""
    if min(len(word), len(meant)) < SHORTEST:
        return False
    if word[0] != meant[0] or word[-1] != meant[-1]:
        return False
    if OSA.distance(word, meant, score_cutoff=1) != 1:
        return False
    if len(word) != len(meant):
        return True
    wrong = [at for at, two in enumerate(zip(word, meant, strict=True)) if len(set(two)) > 1]
    if len(wrong) > 1:
        return True  # swapped
    two = word[wrong[0]] + meant[wrong[0]]
    return two in _TOUCHING or (wrong[0] >= STEM and _VOWELS.issuperset(two))


def _as(written: str, word: str) -> str:
    if written.isupper():
        return word.upper()
    return word.capitalize() if written[0].isupper() else word
