"""A question whose key was wrong, put right."""

from bot.domain.question import Question


def corrected(question: Question, key: str) -> Question:
    """Return the question with another of its options as the key; all else stays as it is.

    `key` is one of the question's letters.
    """
    if key == question.answer:
        return question
    beliefs = {
        letter: belief for letter, belief in question.misconceptions.items() if letter != key
    }
    return Question.model_validate(
        question.model_dump() | {"answer": key, "misconceptions": beliefs}
    )
