"""`tutor grade export-reviews`: what moderators decided, as graded answers to train with."""

import json
import re

from bot.domain.review import Decision
from bot.errors import OperatorError
from bot.grading import Submission
from bot.settings import DatabaseSettings
from bot.store.errors import parse_url, place
from bot.store.looking import is_missing, look
from bot.store.migrations import REVISIONS, version
from bot.store.queries import training
from bot.store.queries.training import Lesson, Lessons

_LABELS = {
    Decision.ACCEPTED: "correct",
    # As in banks: right as far as it goes, and no explanation as a whole.
    Decision.PARTLY: "incorrect",
    # Nobody said whether it contradicts the answer or misses it.
    Decision.REJECTED: "not_correct",
}
_IDS = re.compile(r"<(?:@[!&]?|#|a?:\w+:)\d+>|\b\d{17,20}\b")
"""Discord's ids, as mentions or bare: who wrote it may have named somebody."""


async def lessons(settings: DatabaseSettings) -> Lessons:
    """Read them, while the bot runs or not; nothing is changed. Raises OperatorError."""
    url = parse_url(settings.url)
    if is_missing(url):
        raise OperatorError(
            f"There is no database {place(url)}: `tutor run` makes it when it starts, and reviews"
            " come after that. If it is elsewhere, correct [database] url in config.toml."
        )
    found = await look(url, version)
    if found != REVISIONS[-1]:
        raise OperatorError(
            f"The database {place(url)} is at version {found or 'none'}, and this program reads"
            f" {REVISIONS[-1]}. Bring it there with `tutor db upgrade`."
        )
    return await look(url, training.lessons)


def line(lesson: Lesson) -> str:
    """Return a lesson as `bot.grading.training.data.read_graded` reads it."""
    about = Submission.about(lesson.question, lesson.text)
    row = {
        "question_id": lesson.question_id,
        "question": about.question,
        "references": about.references,
        "answer": _IDS.sub("…", about.answer),
        "label3": _LABELS[lesson.decision],
    }
    return json.dumps(row, ensure_ascii=False)
