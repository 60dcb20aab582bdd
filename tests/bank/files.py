"""Bank files for tests, written as an author would, so that lines can be asserted."""

from pathlib import Path
from typing import Any

GOOD: dict[str, Any] = {
    "id": "what-is-dropout",
    "prompt": "What does dropout do while a network is trained?",
    "options": [
        "It switches random units off.",
        "It deletes the smallest weights.",
        "It leaves out noisy examples.",
        "It ends the training early.",
    ],
    "answer": "A",
    "hints": [
        "Think of a team in which anybody may be ill today.",
        "Something in the network is missing in each step, and another thing in the next.",
        "No neuron can rely on a certain other one being there.",
    ],
    "explanation": "Dropout sets random activations to zero, so that no unit relies on another.",
    "key_points": ["Random activations are set to zero.", "Units cannot rely on each other."],
    "topic": "Regularisation",
    "difficulty": 2,
    "source": "Srivastava et al. 2014",
    "licence": "MIT",
    "misconceptions": {
        "B": "Takes it for pruning.",
        "C": "Takes it for cleaning data.",
        "D": "Takes it for early stopping.",
    },
}


def question(**changes: Any) -> dict[str, Any]:
    """The good question with changes; a value of None leaves a key out."""
    values = {**GOOD, **changes}
    if "misconceptions" not in changes:
        letters = "ABCDEF"[: len(values["options"])]
        values["misconceptions"] = {
            letter: f"Believes {letter}." for letter in letters if letter != values["answer"]
        }
    return {key: value for key, value in values.items() if value is not None}


def write_bank(path: Path, *questions: dict[str, Any], head: str = 'title = "Testing"\n') -> Path:
    """Write a bank with one key, and one element of an array, in each line."""
    parts = [head]
    for values in questions:
        tables = {key: value for key, value in values.items() if isinstance(value, dict)}
        lines = ["[[question]]"]
        for key, value in values.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                continue
            if isinstance(value, list):
                lines += [f"{key} = [", *(f"  {_text(entry)}," for entry in value), "]"]
            elif key not in tables:
                lines.append(f"{key} = {_text(value)}")
        for key, table in tables.items():
            lines.append(f"[question.{key}]")
            lines += [f"{name} = {_text(value)}" for name, value in table.items()]
        for key, value in values.items():
            for table in value if isinstance(value, list) else ():
                if isinstance(table, dict):
                    lines.append(f"[[question.{key}]]")
                    lines += [f"{name} = {_text(entry)}" for name, entry in table.items()]
        parts.append("\n".join(lines) + "\n")
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def line_of(path: Path, text: str, nth: int = 1) -> int:
    """The line, from 1, that holds `text` for the nth time."""
    holding = [
        number
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if text in line
    ]
    return holding[nth - 1]


def _text(value: object) -> str:
    if isinstance(value, str):
        for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
            value = value.replace(plain, escaped)
        return f'"{value}"'
    return str(value)
