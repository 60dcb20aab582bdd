"""Questions and banks for tests: valid as they come, every field open to change."""

import json
from pathlib import Path
from typing import Any

from bot.domain.question import LETTERS, Bank, Question


def a_question(**changes: Any) -> Question:
    """A valid question. `options` of another number bring their misconceptions along."""
    values: dict[str, Any] = {
        "id": "what-pre-training-does",
        "prompt": "Which statement best describes the purpose of pre-training?",
        "code": None,
        "options": (
            "It teaches general features from much data.",
            "It removes the need for any labelled data.",
            "It makes the model smaller.",
            "It tunes the learning rate.",
        ),
        "answer": "A",
        "hints": (
            "Think of what comes before a specific task.",
            "Think of how much data is at hand, and of which kind.",
            "Later training starts from what this one leaves.",
        ),
        "explanation": "Pre-training learns broad features from a large dataset; fine-tuning then "
        "adapts them to one task.",
        "key_points": (
            "Pre-training learns broad features from a large dataset.",
            "Fine-tuning adapts them to a specific task.",
        ),
        "topic": "Pre-training",
        "difficulty": 2,
        "source": "Written for the tests.",
        "licence": "MIT",
    }
    values |= changes
    letters = LETTERS[: len(values["options"])]
    values.setdefault(
        "misconceptions",
        {
            letter: f"Believes what {letter} says."
            for letter in letters
            if letter != values["answer"]
        },
    )
    return Question(**values)


def a_bank(*questions: Question, **changes: Any) -> Bank:
    """A bank of the given questions, or of three with difficulties 1 to 3."""
    some = questions or tuple(
        a_question(id=f"question-{n}", prompt=f"Question number {n}?", difficulty=n)
        for n in (1, 2, 3)
    )
    return Bank(**{"name": "testing", "title": "Testing", "questions": some} | changes)


def write_bank(folder: Path, bank: Bank) -> Path:
    """Write a bank as the file that would be read as it, and return the file."""
    lines = [f"title = {json.dumps(bank.title, ensure_ascii=False)}"]
    for question in bank.questions:
        values = question.model_dump(mode="json", exclude_none=True)
        tables = {
            name: values.pop(name) for name in ("misconceptions", "program") if name in values
        }
        lines += ["", "[[question]]", *_pairs(values)]
        for name, table in tables.items():
            lines += [f"[question.{name}]", *_pairs(table)]
    path = folder / f"{bank.name}.toml"
    path.write_text("\n".join([*lines, ""]), "utf-8")
    return path


def _pairs(values: dict[str, Any]) -> list[str]:
    # A JSON string, number or list of strings is a TOML one too.
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
