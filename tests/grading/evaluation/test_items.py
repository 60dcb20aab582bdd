"""What is read, and how mistakes in it are told."""

import gzip
import json
from functools import cache
from pathlib import Path

import pytest

from bot.bank.load import load_banks
from bot.domain.question import Question
from bot.errors import OperatorError
from bot.grading.evaluation import items

ROOT = Path(__file__).parents[3]
ROW = {"question": "Why?", "references": ["So."], "answer": "Thus.", "label3": "correct"}


def written(path: Path, *rows: object) -> Path:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n"
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8") as file:
        file.write(text)
    return path


@pytest.mark.parametrize("name", ["mine.jsonl", "mine.jsonl.gz"])
def test_json_lines(tmp_path: Path, name: str) -> None:
    full = ROW | {"question_id": "q1", "dataset": "beetle", "split": "train", "key_points": ["k"]}
    other = {"question": "What?", "reference": "That.", "answer": "", "label": "Incorrect"}
    one, two = items.read_rows(written(tmp_path / name, full, "", other))
    assert (one.source, one.group, one.label) == ("beetle train", "q1", "correct")
    assert one.submission.references == ("So.",)
    assert one.submission.key_points == ("k",)
    assert (two.source, two.group, two.label) == ("mine", "What?", "incorrect")
    assert two.submission.references == ("That.",)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({**ROW, "references": []}, "2: no references"),
        ({**ROW, "label3": "so-so"}, "2: no label3"),
        ({key: ROW[key] for key in ("question", "references", "label3")}, "2: answer: "),
        ("no json", "2: "),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, row: object, told: str) -> None:
    path = written(tmp_path / "bad.jsonl", ROW, row)
    with pytest.raises(OperatorError, match=f"bad.jsonl:{told}"):
        items.read_rows(path)


def test_files_that_hold_nothing_or_are_broken_are_told(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="holds no answers"):
        items.read_rows(written(tmp_path / "empty.jsonl", ""))
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(b"not gzip")
    with pytest.raises(OperatorError, match="cannot be read"):
        items.read_rows(broken)


def question_file(path: Path, name: str, answers: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = "".join(
        f'<studentAnswer id="{number}" accuracy="{label}">{text}</studentAnswer>'
        for number, (text, label) in enumerate(answers.items())
    )
    path.write_text(
        f'<question id="{name}" module="M"><questionText>Why?</questionText><referenceAnswers>'
        '<referenceAnswer id="r1" category="BEST">So it is.</referenceAnswer></referenceAnswers>'
        f"<studentAnswers>{listed}</studentAnswers></question>",
        encoding="utf-8",
    )


def test_the_official_archive_by_set_and_split(tmp_path: Path) -> None:
    test = tmp_path / "semeval2013-Task7-2and3way" / "test"
    graded = {"yes": "correct", "no": "contradictory", "table": "incorrect"}
    two = {"yes": "correct", "no": "incorrect", "table": "incorrect"}
    question_file(test / "3way/beetle/test-unseen-answers/a.xml", "A", graded)
    question_file(test / "2way/beetle/test-unseen-answers/a.xml", "A", two)
    question_file(test / "2way/sciEntsBank/test-unseen-domains/b.xml", "B", two)
    question_file(test / "5way/beetle/test-unseen-answers/a.xml", "A", {"yes": "correct"})
    found = items.read_official(tmp_path / "semeval2013-Task7-2and3way")
    by_set = {}
    for item in found:
        by_set.setdefault(item.source, []).append(item.label)
    assert by_set == {
        "beetle UA": ["correct", "contradictory", "incorrect"],  # once, three-way
        "sciEntsBank UD": ["correct", "incorrect", "incorrect"],
    }
    assert found[0].group.endswith("A")
    # A folder inside of the archive says as much.
    (inner,) = {item.source for item in items.read_official(test / "2way/beetle")}
    assert inner == "beetle UA"
    assert found[0].submission.references == ("So it is.",)


def test_a_folder_without_the_archive_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="no XML files"):
        items.read_official(tmp_path)


@cache
def shipped() -> list[Question]:
    return [one for bank in load_banks(ROOT / "questions") for one in bank.questions]


def test_an_example_is_never_held_against_itself() -> None:
    questions = shipped()
    found = items.of_banks(questions)
    assert {item.label for item in found} == {
        "correct", "partial", "incorrect", "contradictory",
    }  # fmt: skip
    for item in found:
        known = (item.submission.wordings, item.submission.mistakes)
        assert all(texts and item.submission.answer not in texts for texts in known)
    for item in items.of_banks(questions, unaided=True):
        assert item.submission.wordings == item.submission.mistakes == ()
        assert len(item.submission.references) == 1


def test_every_example_has_its_odds_by_its_writing() -> None:
    some = shipped()[:8]
    odds = items.habits_of(some, seed=0)
    assert odds.keys() == {(one.group, one.submission.answer) for one in items.of_banks(some)}
    assert len(set(odds.values())) > len(odds) / 2
    assert items.habits_of([], seed=0) == {}


def test_material_of_the_banks_knows_right_from_wrong() -> None:
    questions = shipped()
    materials = items.materials_of_banks(questions)
    assert [one.group for one in materials] == [one.id for one in questions]
    for material, question in zip(materials, questions, strict=True):
        assert len(material.right) >= 4
        assert question.options[question.key] not in material.wrong
        assert set(material.contradictory) <= set(material.wrong)
        assert not set(material.right) & set(material.wrong)
        assert question.prompt not in {one.question for one in material.neighbours}


def test_a_changed_wording_is_graded_without_the_wording_it_was_made_of() -> None:
    questions = shipped()
    material = items.materials_of_banks(questions)[0]
    wording, mistake = material.asked.wordings[0], material.asked.mistakes[0]
    assert wording in items.submission(material, "x").wordings
    assert wording not in items.submission(material, "x", wording).wordings
    assert mistake in items.submission(material, "x", wording).mistakes
    assert mistake not in items.submission(material, "x", mistake).mistakes
