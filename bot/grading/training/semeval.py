"""SemEval-2013 Task 7 (Dzikovska et al. 2013, https://aclanthology.org/S13-2045), as its archive
holds it: one XML file a question, in folders that are named for the set and for 2way or 3way.
"""

import re
from pathlib import Path
from xml.etree import ElementTree

from bot.errors import OperatorError
from bot.grading.training.data import NOT_CORRECT, Answer, Asked

_THREE_WAY = {"correct": "correct", "contradictory": "contradictory", "incorrect": "incorrect"}
_TWO_WAY = {"correct": "correct", "incorrect": NOT_CORRECT}
_IS_TWO_WAY = re.compile(r"2[-_]?way", re.IGNORECASE)


def read(path: Path) -> list[Asked]:
    """Read one file: its question with references and graded answers.

    In a two-way folder `incorrect` holds what contradicts too, and becomes `not_correct`. Raises
    OperatorError for a file that is not as the archive's are.
    """
    labels = _TWO_WAY if _IS_TWO_WAY.search(str(path.parent)) else _THREE_WAY
    name = _set_of(path)
    try:
        root = ElementTree.parse(path).getroot()  # noqa: S314 - a file that the operator names
    except ElementTree.ParseError as error:
        raise OperatorError(f"{path} is not XML: {error}") from error
    questions = [root] if root.tag == "question" else list(root.iter("question"))
    found: list[Asked] = []
    for question in questions:
        answers: list[Answer] = []
        for answer in question.iter("studentAnswer"):
            label = labels.get(answer.get("accuracy", ""))
            if label is None:
                raise OperatorError(f"{path}: unknown accuracy {answer.get('accuracy')!r}")
            answers.append(Answer(_text(answer), label))
        found.append(
            Asked(
                name,
                f"{name}/{question.get('id', path.stem)}",
                _text(question.find("questionText")),
                tuple(_text(reference) for reference in question.iter("referenceAnswer")),
                tuple(answers),
            )
        )
    if not found:
        raise OperatorError(f"{path} holds no question.")
    return found


def _set_of(path: Path) -> str:
    parts = [part.lower() for part in path.parts]
    for name in ("beetle", "scientsbank"):
        if any(name in part for part in parts):
            return name
    return path.parent.name.lower()


def _text(element: ElementTree.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
