"""A question's values as text that is typed into a form, and back."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.question import LETTERS

BREAK = "⏎"
"""Stands for a line's end inside an entry, where each line is an entry."""
_BELIEF = re.compile(r"([A-Fa-f])\s*[:.)]\s*(.+)", re.DOTALL)
_LETTERED = re.compile(r"([A-Fa-f])\s*[:.)]\s+(\S.*)", re.DOTALL)


def written(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands in each input of a form, by its name."""
    hints: Sequence[str] = values.get("hints") or ()
    believed: Mapping[str, str] = values.get("misconceptions") or {}
    plain = ("prompt", "code", "answer", "explanation", "topic", "difficulty", "source", "licence")
    return {
        **{name: str(values.get(name) or "") for name in plain},
        "options": _lines(values.get("options") or ()),
        "key_points": _lines(values.get("key_points") or ()),
        "misconceptions": _lines([f"{letter}: {believed[letter]}" for letter in sorted(believed)]),
        **{f"hint_{n}": hints[n - 1] if n <= len(hints) else "" for n in (1, 2, 3)},
    }


def read(inputs: Mapping[str, str]) -> dict[str, Any]:
    """Return the values that were typed. An input that was left empty takes its value away.

    What cannot be a value (a difficulty of 'easy') is returned as it was typed, for the check to
    say so.
    """
    values: dict[str, Any] = {
        name: inputs[name].strip()
        for name in ("prompt", "explanation", "topic", "source", "licence")
        if name in inputs
    }
    if "code" in inputs:
        # Its first line may be indented; only empty lines around it are taken away.
        values["code"] = inputs["code"].strip("\n").rstrip() or None
    if "answer" in inputs:
        values["answer"] = inputs["answer"].strip(" .):").upper()
    if "options" in inputs:
        values["options"] = _unlettered(_entries(inputs["options"]))
    if "key_points" in inputs:
        values["key_points"] = _entries(inputs["key_points"])
    if "misconceptions" in inputs:
        values["misconceptions"] = _beliefs(_entries(inputs["misconceptions"]))
    if "difficulty" in inputs:
        typed = inputs["difficulty"].strip()
        values["difficulty"] = int(typed) if re.fullmatch(r"[0-9]{1,3}", typed) else typed
    hints = [inputs.get(f"hint_{n}", "").strip() for n in (1, 2, 3)]
    if "hint_1" in inputs:
        values["hints"] = [hint for hint in hints if hint]
    return values


def _lines(entries: Sequence[str]) -> str:
    return "\n".join(entry.replace("\n", BREAK) for entry in entries)


def _entries(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line.replace(BREAK, "\n") for line in lines if line]


def _unlettered(options: list[str]) -> list[str]:
    """Take 'A) ', 'B) ' … away where every option begins with its own letter."""
    found = [_LETTERED.fullmatch(option) for option in options]
    own = [one[1].upper() == letter for one, letter in zip(found, LETTERS, strict=False) if one]
    if len(own) < len(options) or not all(own):
        return options
    return [one[2] for one in found if one]


def _beliefs(lines: list[str]) -> dict[str, str]:
    """Return misconceptions by letter. A line without a letter goes on with the one above."""
    believed: dict[str, str] = {}
    letter = "?"
    for line in lines:
        found = _BELIEF.fullmatch(line)
        if found:
            letter = found[1].upper()
            believed[letter] = found[2]
        else:
            believed[letter] = f"{believed[letter]}\n{line}" if letter in believed else line
    return believed
