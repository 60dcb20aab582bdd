"""Folds by question: what is scored was never trained on, nor was any other answer to it."""

import hashlib
from collections.abc import Iterable

import numpy as np


def assign(groups: Iterable[str], count: int, seed: int) -> dict[str, int]:
    """Return each group's fold, 0 to count - 1. Folds differ by one group in size at most; the
    order in which groups come does not matter.
    """
    names = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(names))
    return {names[index]: place % count for place, index in enumerate(order)}


def is_held(group: str, one_in: int) -> bool:
    """Say whether a group belongs to the held-out part, by its name alone: one in `one_in`. For
    sets of very many small groups.
    """
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:8]) % one_in == 0
