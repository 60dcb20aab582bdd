"""All words go through gettext, can be extracted, and fit where Discord shows them."""

import importlib
import io
import pkgutil
import string
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import bot.ui.texts
from bot.ui import texts
from bot.ui.texts import Plural, say

HERE = Path(bot.ui.texts.__file__).parent
SUBJECTS = [module.name for module in pkgutil.iter_modules([str(HERE)])]


def all_texts() -> list[tuple[str, str | Plural]]:
    found: list[tuple[str, str | Plural]] = []

    def collect(name: str, value: object) -> None:
        if isinstance(value, str | Plural):
            found.append((name, value))
        elif isinstance(value, dict):
            for key, inner in value.items():
                collect(f"{name}[{key}]", inner)
        elif isinstance(value, tuple):
            for inner in value:
                collect(name, inner)

    for subject in SUBJECTS:
        module = importlib.import_module(f"bot.ui.texts.{subject}")
        for name, value in vars(module).items():
            if name.isupper() or ("_" in name and name.upper() == name):
                collect(f"{subject}.{name}", value)
    return found


def extracted() -> set[str | tuple[str, ...]]:
    messages: set[str | tuple[str, ...]] = set()
    for path in HERE.glob("*.py"):
        with path.open("rb") as file:
            for _, message, _, _ in extract("python", file, {"N_": None, "NP_": (1, 2)}):
                messages.add(message)
    return messages


def test_every_sentence_can_be_extracted_for_translators() -> None:
    known = extracted()
    assert len(known) > 150
    for name, text in all_texts():
        if name == "rounds.CHART":  # a file's name
            continue
        assert (tuple(text) if isinstance(text, Plural) else text) in known, name


@pytest.mark.parametrize(("name", "text"), all_texts())
def test_a_sentence_is_well_formed(name: str, text: str | Plural) -> None:
    for part in text if isinstance(text, Plural) else (text,):
        assert part == part.strip()
        assert "  " not in part
        assert "!" not in part, "the bot does not shout"
        list(string.Formatter().parse(part))
    if isinstance(text, Plural):
        names = [{n for _, n, _, _ in string.Formatter().parse(part) if n} for part in text]
        assert names[0] <= names[1], "one form may leave out the number, and no more"


def test_one_and_many() -> None:
    assert say("en-GB", Plural("one point", "{n} points"), n=1) == "one point"
    assert say(None, Plural("one point", "{n} points"), n=3) == "3 points"


def test_a_catalogue_is_used_where_there_is_one(tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = read_po(
        io.StringIO(
            'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
            'msgid "Closes {when}"\nmsgstr "Schließt {when}"\n\n'
            'msgid "one point"\nmsgid_plural "{n} points"\n'
            'msgstr[0] "ein Punkt"\nmsgstr[1] "{n} Punkte"\n'
        ),
        locale="de",
    )
    with (folder / "tutor.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(texts, "CATALOGUES", tmp_path)
    texts._catalogue.cache_clear()
    try:
        assert say("de", "Closes {when}", when="bald") == "Schließt bald"
        assert say("de-AT", Plural("one point", "{n} points"), n=2) == "2 Punkte"
        assert say("fr", "Closes {when}", when="soon") == "Closes soon"
    finally:
        texts._catalogue.cache_clear()
