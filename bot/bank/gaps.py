"""What a question that comes from elsewhere lacks, and how it is checked in spite of that.

What a question cannot be without is filled with a stand-in for the time of the check only: nothing
that no person wrote is ever written into a bank.
"""

from collections.abc import Mapping
from typing import Any, cast

from bot.domain.question import LETTERS, Question

_STAND_INS: Mapping[str, Any] = {"id": "stand-in", "topic": "-", "difficulty": 1}
_WANTED = ("explanation", "key_points", "topic", "difficulty", "source", "licence")


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a question's values with stand-ins for what it cannot be without."""
    return {**_STAND_INS, **values}


def missing(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a question lacks, in the order of a bank's keys: 'hints', 'misconceptions of B'.

    `values` must be a question once its gaps are filled.
    """
    hints = len(listed(values.get("hints")))
    gaps = [one for one in _distractors(values) if one not in values.get("misconceptions", {})]
    found: list[str] = []
    for key in Question.model_fields:
        if key == "hints" and hints < 3:
            found.append("hints" if not hints else f"hint {' and '.join('23'[hints - 1 :])}")
        elif key == "misconceptions" and gaps:
            found.append(f"misconceptions of {', '.join(gaps)}")
        elif key in _WANTED and not values.get(key):
            found.append(key)
    return tuple(found)


def listed(value: object) -> list[Any]:
    """Return the elements of a list or tuple; none for anything else."""
    return list(cast("list[Any]", value)) if isinstance(value, list | tuple) else []


def _distractors(values: Mapping[str, Any]) -> list[str]:
    letters = LETTERS[: len(listed(values.get("options")))]
    return [one for one in letters if one != values.get("answer")]
