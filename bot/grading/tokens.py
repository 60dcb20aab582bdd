"""Pairs as token ids: what both engines of the pair model read. Imports no torch."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bot.errors import OperatorError

LONGEST = 192
"""Tokens of a pair that are read, the special ones included."""
QUESTION_KEPT, REFERENCE_KEPT = 24, 96
"""Tokens of question and reference that stay when a pair is too long; the answer is cut last."""
TOKENIZER = "tokenizer.json"
ENDINGS = " \t\n.!…"
"""What an answer may end with and is not read; see `Tokens.encode`."""
CALL = 32
"""A model call costs about as much as this many tokens of padding."""

Pieces = Callable[[str], int]
"""Counts the word pieces of a text, as `Tokens.count` does."""
Ints = npt.NDArray[np.int64]


class Triple(NamedTuple):
    """What the model reads. The question may be empty."""

    question: str
    reference: str
    answer: str


class Encoded(NamedTuple):
    """One pair's tokens and segments."""

    ids: list[int]
    segments: list[int]


class Padded(NamedTuple):
    """Token ids, mask (1 where there is a token) and segments (0 special or padding, 1 question,
    2 reference, 3 answer): int64, shape (pairs, tokens).
    """

    ids: Ints
    mask: Ints
    segments: Ints


class Tokens:
    """Texts to ids. Not safe for several threads at once."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.inner = tokenizer
        found = [tokenizer.token_to_id(name) for name in ("<s>", "</s>", "<pad>")]
        if None in found:
            raise OperatorError("The tokenizer knows no <s>, </s> and <pad>: it is not MPNet's.")
        self._start, self._end, self.pad = (cast(int, number) for number in found)

    def encode(self, triples: Sequence[tuple[str, str, str]]) -> list[Encoded]:
        """Return the pairs' tokens, at most `LONGEST` each.

        The mark that ends an answer is left out. Whoever writes a wrong one ends it with a full
        stop more often (nine of ten in the banks, against six of ten right ones), and a model that
        sees it grades the habit: one full stop turned a right answer's .89 into .04.
        """
        texts = [
            text
            for question, reference, answer in triples
            for text in (question, reference, answer.rstrip(ENDINGS))
        ]
        found = [
            encoding.ids for encoding in self.inner.encode_batch(texts, add_special_tokens=False)
        ]
        return [self._join(*found[start : start + 3]) for start in range(0, len(found), 3)]

    def count(self, text: str) -> int:
        """Return how many word pieces the text has, without the special ones."""
        return len(self.inner.encode(text, add_special_tokens=False).ids)

    def padded(self, rows: Sequence[Encoded]) -> Padded:
        """Return the pairs as one batch, padded to the longest of them."""
        longest = max(len(row.ids) for row in rows)
        ids = np.full((len(rows), longest), self.pad, np.int64)
        mask = np.zeros((len(rows), longest), np.int64)
        segments = np.zeros((len(rows), longest), np.int64)
        for index, row in enumerate(rows):
            length = len(row.ids)
            ids[index, :length] = row.ids
            mask[index, :length] = 1
            segments[index, :length] = row.segments
        return Padded(ids, mask, segments)

    def _join(self, question: list[int], reference: list[int], answer: list[int]) -> Encoded:
        room = LONGEST - (4 if question else 3)
        question, reference, answer = _cut(question, reference, answer, room)
        ids, segments = [self._start], [0]
        for number, part in enumerate((question, reference, answer), start=1):
            if number == 1 and not part:
                continue
            ids += [*part, self._end]
            segments += [number] * len(part) + [0]
        return Encoded(ids, segments)


def batches(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Return the places of pairs, by length, in batches of `most` at most. A batch ends early
    where padding the shorter pairs would cost more than one more call of the model.
    """
    order = sorted(range(len(lengths)), key=lambda place: lengths[place])
    found: list[list[int]] = []
    for place in order:
        if found and len(found[-1]) < most:
            grows = lengths[place] - lengths[found[-1][-1]]
            if grows * len(found[-1]) <= CALL:
                found[-1].append(place)
                continue
        found.append([place])
    return found


def read_tokenizer(folder: Path) -> Tokenizer:
    """Read tokenizer.json. Raises OperatorError where there is none."""
    path = folder / TOKENIZER
    if not path.is_file():
        raise OperatorError(f"There is no {TOKENIZER} in {folder}.")
    return Tokenizer.from_file(str(path))


def _cut(
    question: list[int], reference: list[int], answer: list[int], room: int
) -> tuple[list[int], list[int], list[int]]:
    over = len(question) + len(reference) + len(answer) - room
    for part, kept in ((question, QUESTION_KEPT), (reference, REFERENCE_KEPT), (answer, 0)):
        gone = min(max(over, 0), max(len(part) - kept, 0))
        if gone:
            del part[len(part) - gone :]
            over -= gone
    return question, reference, answer
