"""What an author reads about a file that cannot be used, and where."""

from pathlib import Path

import pytest

from bot.bank.load import Finding, load_banks, read_bank, read_folder
from bot.errors import ConfigurationError
from tests.bank.files import line_of, question, write_bank


def only(path: Path) -> Finding:
    (finding,) = read_bank(path).findings
    return finding


def test_a_good_bank_is_read_whole(tmp_path: Path):
    write_bank(tmp_path / "b-bank.toml", question())
    write_bank(tmp_path / "a-bank.toml", question(id="one"), question(id="two", answer="C"))
    banks = load_banks(tmp_path)
    assert [bank.name for bank in banks] == ["a-bank", "b-bank"]
    assert banks[0].title == "Testing"
    assert [(q.id, q.key) for q in banks[0].questions] == [("one", 0), ("two", 2)]


def test_defaults_stand_in_for_keys_that_a_question_lacks(tmp_path: Path):
    head = 'title = "T"\ntopic = "Shared"\nlicence = "CC0-1.0"\ndifficulty = 5\nsource = "Book"\n'
    path = write_bank(
        tmp_path / "bank.toml",
        question(topic=None, licence=None, difficulty=None, source=None),
        question(id="other", topic="Own"),
        head=head,
    )
    first, second = read_bank(path).bank.questions
    assert (first.topic, first.licence, first.difficulty, first.source) == (
        "Shared",
        "CC0-1.0",
        5,
        "Book",
    )
    assert (second.topic, second.licence) == ("Own", "MIT")


@pytest.mark.parametrize(
    ("changes", "place", "what"),
    [
        ({"answer": None}, "[[question]]", "no key: `answer` is missing; add answer ="),
        ({"answer": "AB"}, "answer =", "`answer` is 'AB'; name the one right option"),
        ({"answer": ["A", "B"]}, "answer =", "name the one right option by its letter"),
        ({"answer": "F", "misconceptions": {}}, "answer =", "answer is F, but the options are"),
        ({"id": "Not An Id"}, "id =", "lower-case letters, digits and hyphens"),
        ({"prompt": " "}, "prompt =", "`prompt` is empty; write it"),
        ({"prompt": "x" * 1001}, "prompt =", "has 1001 characters; shorten it to 1000"),
        ({"options": ["one"]}, "options =", "`options` has 1 entries; it needs 2"),
        ({"options": [*"abcdefg"]}, "options =", "too many entries; it takes 6 at most"),
        ({"options": ["a", "b", "", "d"]}, '"",', "option C is empty; write it"),
        ({"hints": ["one", " ", "three"]}, '" ",', "hint 2 is empty; write it"),
        ({"hints": ["one", "two"]}, "hints =", "`hints` has 2 entries; it needs 3"),
        ({"key_points": None}, "[[question]]", "`key_points` is missing; add key_points ="),
        ({"key_points": []}, "key_points =", "`key_points` has 0 entries; it needs 1"),
        ({"difficulty": 6}, "difficulty =", "`difficulty` is 6; write difficulty = 2, from 1"),
        ({"difficulty": "3"}, "difficulty =", "`difficulty` is '3', which is the wrong kind"),
        ({"topic": ["x" * 99]}, "topic =", "xxx…, which is the wrong kind"),
        ({"source": "s" * 501}, "source =", "`source` has 501 characters; shorten it to 500"),
        ({"prompt": 3}, "prompt =", "`prompt` is 3, which is the wrong kind; write prompt ="),
        ({"hint": "one"}, "hint =", "`hint` is not a key of a bank; write `hints`"),
        ({"zzz": 1}, "zzz =", "`zzz` is not a key of a bank; take it out"),
        ({"misconceptions": {"B": "x", "C": "x"}}, "[question.mis", "each distractor: B, C, D"),
        (
            {"misconceptions": {"B": "x", "C": "", "D": "x"}},
            'C = ""',
            "the misconception of C is empty",
        ),
        (
            {"misconceptions": {"B": "x", "C": "x", "E2": "x"}},
            "E2 =",
            "`misconceptions` has an entry 'E2'; name options by letters",
        ),
        ({"program": {"prints": "1"}}, "[question.prog", "program has no source"),
        ({"program": {"source": "1"}}, "[question.program]", "`prints` is missing; add prints ="),
        ({"program": {"prints": "1", "print": "2"}}, "print =", "write `prints`"),
        (
            {"examples": [{"text": "So.", "label": "correct"}, {"label": "partial"}]},
            "[[question.examples]]",
            "`text` is missing; add text =",
        ),
        (
            {"examples": [{"text": "So.", "label": "right"}]},
            "label =",
            '`label` of example 1 is \'right\'; write label = "correct", "partial"',
        ),
        ({"examples": [{"text": "", "label": "correct"}]}, "text =", "of example 1 is empty"),
        (
            {"examples": [{"text": "So.", "label": "correct", "cover": [1]}]},
            "cover =",
            "write `covers`",
        ),
        (
            {"examples": [{"text": "So.", "label": "correct", "covers": ["1"]}]},
            "covers =",
            "is '1', which is the wrong kind; write covers = [1, 2]",
        ),
        (
            {"examples": [{"text": "So.", "label": "correct", "covers": [0]}]},
            "covers =",
            "is 0; write covers = [1, 2]",
        ),
        (
            {"examples": [{"text": "No.", "label": "incorrect", "covers": [1]}]},
            "[[question.examples]]",
            "example 1: `covers` is for correct and partial examples, not incorrect",
        ),
        (
            {"examples": [{"text": "So.", "label": "correct", "covers": [1, 1]}]},
            "[[question.examples]]",
            "`covers` names a key point twice",
        ),
        (
            {
                "examples": [
                    {"text": "Nothing.", "label": "incorrect"},
                    {"text": "So.", "label": "correct", "covers": [1, 3]},
                ]
            },
            "[[question.examples]]",
            "examples[2] covers key point 3, but there are 2",
        ),
        ({"examples": "So."}, "examples =", "`examples` is 'So.', which is the wrong kind"),
    ],
)
def test_each_mistake_is_named_with_its_line(
    tmp_path: Path, changes: dict[str, object], place: str, what: str
):
    path = write_bank(tmp_path / "bank.toml", question(id="good"), question(**changes))
    finding = only(path)
    assert what in finding.what
    # The second question's: the first one is good.
    candidates = [
        number
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.strip().startswith(place)
    ]
    assert finding.line == candidates[-1]
    assert str(finding) == f"{path}:{finding.line}: {finding.what}"
    assert [placed.question.id for placed in read_bank(path).placed] == ["good"]


def test_every_mistake_of_every_file_is_reported_at_once(tmp_path: Path):
    write_bank(tmp_path / "one.toml", question(answer=None, topic=None, colour="red"))
    write_bank(tmp_path / "two.toml", question(id="two", difficulty=0))
    with pytest.raises(ConfigurationError) as caught:
        load_banks(tmp_path)
    message = str(caught.value)
    for what in ("no key", "`topic` is missing", "`colour` is not a key", "`difficulty` is 0"):
        assert what in message
    assert "one.toml:3: what-is-dropout: no key" in message
    assert "tutor check" in message


def test_an_id_given_twice_in_a_bank(tmp_path: Path):
    path = write_bank(tmp_path / "bank.toml", question(), question(id="other"), question())
    finding = only(path)
    assert finding.line == line_of(path, 'id = "what-is-dropout"', 2)
    first = line_of(path, 'id = "what-is-dropout"')
    assert f"the id was given in line {first} already; choose another" in finding.what


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('title = "T"\n[[question]]\nid = "a\n', 3, "is not TOML in column"),
        ('title = "T"\n[[question]]\noptions = [\n"a",', 4, "is not TOML"),
        ('title = "T"\ntitle = "U"\n', 2, "is not TOML"),
    ],
)
def test_what_is_not_toml_is_shown_where_it_stops(tmp_path: Path, text: str, line: int, what: str):
    path = tmp_path / "bank.toml"
    path.write_text(text)
    finding = only(path)
    assert finding.line == line
    assert what in finding.what
    assert "missing quote, bracket or comma" in finding.what


def test_another_encoding_is_shown_where_it_begins(tmp_path: Path):
    path = tmp_path / "bank.toml"
    path.write_bytes('title = "T"\n# fine\nlicence = "Größe"\n'.encode("latin-1"))
    finding = only(path)
    assert (finding.line, finding.what) == (3, "is not UTF-8 here; save the file as UTF-8")


def test_windows_files_are_read_as_they_are(tmp_path: Path):
    path = write_bank(tmp_path / "bank.toml", question())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    file = read_bank(path)
    assert not file.findings
    assert file.lines.of(0, ("hints", 2)) == line_of(path, "No neuron can rely")


@pytest.mark.parametrize(
    ("head", "line", "what"),
    [
        ("", 1, '`title` is missing; add title = "Fine-tuning"'),
        ("title = 3\n", 1, "`title` must be text of 1 to 80 characters"),
        (f'topic = "x"\ntitle = "{"x" * 81}"\n', 2, "`title` must be text of 1 to 80"),
        ('title = "T"\nlicense = "MIT"\n', 2, "`license` is not a key of a bank; write `licence`"),
    ],
)
def test_what_stands_above_the_questions(tmp_path: Path, head: str, line: int, what: str):
    finding = only(write_bank(tmp_path / "bank.toml", question(), head=head))
    assert finding.line == line
    assert what in finding.what


@pytest.mark.parametrize("text", ['title = "T"\n', 'title = "T"\nquestion = 3\n'])
def test_a_bank_without_questions(tmp_path: Path, text: str):
    path = tmp_path / "bank.toml"
    path.write_text(text)
    assert "has no question; begin each one with a line [[question]]" in only(path).what


def test_a_name_that_is_no_bank_name(tmp_path: Path):
    finding = only(write_bank(tmp_path / "My Bank.toml", question()))
    assert "name the file in lower-case letters" in finding.what


def test_a_file_that_cannot_be_read(tmp_path: Path):
    path = tmp_path / "bank.toml"
    path.mkdir()
    assert "cannot be read (Is a directory)" in only(path).what


@pytest.mark.parametrize(
    ("folder", "what"),
    [("missing", "there is no such folder; create it, or set `banks.folder`"), (".", "no bank")],
)
def test_a_folder_without_banks(tmp_path: Path, folder: str, what: str):
    files, (finding,) = read_folder(tmp_path / folder)
    assert not files
    assert what in finding.what
