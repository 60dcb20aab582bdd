"""JSON lines in, JSON lines out, and what becomes of bad ones."""

import json
from collections.abc import Sequence
from pathlib import Path

from bot.grading import Grade, Submission
from bot.grading.lines import grade_lines
from bot.grading.service import load_default
from bot.settings import GraderSettings
from tests.grading.tiny import save_tiny
from tests.support.fakes import a_grade


class Recorder:
    """Accepts everything and remembers what it was asked."""

    name = "fake 1"

    def __init__(self) -> None:
        self.batches: list[list[Submission]] = []

    def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
        self.batches.append(list(submissions))
        return [a_grade(submission, score=1 / 3) for submission in submissions]


def line(**changes: object) -> str:
    return json.dumps(
        {"id": "a", "question": "Why?", "references": ["Because."], "answer": "So it is."} | changes
    )


def run(*lines: str, grader: Recorder | None = None, batch: int = 32) -> list[dict[str, object]]:
    return [json.loads(found) for found in grade_lines(lines, grader or Recorder(), batch=batch)]


def test_a_line_has_all_fields() -> None:
    (found,) = run(line(key_points=["A point."], label3="correct"))
    assert found == {
        "id": "a",
        "label": "correct",
        "score": 0.3333,
        "confidence": 0.95,
        "needs_review": False,
        "flags": [],
        "key_points": [{"text": "A point.", "state": "covered", "score": 0.9}],
        "model": "fake 1",
    }


def test_bad_lines_are_named_and_the_rest_goes_on() -> None:
    found = run(
        line(id=1),
        "not json",
        "",
        line(id="b", references=[]),
        json.dumps({"id": "c", "question": "Why?"}),
        "[1, 2]",
        line(id="d", answer=5),
        "[" * 100_000,
        line(id=2),
    )
    assert [one.get("id") for one in found] == [1, None, "b", "c", None, "d", None, 2]
    assert [one.get("line") for one in found] == [None, 2, 4, 5, 6, 7, 8, None]
    assert "references" in str(found[2]["error"])
    assert "answer" in str(found[3]["error"])
    assert all("label" in one or one["error"] for one in found)


def test_lines_go_in_batches_as_they_come() -> None:
    grader = Recorder()
    assert len(run(*[line(id=number) for number in range(5)], grader=grader, batch=2)) == 5
    assert [len(batch) for batch in grader.batches] == [2, 2, 1]


def test_a_refused_text_is_incorrect_with_its_flag(tmp_path: Path) -> None:
    save_tiny(tmp_path)
    grader = load_default(GraderSettings(model=str(tmp_path)))
    (found,) = (json.loads(one) for one in grade_lines([line(answer="🙂")], grader))
    assert (found["label"], found["score"], found["flags"]) == ("incorrect", 0, ["empty"])


def test_half_a_character_in_an_id_can_be_printed() -> None:
    (found,) = grade_lines([r'{"id": "\ud800 ä", "answer": 1}'], Recorder())
    assert found.encode()
    assert json.loads(found)["id"] == "\ud800 ä"
    (found,) = grade_lines([line(id="ä")], Recorder())
    assert '"id": "ä"' in found
