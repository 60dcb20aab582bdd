"""Questions and banks for tests: valid as they come, every field open to change."""

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
