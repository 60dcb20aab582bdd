"""One question that somebody is writing: what must be put right, and what is worth a second look.

The sentences are those of `tutor check`. Unlike a file's, the question may have gaps, which are
told and not held against it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bot.bank.check import check_bank, check_question, does_not_fit
from bot.bank.duplicates import ask_the_same, asked
from bot.bank.gaps import missing
from bot.bank.imports import Known
from bot.bank.load import mistakes
from bot.domain.question import Question


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found about a question's values, a sentence each."""

    question: Question | None
    """None: `wrong` says why there is none."""
    wrong: tuple[str, ...] = ()
    """What it cannot be saved with."""
    remarks: tuple[str, ...] = ()
    """What `tutor check` finds besides."""
    missing: tuple[str, ...] = ()
    """What it lacks, such as 'hints' or 'misconceptions of B, D'."""


def judge(values: Mapping[str, Any], known: Sequence[Known], bank: Sequence[Question]) -> Judged:
    """Judge a question's values. It may take some tens of milliseconds: call it in a thread.

    `known` is every other question that the server can be asked, `bank` those of them that are in
    the question's own bank.
    """
    try:
        question = Question.model_validate({"id": "stand-in", **values})
    except ValidationError as error:
        return Judged(None, tuple(dict.fromkeys(what for _, what in mistakes(error))))
    wrong = tuple(does_not_fit(question))
    this = asked(question.prompt, question.code, question.options[question.key])
    remarks = [
        *(what for what in check_question(question) if what not in wrong),
        *(
            f"asks nearly what {one.question.id} asks ({one.where}); drop one, or say how they "
            "differ"
            for one in known
            if ask_the_same(
                this,
                asked(
                    one.question.prompt, one.question.code, one.question.options[one.question.key]
                ),
            )
        ),
        *check_bank([*bank, question]),
    ]
    return Judged(question, wrong, tuple(remarks), missing(values))
