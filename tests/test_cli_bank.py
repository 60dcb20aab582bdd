"""`tutor bank …`: what it prints, writes, refuses, and exits with."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import logs
from bot.bank.load import read_bank
from bot.cli import app as cli
from tests.bank.files import question, write_bank
from tests.bank.formats.samples import SAMPLES

LACKING = "q one {=a ~b}\n\nwhat {}\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration, and a bank of one question in its folder of banks."""
    for name in list(os.environ):
        if name.startswith("TUTOR_") or name == "DISCORD_TOKEN":
            monkeypatch.delenv(name)
    (tmp_path / "banks").mkdir()
    write_bank(tmp_path / "banks" / "training.toml", question())
    (tmp_path / "config.toml").write_text("[banks]\nfolder = 'banks'\n", encoding="utf-8")
    monkeypatch.setenv("TUTOR_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logs, "set_up", lambda *_, **__: None)
    return tmp_path


def bank(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["bank", *arguments])


def test_an_import_without_write_is_a_report_and_nothing_else(home: Path):
    (home / "q.gift").write_text(LACKING, encoding="utf-8")
    before = sorted(home.rglob("*"))
    done = bank("import", "q.gift")
    assert done.exit_code == 1
    first, second = done.stdout.splitlines()
    assert first.startswith("q.gift:1: q-one: comes in, and lacks: hints, explanation, key_points")
    assert second.startswith("q.gift:3: 'what' stays out: it asks for an essay")
    assert done.stderr == (
        "0 questions come in whole, 1 with something missing,"
        " 1 that cannot be asked by reactions.\n"
    )
    assert sorted(home.rglob("*")) == before


def test_a_file_that_comes_in_whole_is_well(home: Path):
    write_bank(home / "new.toml", question(id="new", prompt="Why is the sky blue at noon?"))
    done = bank("import", "new.toml")
    assert done.exit_code == 0, done.output
    assert "1 question comes in whole." in done.stderr


def test_write_makes_a_bank_that_says_what_lacks(home: Path):
    (home / "q.gift").write_text(LACKING, encoding="utf-8")
    done = bank(
        *("import", "q.gift", "--write", "new.toml", "--title", "New ones", "--topic", "Letters"),
        *("--difficulty", "2", "--licence", "MIT", "--source", "A book"),
    )
    assert done.exit_code == 0, done.output
    assert "Wrote 1 question to new.toml. Complete them: `tutor check new.toml`" in done.stderr
    file = read_bank(home / "new.toml")
    assert file.title == "New ones"
    assert [one.what.partition(";")[0] for one in file.findings] == [
        "q-one: `explanation` is missing",
        "q-one: `hints` is missing",
        "q-one: `key_points` is missing",
        "q-one: `misconceptions` is missing",
    ]
    assert not list(home.glob(".*")), "the temporary file is gone"


def test_the_bot_s_own_folder_takes_only_what_is_whole(home: Path):
    (home / "q.gift").write_text(LACKING, encoding="utf-8")
    done = bank("import", "q.gift", "--write", "banks/new.toml")
    assert done.exit_code == 1
    assert (
        "Something is missing in 1 question, and the bot does not start with such a bank"
        in done.stderr
    )
    assert not (home / "banks" / "new.toml").exists()
    done = bank("import", "q.gift", "--write", "banks/new.toml", "--whole-only")
    assert "Nothing was written, as no question comes in." in done.stderr
    whole = question(id="new", prompt="Why is the sky blue at noon?")
    write_bank(home / "new.toml", whole, question(id="bare", prompt="Bare?", hints=None))
    done = bank("import", "new.toml", "--write", "banks/new.toml", "--whole-only")
    assert done.exit_code == 0, done.output
    file = read_bank(home / "banks" / "new.toml")
    assert not file.findings
    assert [one.question.id for one in file.placed] == ["new"]


def test_what_is_there_already_stays_out_unless_it_is_wished(home: Path):
    write_bank(home / "again.toml", question(id="again"))
    done = bank("import", "again.toml", "--write", "new.toml")
    assert done.exit_code == 1
    said = "again: asks nearly what what-is-dropout (training.toml:5) asks; it stays out"
    assert said in done.stdout
    done = bank("import", "again.toml", "--write", "new.toml", "--duplicates")
    assert done.exit_code == 0, done.output
    assert [one.question.id for one in read_bank(home / "new.toml").placed] == ["again"]


def test_a_bank_of_the_folder_is_not_its_own_duplicate():
    assert bank("import", "banks/training.toml").exit_code == 0


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("there.toml", "there.toml is there already; choose another name"),
        ("nowhere/new.toml", "There is no folder nowhere; create it"),
        ("New Bank.toml", "Name a bank in lower-case letters"),
        ("new.txt", "Name a bank in lower-case letters"),
    ],
)
def test_nothing_is_overwritten_or_written_where_it_cannot_be_used(
    home: Path, path: str, said: str
):
    (home / "q.gift").write_text(LACKING, encoding="utf-8")
    (home / "there.toml").write_text("mine", encoding="utf-8")
    done = bank("import", "q.gift", "--write", path)
    assert done.exit_code == 1
    assert said in done.stderr
    assert "nothing was written" in " ".join(done.stderr.split())
    assert (home / "there.toml").read_text(encoding="utf-8") == "mine"


def test_columns_are_mapped(home: Path):
    (home / "q.csv").write_text("Stem,Good,Bad\nq,yes,no\n", encoding="utf-8")
    arguments = ("--map", "Stem=prompt", "--map", "Good=answer", "--map", "Bad=wrong 1")
    assert "q.csv:2: q-" in bank("import", "q.csv", *arguments).stdout
    wrong = bank("import", "q.csv", "--map", "Stem")
    assert wrong.exit_code == 2


@pytest.mark.parametrize("name", ["nope", "anki"])
def test_a_format_that_is_not_read_is_wrong_usage(home: Path, name: str):
    (home / "q.gift").write_text(LACKING, encoding="utf-8")
    assert bank("import", "q.gift", "--format", name).exit_code == 2


def test_a_file_that_is_endless_is_refused():
    done = bank("import", "/dev/zero", "--format", "gift")
    assert done.exit_code in (1, 2)
    assert not done.stdout or "MiB" in done.stdout


@pytest.mark.parametrize("name", ["toml", "gift", "moodle-xml", "csv"])
def test_an_export_goes_to_standard_output_and_says_what_is_left_out(name: str):
    done = bank("export", "banks/training.toml", "--format", name)
    assert done.exit_code == 0, done.output
    assert "What does dropout do" in done.stdout
    assert ("key_points" in done.stderr) == (name in ("gift", "moodle-xml"))


def test_an_export_into_a_file_takes_its_format_from_its_name(home: Path):
    done = bank("export", "banks/training.toml", "--write", "out.gift")
    assert done.exit_code == 0, done.output
    assert (home / "out.gift").read_bytes().startswith(b"$CATEGORY: $course$/top/Regularisation")
    assert bank("export", "banks/training.toml", "--write", "out.gift").exit_code == 1
    assert bank("export", "banks/training.toml", "--write", "out.nope").exit_code == 2
    assert bank("export", "banks/training.toml", "--write", "out.tsv").exit_code == 2
    assert bank("export", "banks/training.toml").exit_code == 2


def test_a_deck_needs_a_file(home: Path):
    done = bank("export", "banks/training.toml", "--format", "anki")
    assert done.exit_code == 1
    assert "An Anki deck is no text; add --write NAME.apkg" in done.stderr
    assert bank("export", "banks/training.toml", "--write", "out.apkg").exit_code == 0
    assert (home / "out.apkg").read_bytes().startswith(b"PK")


def test_files_of_other_programs_are_converted_without_being_complete(home: Path):
    (home / "q.xml").write_bytes(SAMPLES["moodle-xml"])
    done = bank("convert", "q.xml", "--write", "q.gift")
    # Three of its questions cannot come along, and are named.
    assert done.exit_code == 1
    assert "q.xml:49: 'S' stays out" in done.stderr
    assert "lacks" not in done.stderr
    assert "::cells-1::" in (home / "q.gift").read_text(encoding="utf-8")
    assert bank("convert", "q.gift", "--to", "aiken").stdout.startswith("What makes *ATP*?\nA. The")


def test_a_file_without_a_question_is_not_converted(home: Path):
    (home / "q.gift").write_text("what {}\n", encoding="utf-8")
    done = bank("convert", "q.gift", "--to", "csv")
    assert done.exit_code == 1
    assert "q.gift: no question can be exported." in done.stderr
