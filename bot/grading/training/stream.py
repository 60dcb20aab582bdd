"""An endless mixture of sources as batches of like length, resumable by a few counters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

import numpy as np

from bot.errors import ConfigurationError
from bot.grading.pair import PairTokenizer
from bot.grading.tokens import Encoded, Triple
from bot.grading.training.data import LABELS
from bot.grading.training.pairs import Pair
from bot.grading.training.sources import Source, without_question


class Chosen(NamedTuple):
    """A batch: pairs and their tokens, in the same order."""

    pairs: list[Pair]
    rows: list[Encoded]


class Stream:
    """Batches without end. Every source is walked through in a new random order each time round,
    so that no pair comes a second time before all others came once.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        mix: Mapping[str, float],
        tokenizer: PairTokenizer,
        *,
        seed: int,
        batch: int,
        chunk: int,
        question_dropout: float,
    ) -> None:
        for name in mix:
            if name not in sources or not len(sources[name]):
                raise ConfigurationError(
                    f"mix names {name}, which holds no pairs. There are: "
                    + ", ".join(sorted(key for key, source in sources.items() if len(source)))
                )
        self._sources = sources
        self._names = sorted(mix)
        parts = np.array([mix[name] for name in self._names], float)
        self._shares = parts / parts.sum()
        self._tokenizer = tokenizer
        self._seed = seed
        self._batch, self._chunk = batch, chunk
        self._dropout = question_dropout
        self._orders: dict[str, tuple[int, Sequence[int]]] = {}
        self.drawn = dict.fromkeys(self._names, 0)
        """Pairs drawn from each source; with `chunks`, all that a resumed run needs."""
        self.chunks = 0

    def batches(self) -> Iterator[Chosen]:
        """Yield batches. A run that resumes leaves out the rest of the chunk it was in."""
        while True:
            rng = Random(f"{self._seed}/{self.chunks}")  # noqa: S311 - no secret hangs on it
            pairs = self._draw(rng)
            self.chunks += 1
            rows = self._tokenizer.encode(
                [Triple(pair.question, pair.reference, pair.answer) for pair in pairs]
            )
            order = sorted(range(len(rows)), key=lambda place: len(rows[place].ids))
            starts = list(range(0, len(order), self._batch))
            rng.shuffle(starts)
            for start in starts:
                chosen = order[start : start + self._batch]
                yield Chosen([pairs[place] for place in chosen], [rows[place] for place in chosen])

    def _draw(self, rng: Random) -> list[Pair]:
        count = self._batch * self._chunk
        generator = np.random.default_rng([self._seed, self.chunks])
        numbers = generator.multinomial(count, self._shares)
        pairs: list[Pair] = []
        for name, number in zip(self._names, numbers, strict=True):
            source = self._sources[name]
            for _ in range(int(number)):
                pair = source.draw(self._next(name, len(source)), rng)
                if pair.label not in LABELS:
                    raise ValueError(f"{name} drew the label {pair.label!r}")
                if pair.question and rng.random() < self._dropout:
                    pair = without_question(pair)
                pairs.append(replace(pair, source=name))
        return pairs

    def _next(self, name: str, length: int) -> int:
        turn, place = divmod(self.drawn[name], length)
        self.drawn[name] += 1
        if name not in self._orders or self._orders[name][0] != turn:
            order = list(range(length))
            Random(f"{self._seed}/{name}/{turn}").shuffle(order)  # noqa: S311
            self._orders[name] = (turn, order)
        return self._orders[name][1][place]
