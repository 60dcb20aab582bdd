"""The Short Answer Feedback set (Filighera et al. 2022, https://aclanthology.org/2022.acl-long.587)
in its XML form: a question with a reference and answers that carry score and feedback.
"""

from pathlib import Path
from xml.etree import ElementTree

from bot.errors import OperatorError
from bot.grading.training.data import Answer, Asked

NAME = "saf"


def is_saf(path: Path) -> bool:
    """Say whether an XML file is of this form: its answers carry a teacher's feedback."""
    return b"<response_feedback" in path.read_bytes()


def read(path: Path) -> list[Asked]:
    """Read one file. An answer is correct if its feedback says so, or its score is full (1.0);
    one that is right in part is incorrect as a whole. Raises OperatorError.
    """
    try:
        root = ElementTree.parse(path).getroot()  # noqa: S314 - a file that the operator names
    except ElementTree.ParseError as error:
        raise OperatorError(f"{path} is not XML: {error}") from error
    questions = [root] if root.tag == "question" else list(root.iter("question"))
    return [
        Asked(
            NAME,
            f"{NAME}/{question.get('id', path.stem)}",
            _text(question.find("questionText")),
            tuple(_text(found) for found in question.iterfind("referenceAnswers/*")),
            tuple(_answer(path, found) for found in question.iterfind("studentAnswers/*")),
        )
        for question in questions
    ]


def _answer(path: Path, element: ElementTree.Element) -> Answer:
    verdict = _text(element.find("verification_feedback")).lower()
    if not verdict:
        try:
            verdict = "correct" if float(_text(element.find("score"))) >= 1 else "incorrect"
        except ValueError as error:
            raise OperatorError(f"{path}: an answer has neither verdict nor score") from error
    return Answer(
        _text(element.find("response")), "correct" if verdict == "correct" else "incorrect"
    )


def _text(element: ElementTree.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
