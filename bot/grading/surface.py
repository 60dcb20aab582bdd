"""What can be told of a text by its words alone, beside what the model says: how many of them are
known from what is right, whether it is a copy in which something was turned over, and whether it
takes itself back.

A model that has read many right answers is easily taken in by one that sounds like them. The first
two are features of `combine`'s heads, so training finds what they are worth; the third makes
`checks` refuse the text.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import permutations, takewhile
from typing import NamedTuple

from rapidfuzz.distance import OSA, Levenshtein

from bot.grading.spelling import is_slip
from bot.grading.tokens import Pieces

NEAR = 0.72
"""Two sentences are copies of each other from this share of equal words on."""
FEWEST_WORDS = 5
"""A sentence of fewer words is no copy: short right ones look like short wrong ones."""
START = 4
"""Letters in which two forms of a word agree at least."""
ENDING = 3
"""Letters of an ending at most: 'stabl-e' and 'stabl-y' are one word, 'care-ful' and 'care-less'
are two."""
ADDED = 5
"""The same where one form is the beginning of the other: 'overfit-ting'."""
SPELT = 6
"""Words of so many letters that differ in one are two spellings: 'optimise' and 'optimize'."""
CUT = 5
"""Letters of a word that are compared where many words are: cutting words off finds as much as a
stemmer does (Can et al. 2008, doi:10.1002/asi.20750)."""

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_SHORTENED = ((re.compile(r"\bcan(?:not|['’]t)\b"), "can not"), (re.compile(r"n['’]t\b"), " not"))
_NEUTRAL_WORDS = (
    "a an the this that these those it its they them their there here he she we you i our your is "
    "are was were be been being am do does did has have had will would can could may might should "
    "must shall of to in on at by for with as and so then thus also just very too quite rather "
    "which who what when where while because since although though but however each one all any "
    "s re ve ll d m t"
)
_TURNING_WORDS = (
    "not no never none nothing nobody nowhere neither nor without hardly barely non fails fail "
    "failed instead opposite false wrong untrue"
)
_NEUTRAL = frozenset(_NEUTRAL_WORDS.split())
"""Words that can come, go or change without turning a sentence over."""
_TURNING = frozenset(_TURNING_WORDS.split())
"""Words that turn a sentence over by being there."""
_DENYING = frozenset({"false", "wrong", "untrue", "opposite"})
"""Words that, before a sentence, deny all of it."""
_NEGATIVE = ("un", "in", "im", "ir", "non", "dis", "de")


def known_share(text: str, known: Iterable[str]) -> float:
    """Return the share, 0..1, of the text's words that stand in one of the known texts; words
    without meaning of their own do not count. 1 for a text that has no others.
    """
    mine = _content(text)
    others = {word[:CUT] for one in known for word in _content(one)}
    return sum(word[:CUT] in others for word in mine) / len(mine) if mine else 1.0


def is_turned(answer: Sequence[str], known: Sequence[str], pieces: Pieces) -> bool:
    """Tell whether one of the answer's sentences copies a known sentence with something turned: a
    negation come or gone, a word that became another word, or the whole denied. A typo and another
    form of a word turn nothing.
    """
    right = [words for text in known if (words := _words(text))]
    for text in answer:
        one = _words(text)
        copied = [change for words in right if (change := _change(words, one))]
        if copied and all(_is_turn(change, pieces) for change in copied):
            return True
    return False


def denies_itself(answer: Sequence[str], pieces: Pieces) -> bool:
    """Tell whether one of the answer's sentences is another one denied, or no more denied. No right
    text does so: none in the training splits of SciEntsBank and Beetle, none in the banks.
    """
    said = [_words(text) for text in answer]
    changes = (_change(one, other) for one, other in permutations(said, 2))
    return any(change is not None and _is_denied(change, pieces) for change in changes)


class _Change(NamedTuple):
    """How a sentence differs from one that it copies."""

    gone: list[list[str]]
    """Words that are gone, one place after another."""
    come: list[list[str]]
    """What has come there instead."""
    denied: bool
    """It is denied before it is said."""


def _change(known: list[str], said: list[str]) -> _Change | None:
    """Return how a sentence differs from a known one; None where it is no copy. What stands before
    and after the copy does not count, but for a denial before it.
    """
    if len(known) < FEWEST_WORDS:
        return None
    steps = [
        (step.tag, known[step.src_start : step.src_end], said[step.dest_start : step.dest_end])
        for step in Levenshtein.opcodes(_cut(known), _cut(said))
    ]
    before = steps.pop(0)[2] if steps and steps[0][0] == "insert" else []
    if steps and steps[-1][0] == "insert":
        steps.pop()
    gone: list[list[str]] = [[]]
    come: list[list[str]] = [[]]
    for tag, old, new in steps:
        # Steps that touch are one change: 'under fitting' for 'underfitting' is a word replaced
        # and another put in.
        if tag == "equal":
            gone.append([])
            come.append([])
        else:
            gone[-1] += old
            come[-1] += new
    changed = sum(max(len(old), len(new)) for tag, old, new in steps if tag != "equal")
    whole = max(len(known), sum(len(new) for _, _, new in steps))
    return _Change(gone, come, _is_denial(before)) if changed <= (1 - NEAR) * whole else None


def _is_denial(words: list[str]) -> bool:
    return not _DENYING.isdisjoint(words) or {"not", "true"} <= set(words)


def _is_turn(change: _Change, pieces: Pieces) -> bool:
    # What is denied and turned is as it was: "It is not so that it never settles."
    return change.denied != any(
        _turns(old, new, pieces) for old, new in zip(change.gone, change.come, strict=True)
    )


def _is_denied(change: _Change, pieces: Pieces) -> bool:
    """Tell whether nothing is changed but that it is denied, or no more denied."""
    denials = int(change.denied)
    for old, new in zip(change.gone, change.come, strict=True):
        denials += not _TURNING.isdisjoint(set(old) ^ set(new))
        gone, come = ([word for word in words if word not in _TURNING] for words in (old, new))
        if _turns(gone, come, pieces):
            return False
    return denials % 2 == 1


def _turns(gone: list[str], come: list[str], pieces: Pieces) -> bool:
    if len(gone) == len(come) and all(map(is_slip, come, gone)):
        return False  # of the keys, even where it makes another word: 'noting' for 'nothing'
    if not _TURNING.isdisjoint(set(gone) ^ set(come)):
        return True
    if len(gone) == len(come) and all(
        _alike(old, new, pieces) for old, new in zip(gone, come, strict=True)
    ):
        return False
    old, new = ([word for word in words if word not in _NEUTRAL] for words in (gone, come))
    if not old or not new:
        return False  # something is left out or added; whether that matters the model must say
    if _alike("".join(old), "".join(new), pieces):
        return False
    return not any(_alike(one, other, pieces) for one in old for other in new)


def _alike(old: str, new: str, pieces: Pieces) -> bool:
    if old == new or (old in _NEUTRAL and new in _NEUTRAL):
        return True
    if old[:1].isdigit() or new[:1].isdigit():
        return False
    if any(one == start + other for start in _NEGATIVE for one, other in ((old, new), (new, old))):
        return False
    if _are_forms(old, new):
        return True
    apart = OSA.distance(old, new)
    if apart == 1 and min(len(old), len(new)) >= SPELT:
        return True
    return apart <= (1 if len(old) <= 4 else 2) and pieces(new) > 1


def _are_forms(one: str, other: str) -> bool:
    same = sum(1 for _ in takewhile(lambda two: two[0] == two[1], zip(one, other, strict=False)))
    rest = (one[same:], other[same:])
    if same < START or "less" in rest:
        return False
    return max(map(len, rest)) <= (ADDED if "" in rest else ENDING)


def _cut(words: list[str]) -> list[str]:
    return [word[:CUT] for word in words]


def _content(text: str) -> set[str]:
    return {word for word in _words(text) if word not in _NEUTRAL}


def _words(text: str) -> list[str]:
    text = text.lower()
    for pattern, long in _SHORTENED:
        text = pattern.sub(long, text)
    return _WORD.findall(text)
