"""A question whose key was wrong, put right."""

from bot.domain.question import Question


def corrected(question: Question, key: str, explanation: str | None = None) -> Question:
    """Return the question with another of its options as the key, and with another explanation if
    one is given; all else stays as it is.

    `key` is one of the question's letters; `explanation` has LONGEST_EXPLANATION characters at
    most.
    """
    wanted = question.explanation if explanation is None else explanation
    if (key, wanted) == (question.answer, question.explanation):
        return question
    beliefs = {
        letter: belief for letter, belief in question.misconceptions.items() if letter != key
    }
    return Question.model_validate(
        question.model_dump() | {"answer": key, "misconceptions": beliefs, "explanation": wanted}
    )
