"""The table of formats: how each is called, read and written, and what of a question it holds."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.bank.formats import (
    aiken,
    anki,
    delimited,
    gift,
    kahoot,
    moodle_xml,
    opentdb,
    qti,
    red,
    toml,
)
from bot.bank.formats.draft import Parsed, Source, UnreadableFileError, Values
from bot.domain.question import Question

ALL = frozenset(Question.model_fields)
_ASKED = frozenset(("prompt", "options", "answer"))
_EXPLAINED = _ASKED | {"id", "code", "explanation", "misconceptions", "topic"}


def _fit(_values: Values) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Format:
    """One format. `read` and `write` are None where it goes one way only."""

    name: str
    """As it is called on the command line."""
    title: str
    suffixes: tuple[str, ...]
    read: Callable[[Source], Parsed] | None = None
    write: Callable[[str, Sequence[Values]], bytes] | None = None
    holds: frozenset[str] = frozenset()
    """The keys of a question that a file of it can hold."""
    unfit: Callable[[Values], str | None] = _fit
    """Why it cannot hold a question at all, or None."""
    is_text: bool = True


FORMATS: tuple[Format, ...] = (
    Format("toml", "our TOML", (".toml",), toml.read, toml.write, ALL),
    Format("gift", "Moodle GIFT", (".gift",), gift.read, gift.write, _EXPLAINED),
    Format(
        "moodle-xml",
        "Moodle XML",
        (".xml",),
        moodle_xml.read,
        moodle_xml.write,
        _EXPLAINED | {"hints", "difficulty", "licence"},
    ),
    Format("aiken", "Aiken", (".aiken",), aiken.read, aiken.write, _ASKED, aiken.unfit),
    Format("qti", "Canvas QTI 1.2", (".zip", ".qti"), qti.read),
    Format(
        "csv",
        "CSV or TSV",
        (".csv", ".tsv"),
        delimited.read,
        delimited.write,
        ALL - {"program", "examples"},
    ),
    Format("kahoot", "Kahoot's spreadsheet", (".xlsx",), kahoot.read),
    Format("opentdb", "Open Trivia DB", (".json",), opentdb.read),
    Format("anki-notes", "Anki notes as text", (".anki",), anki.read),
    Format(
        "anki",
        "an Anki deck",
        (".apkg",),
        write=anki.write,
        holds=ALL - {"program", "examples", "key_points", "misconceptions", "difficulty"},
        is_text=False,
    ),
    Format("red", "Red-DiscordBot trivia", (".yaml", ".yml"), red.read),
)
BY_NAME = {one.name: one for one in FORMATS}
READ = tuple(one.name for one in FORMATS if one.read)
WRITTEN = tuple(one.name for one in FORMATS if one.write)


def recognised(source: Source) -> Format:
    """Return the format of a file by its name, and by what stands in it where names say too little.

    Raises UnreadableFileError for one that is none of them.
    """
    suffix = "." + source.name.rpartition(".")[2].casefold()
    head = source.raw[:4096]
    if suffix == ".xml" and b"questestinterop" in head:
        return BY_NAME["qti"]
    if source.raw.startswith(b"PK"):
        return BY_NAME["kahoot" if _is_spreadsheet(source.raw) else "qti"]
    for one in FORMATS:
        if one.read and suffix in one.suffixes:
            return one
    text = head.decode("utf-8-sig", "replace")
    if re.match(r"#(?:separator|html):", text):
        return BY_NAME["anki-notes"]
    if suffix in (".txt", ".md"):
        is_aiken = re.search(r"^ANSWER:\s*[A-Za-z]\s*$", text, re.MULTILINE)
        return BY_NAME["aiken" if is_aiken and not re.search(r"(?<!\\)\{", text) else "gift"]
    listed = ", ".join(READ)
    raise UnreadableFileError(1, f"has a format that its name does not tell; name one of {listed}")


def _is_spreadsheet(raw: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
