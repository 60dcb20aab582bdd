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


_AIKEN = re.compile(r"^[A-Z][.)].*\s+ANSWER:\s*[A-Za-z]\b", re.MULTILINE)
"""An option and the answer below it; braces, which GIFT has, may be in a question about code."""
_OTHER_ZIPS = {
    "collection.anki2": "is an Anki deck; in Anki, export it as 'Notes in Plain Text'",
    "word/document.xml": "is a Word document; save it as plain text, written as Aiken or GIFT",
    "moodle_backup.xml": "is a Moodle backup; in Moodle, export the question bank as Moodle XML",
    "h5p.json": "is H5P, which is not read; export the questions in another format",
    "content.xml": "is an OpenDocument file; save it as .xlsx, as .csv or as plain text",
}
"""What a file inside tells of a zip that is no format here, and what to do."""


def recognised(source: Source) -> Format:
    """Return the format of a file by its name, and by what stands in it where names say too little.

    Raises UnreadableFileError for one that is none of them.
    """
    suffix = "." + source.name.rpartition(".")[2].casefold()
    head = source.raw[:4096]
    if suffix == ".xml" and b"questestinterop" in head:
        return BY_NAME["qti"]
    if source.raw.startswith(b"PK"):
        inside = _inside(source.raw)
        told = next((what for name, what in _OTHER_ZIPS.items() if name in inside), None)
        if told and "imsmanifest.xml" not in inside:
            raise UnreadableFileError(1, told)
        return BY_NAME["kahoot" if "xl/workbook.xml" in inside else "qti"]
    for one in FORMATS:
        if one.read and suffix in one.suffixes:
            return one
    text = head.decode("utf-8-sig", "replace")
    if re.match(r"#(?:separator|html):", text):
        return BY_NAME["anki-notes"]
    if suffix in (".txt", ".md"):
        return BY_NAME["aiken" if _AIKEN.search(text) else "gift"]
    listed = ", ".join(READ)
    raise UnreadableFileError(1, f"has a format that its name does not tell; name one of {listed}")


def _inside(raw: bytes) -> frozenset[str]:
    """Return the names of a zip's files; none for one that is broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return frozenset()
