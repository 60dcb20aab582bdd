"""Lines of questions and keys, whatever way the TOML is written in."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from bot.bank.lines import Lines

TEXT = '''# a bank
title = "One"  # [[question]]
licence = 'MIT'

[[question]]
id = "first"
prompt = """
id = "not a key"
[[question]]
"" two quotes \\""" and an escaped end"""
"code" = \'\'\'
x = [1, '\'\'\'\'
options = ["a, ]", "b",   # c ]
  # none here
  "d"
]
program.prints = "1"

hints = [
  """one
  two""",
  'three',
]
[question.misconceptions]
A = "…"
"B" = "…"

[[question.examples]]
text = "[[question.examples]]"
[[question.examples]]

label = "correct"

[notes]
id = "no question"

[[question]]
misconceptions = { A = "x", "B" = "y" }
id="second"
'''


def test_lines_are_those_of_the_file():
    lines = Lines(TEXT)
    assert tomllib.loads(TEXT)["question"][1]["id"] == "second"
    at = dict(enumerate(TEXT.split("\n"), 1))
    first = {place: at[line].strip() for place, line in lines.questions[0].items()}
    assert lines.top["title"] == 2
    assert lines.top["notes"] == TEXT[: TEXT.index("[notes]")].count("\n") + 1
    assert first == {
        (): "[[question]]",
        ("id",): 'id = "first"',
        ("prompt",): 'prompt = """',
        ("code",): "\"code\" = '''",
        ("options",): 'options = ["a, ]", "b",   # c ]',
        ("options", 0): 'options = ["a, ]", "b",   # c ]',
        ("options", 1): 'options = ["a, ]", "b",   # c ]',
        ("options", 2): '"d"',
        ("program",): 'program.prints = "1"',
        ("program", "prints"): 'program.prints = "1"',
        ("hints",): "hints = [",
        ("hints", 0): '"""one',
        ("hints", 1): "'three',",
        ("misconceptions",): "[question.misconceptions]",
        ("misconceptions", "A"): 'A = "…"',
        ("misconceptions", "B"): '"B" = "…"',
        ("examples",): "[[question.examples]]",
        ("examples", 0): "[[question.examples]]",
        ("examples", 0, "text"): 'text = "[[question.examples]]"',
        ("examples", 1): "[[question.examples]]",
        ("examples", 1, "label"): 'label = "correct"',
    }
    assert lines.of(0, ("examples", 1)) == lines.of(0, ("examples", 0)) + 2
    assert lines.of(0, ("examples", 1, "text")) == lines.of(0, ("examples", 1))
    assert at[lines.of(1, ("id",))] == 'id="second"'


def test_a_place_without_a_line_has_the_line_of_what_is_around_it():
    lines = Lines(TEXT)
    assert lines.of(0, ("options", 9)) == lines.of(0, ("options",))
    assert lines.of(1, ("misconceptions", "A")) == lines.of(1, ("misconceptions",))
    assert lines.of(0, ("answer",)) == lines.of(0)


def test_questions_written_as_one_array_have_the_line_of_the_array():
    lines = Lines('title = "x"\nquestion = [\n  { id = "a" },\n]\n')
    assert lines.of(0, ("id",)) == 2


# Characters that the scan could trip over, in every kind of string.
TRICKY = st.text(alphabet="ab\"'\\#[]{}=,\n .é", max_size=12)


def _basic(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _multiline(text: str) -> str:
    return '"""' + text.replace("\\", "\\\\").replace('"""', '""\\"') + '"""'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "").replace("\n", "") + "'"


STRINGS = st.one_of(TRICKY.map(_basic), TRICKY.map(_multiline), TRICKY.map(_literal))
VALUES = st.one_of(
    STRINGS,
    st.lists(STRINGS, max_size=3).map(lambda some: "[\n" + ",\n# ]\n".join(some) + "\n]"),
)


@given(st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=3))
def test_every_key_is_found_at_its_line(questions: list[list[str]]):
    text, expected = 'title = "t"\n', []
    for values in questions:
        text += "[[question]]\n"
        keys = {}
        for number, value in enumerate(values):
            keys[f"k{number}"] = text.count("\n") + 1
            text += f"k{number} = {value}\n"
        expected.append(keys)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # a closing run of quotes too long for TOML
    lines = Lines(text)
    found = [
        {str(place[0]): line for place, line in places.items() if len(place) == 1}
        for places in lines.questions
    ]
    assert found == expected
