"""Each check: a bank that triggers it, at the right line, and one that nearly does and does not."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank.check import at_least, check_folder
from bot.bank.load import Finding, load_banks
from bot.bank.run_code import prove
from tests.bank.files import line_of, question, write_bank

CODE = "x = 1\nprint(x)"
SHIPPED = Path(__file__).parents[2] / "questions"


def check(tmp_path: Path, *questions: dict[str, Any]) -> tuple[Path, list[Finding]]:
    path = write_bank(tmp_path / "bank.toml", *questions)
    return path, check_folder(tmp_path)


def many(count: int, **changes: Any) -> list[dict[str, Any]]:
    """Questions that have nothing to do with each other."""
    words = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven")
    return [
        question(
            **{
                "id": f"question-{n}",
                "prompt": " ".join(f"{word}{n}" for word in words),
                "options": [f"{letter} {words[n % 8]}" for letter in ("w", "x", "y", "z")],
                **changes,
            }
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("folder", [SHIPPED, SHIPPED / "school"], ids=lambda path: path.name)
def test_the_shipped_banks_are_clean(folder: Path):
    assert load_banks(folder)
    assert check_folder(folder) == []


def test_the_example_of_the_readme_is_clean(tmp_path: Path):
    readme = (SHIPPED / "README.md").read_text(encoding="utf-8")
    example = readme.split("```toml\n")[1].split("```")[0]
    (tmp_path / "python.toml").write_text(example, encoding="utf-8")
    assert check_folder(tmp_path) == []
    (bank,) = load_banks(tmp_path)
    assert prove(bank.questions[0], seeds=range(2)) == []


def test_a_good_bank_is_clean(tmp_path: Path):
    assert check(tmp_path, question())[1] == []


def test_findings_of_loading_come_too(tmp_path: Path):
    _, (finding,) = check(tmp_path, question(answer=None))
    assert "no key" in finding.what
    assert "no such folder" in check_folder(tmp_path / "missing")[0].what


def test_equal_options(tmp_path: Path):
    options = ["It falls.", "It  FALLS.", "It rises.", "It stays."]
    path, (finding,) = check(tmp_path, question(options=options))
    assert finding.line == line_of(path, "FALLS")
    assert "options A and B read the same; change one" in finding.what


def test_options_that_differ_in_signs_only_are_different(tmp_path: Path):
    options = ["x = 1", "x == 1", "x != 1", "x := 1"]
    assert check(tmp_path, question(options=options))[1] == []


def test_equal_hints(tmp_path: Path):
    path, (finding,) = check(
        tmp_path, question(hints=["Think of a team.", "Look closer.", "Think of a team!"])
    )
    assert finding.line == line_of(path, "Think of a team!")
    assert "hint 3 says what hint 1 says; go a step further" in finding.what


@pytest.mark.parametrize(
    ("hint", "what"),
    [
        ("In short: it switches random units off!", "hint 2 gives the key (A) away"),
        ("It does not delete the smallest weights.", "hint 2 gives option B away"),
    ],
)
def test_a_hint_that_holds_an_option(tmp_path: Path, hint: str, what: str):
    path, (finding,) = check(tmp_path, question(hints=["One thing.", hint, "Another."]))
    assert finding.line == line_of(path, hint)
    assert what in finding.what
    assert "say it in other words" in finding.what


@pytest.mark.parametrize(
    ("code", "explanation", "place", "what"),
    [
        (1500, 1177, "explanation =", "options and explanation have 3,701 characters together"),
        (1800, 876, "explanation =", "shorten them to 3,700 for a reveal"),
        # An emoji counts as two.
        (1500, 1176, "explanation =", "have 3,701"),
    ],
)
def test_what_does_not_fit_into_a_reveal(
    tmp_path: Path, code: int, explanation: int, place: str, what: str
):
    tail = "" if explanation % 2 else "😀"
    long = {
        "prompt": "p" * 1000,
        "code": "c" * code,
        "options": ["a" * 21, "b", "c", "d"],
        "explanation": "e" * (explanation - len(tail)) + tail,
    }
    path, (finding,) = check(tmp_path, question(**long))
    assert finding.line == line_of(path, place)
    assert what in finding.what
    long["explanation"] = long["explanation"][1:]
    assert check(tmp_path, question(**long))[1] == []


def test_what_does_not_fit_into_a_post(tmp_path: Path):
    long = {"prompt": "p" * 900, "code": "c" * 1800, "options": [n * 200 for n in "abcd"]}
    assert check(tmp_path, question(**long))[1] == []
    path, (finding,) = check(tmp_path, question(**(long | {"prompt": "p" * 901})))
    assert finding.line == line_of(path, "prompt =")
    assert "have 3,501 characters together; shorten them to 3,500 for a post" in finding.what


def test_code_that_ends_its_block(tmp_path: Path):
    path, (finding,) = check(tmp_path, question(code='x = "```"'))
    assert finding.line == line_of(path, "code =")
    assert "the code holds ```" in finding.what


PRINTS = ["It prints 1.", "It prints 10.", "It prints -1.", "It fails."]


def test_a_program_that_cannot_prove_the_key(tmp_path: Path):
    values = question(options=PRINTS, answer="B", code=CODE, program={"prints": "1"})
    path, (finding,) = check(tmp_path, values)
    assert finding.line == line_of(path, "prints =")
    assert "prints '1', which is in A, but the key is B" in finding.what


def test_a_program_that_can(tmp_path: Path):
    values = question(options=PRINTS, answer="A", code=CODE, program={"prints": "1"})
    assert check(tmp_path, values)[1] == []


def test_a_key_that_is_mostly_the_longest_option(tmp_path: Path):
    longest = ["w, and more of it", "x", "y", "z"]
    questions = many(8)
    for letter, values in zip("ABCDABCD", questions, strict=True):
        at = "ABCD".index(letter)
        values["options"] = [*longest[1 : at + 1], longest[0], *longest[at + 1 :]]
        values |= {"answer": letter}
        values["misconceptions"] = {other: "x" for other in "ABCD" if other != letter}
    _, (finding,) = check(tmp_path, *questions)
    assert finding.line == 1
    assert "the key is the longest option in 8 of 8 questions" in finding.what
    # Seven are too few to speak of a habit.
    assert check(tmp_path, *questions[:7])[1] == []


def test_a_topic_whose_keys_lean_on_a_letter(tmp_path: Path):
    path, (finding,) = check(tmp_path, *many(8, answer="C"))
    assert finding.line == line_of(path, "answer =")
    assert "in the topic 'Regularisation' the key is C in 8 of 8 questions" in finding.what
    assert check(tmp_path, *many(7, answer="C"))[1] == []
    spread = [values for letter in "ABCD" for values in many(8, answer=letter)]
    for n, values in enumerate(spread):
        values |= {"id": f"question-{n}", "prompt": values["prompt"].replace("1", f"1{n}")}
        values["prompt"] = " ".join(f"{word}{n}" for word in values["prompt"].split())
    assert check(tmp_path, *spread)[1] == []


def test_an_id_in_two_banks(tmp_path: Path):
    write_bank(tmp_path / "a-bank.toml", question())
    other = question(prompt="Something else?", options=["Yes.", "No.", "Now.", "Never."])
    path = write_bank(tmp_path / "b-bank.toml", question(id="fine", prompt="Why so?"), other)
    findings = [finding for finding in check_folder(tmp_path) if "the id" in finding.what]
    (finding,) = findings
    assert (finding.path, finding.line) == (path, line_of(path, 'id = "what-is-dropout"'))
    assert "the id is used in a-bank.toml too; choose another" in finding.what


def test_near_duplicates_across_banks(tmp_path: Path):
    first = write_bank(tmp_path / "a-bank.toml", question())
    again = question(id="again", prompt="What does Dropout do while the network is trained?")
    path = write_bank(tmp_path / "b-bank.toml", question(id="xy", prompt="Why?", code="1"), again)
    (finding,) = check_folder(tmp_path)
    assert (finding.path, finding.line) == (path, line_of(path, "Dropout do while"))
    where = f"a-bank.toml:{line_of(first, 'prompt =')}"
    assert f"again: asks nearly what what-is-dropout asks ({where})" in finding.what


def test_questions_that_only_begin_alike_are_not_duplicates(tmp_path: Path):
    first = question(prompt="What is an advantage of using dropout in a large neural network?")
    other = question(
        id="other",
        prompt="What is a disadvantage of using dropout in a large neural network?",
        options=["Training takes longer.", "It needs labels.", "It leaks data.", "It overfits."],
    )
    printing = [
        question(id=f"print-{n}", prompt="What does this print?", code=code, answer="A")
        for n, code in enumerate(("print(1 + 1)", "for x in range(3): pass\nprint(x)"))
    ]
    assert check(tmp_path, first, other, *printing)[1] == []


def test_the_same_prompt_is_a_duplicate_whatever_its_options(tmp_path: Path):
    other = question(id="other", options=["Nothing.", "Much.", "Little.", "All."])
    _, (finding,) = check(tmp_path, question(), other)
    assert "asks nearly what" in finding.what


@given(st.lists(st.floats(0.1, 0.9), max_size=8))
def test_chances_add_up(chances: list[float]):
    tails = [at_least(count, chances) for count in range(len(chances) + 1)]
    assert tails[0] == pytest.approx(1)
    assert tails == sorted(tails, reverse=True)
    assert sum(tails[1:]) == pytest.approx(sum(chances))  # the mean
