"""Anki: notes as text in, by their columns, and a deck (.apkg) out, by genanki.

A card of a front and a back has no wrong options, so it cannot be asked. Notes with options come
in by `#columns:` or a mapping, and those of the note type 'AllInOne (kprim, mc, sc)' as they are.
"""

import hashlib
import html
import io
import re
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count

import genanki

from bot.bank.formats import columns, delimited, draft, limits, rich
from bot.bank.formats.draft import (
    FULL,
    LETTERS,
    Choice,
    Draft,
    Note,
    Parsed,
    Refused,
    Source,
    Values,
)

_HEADER = re.compile(r"#([A-Za-z ]+):(.*)")
_SEPARATORS = {
    "tab": "\t",
    "comma": ",",
    "semicolon": ";",
    "pipe": "|",
    "space": " ",
    "colon": ":",
}
_BITS = re.compile(r"[01](?: [01])+")
_CARD = "is a card of a front and a back, without wrong options to choose from; add some"


@dataclass(frozen=True, slots=True)
class _Notes:
    """The `#` lines that stand above an export."""

    separator: str = "\t"
    is_html: bool | None = None
    """None: the file does not say, and each field is read as it looks."""
    names: tuple[str, ...] = ()
    apart: Mapping[int, str] | None = None
    """Columns (from 0) that hold no field: tags, deck, notetype, guid."""
    lines: int = 0
    notes: tuple[Note, ...] = ()


def read(source: Source) -> Parsed:
    """Return what stands in Anki's 'Notes in Plain Text'."""
    text = limits.decode(source.raw)
    lines = limits.lines(text)
    about = _about(lines)
    body = "\n".join([""] * about.lines + lines[about.lines :])
    found: list[Draft | Refused | Note] = [*about.notes]
    for line, cells in delimited.table(body, about.separator):
        if cells[0].startswith("#") and lines[line - 1].startswith("#"):
            comment = lines[line - 1][1:].strip()
            found.append(Note(line, f"the comment {comment[:60]!r} is left out"))
            continue
        apart = about.apart or {}
        fields = [(at, cell) for at, cell in enumerate(cells) if at not in apart]
        texts, media = _texts([cell for _, cell in fields], is_html=about.is_html)
        left = [f"{cells[at][:60]!r} ({apart[at]}) is left out" for at in apart if _told(at, cells)]
        one = _question(line, texts, about.names, source.columns)
        if isinstance(one, Draft) and media:
            # Which field a picture is in says little: most notes have theirs in the question.
            why = f"shows {media[0]}, and a post is text; describe it in words"
            one = Refused(line, texts[0], why)
        elif isinstance(one, Draft):
            one = replace(one, notes=(*one.notes, *left))
        found.append(one)
        limits.check_count(len(found))
    return draft.parsed(found, at_least_one="in Anki, export as 'Notes in Plain Text'")


def _told(at: int, cells: Sequence[str]) -> bool:
    return at < len(cells) and bool(cells[at].strip())


def _about(lines: Sequence[str]) -> _Notes:
    """Read what stands above the notes: settings, and comments, which begin with # too."""
    about = _Notes()
    apart: dict[int, str] = {}
    notes: list[Note] = []
    for number, line in enumerate(lines, 1):
        if not line.startswith("#"):
            break
        found = _HEADER.match(line)
        key, value = (found[1].strip().casefold(), found[2]) if found else ("", line[1:])
        told = value.strip()
        if key == "separator" and (separator := _separator(value)):
            about = replace(about, separator=separator)
        elif key == "html":
            about = replace(about, is_html=told.casefold() == "true")
        elif key == "columns":
            about = replace(about, names=tuple(_cells(value, about.separator)))
        elif key.endswith(" column") and re.fullmatch(r"[1-9]\d{0,2}", told):
            apart[int(told) - 1] = key.removesuffix(" column")
        elif told:
            notes.append(Note(number, f"{f'{key} ' if key else ''}{told[:60]!r} is left out"))
        about = replace(about, lines=number)
    names = tuple(name for at, name in enumerate(about.names) if at not in apart)
    return replace(about, apart=apart, names=names, notes=tuple(notes))


def _separator(value: str) -> str | None:
    """Return what a name or a sign stands for; None for what Anki does not know either."""
    signs = _SEPARATORS.values()
    return _SEPARATORS.get(value.strip().casefold()) or (value if value in signs else None)


def _cells(line: str, separator: str) -> list[str]:
    for _, cells in delimited.table(line, separator):
        return cells
    return []


def _texts(cells: Sequence[str], *, is_html: bool | None) -> tuple[list[str], list[str]]:
    read_as = {True: rich.from_html, False: rich.from_plain, None: rich.from_auto}[is_html]
    texts = [read_as(cell) for cell in cells]
    sounds = [sound for cell in cells for sound in re.findall(r"\[sound:[^\]]{1,200}\]", cell)]
    return [one.text for one in texts], [*(it for one in texts for it in one.media), *sounds]


def _question(
    line: int, texts: Sequence[str], names: Sequence[str], wanted: Mapping[str, str]
) -> Draft | Refused:
    if not names and wanted:
        names = [str(number) for number in range(1, len(texts) + 1)]
    if names:
        padded = [*names, *("" for _ in texts[len(names) :])]
        known = columns.columns(padded, wanted).keys
        cells = {key: text for key, text in zip(known, texts, strict=False) if key}
        if cells.get("prompt") and (cells.get("option a") or cells.get("wrong 1")):
            prompt, code = rich.split_code(cells["prompt"])
            cells = {**cells, "prompt": prompt, **({"code": code} if code else {})}
            one = columns.row_question(line, cells)
            left = [
                f"the field {name!r} is left out"
                for name, key, text in zip(padded, known, texts, strict=False)
                if not key and text
            ]
            return replace(one, notes=(*one.notes, *left)) if isinstance(one, Draft) else one
    bits = next((at for at, text in enumerate(texts) if _BITS.fullmatch(text)), None)
    if bits is not None and bits >= 3:
        return _all_in_one(line, texts, bits)
    return Refused(line, texts[0] if texts else "", _CARD)


def _all_in_one(line: int, texts: Sequence[str], bits: int) -> Draft | Refused:
    """Read Question, Title, QType, Q_1 … Q_5, Answers ('0 1 0'), Sources, Extra 1."""
    marks = texts[bits].split()
    start = 3
    options = texts[start:bits][: len(marks)]
    if len(options) != len(marks):
        return Refused(line, texts[0], "has not as many answers as options; mend the note")
    choices = [
        Choice(text, FULL * (mark == "1"))
        for text, mark in zip(options, marks, strict=True)
        if text
    ]
    rest = [text for text in texts[bits + 1 :] if text]
    values = {"source": rest[0]} if rest else {}
    notes = [f"the field {text[:60]!r} is left out" for text in rest[1:]]
    return draft.choice_question(line, texts[1], texts[0], choices, values=values, notes=notes)


# --- A deck out

_FIELDS = ("Id", "Prompt", "Code", "Options", "Answer", "Explanation", "Hints", "Source", "Licence")
_FRONT = (
    "{{Prompt}}{{#Code}}<pre>{{Code}}</pre>{{/Code}}{{Options}}"
    "{{#Hints}}<details><summary>Hints</summary>{{Hints}}</details>{{/Hints}}"
)
_BACK = (
    "{{FrontSide}}<hr id=answer><b>{{Answer}}</b><p>{{Explanation}}</p>"
    "<small>{{Source}} {{Licence}}</small>"
)


def write(title: str, questions: Sequence[Values]) -> bytes:
    """Return a deck with a card a question. The same questions have the same notes each time, so
    that a later import into Anki brings them up to date.
    """
    model = genanki.Model(
        _number("tutor model 1"),
        "Tutor question",
        fields=[{"name": name} for name in _FIELDS],
        templates=[{"name": "Question", "qfmt": _FRONT, "afmt": _BACK}],
        css=".card { font-family: sans-serif; text-align: left; } pre { background: #eee; }",
    )
    deck = genanki.Deck(_number(f"tutor deck {title}"), title)
    for values in questions:
        deck.add_note(
            genanki.Note(
                model=model,
                fields=_fields(values),
                tags=[re.sub(r"\s+", "-", values["topic"])] if values.get("topic") else [],
                guid=genanki.guid_for("tutor", values.get("id") or values["prompt"]),
            )
        )
    return _package(genanki.Package(deck), _number(title))


def _package(package: genanki.Package, first_id: int) -> bytes:
    """Return the .apkg. genanki's own `write_to_file` leaves a file behind each time, so the
    database is made in memory; ids and times are made of the title, and not of the clock.
    """
    with closing(sqlite3.connect(":memory:")) as database:
        package.write_to_db(database.cursor(), first_id / 1_000, count(first_id))
        database.commit()
        collection = database.serialize()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in (("collection.anki2", collection), ("media", b"{}")):
            archive.writestr(zipfile.ZipInfo(name), raw, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _fields(values: Values) -> list[str]:
    options = list(zip(LETTERS, values["options"], strict=False))
    listed = "".join(f"<li>{_shown(option)}</li>" for _, option in options)
    answer = values["answer"]
    hints = "".join(f"<li>{_shown(hint)}</li>" for hint in values.get("hints", ()))
    return [
        html.escape(str(values.get("id", ""))),
        _shown(values["prompt"]),
        html.escape(values.get("code") or ""),
        f'<ol type="A">{listed}</ol>',
        f"{answer}. {_shown(dict(options)[answer])}",
        _shown(values.get("explanation", "")),
        f"<ol>{hints}</ol>" if hints else "",
        _shown(values.get("source", "")),
        html.escape(values.get("licence", "")),
    ]


def _shown(text: str) -> str:
    """Return Markdown as the HTML that Anki shows: code, bold, and signs that were escaped."""
    parts = re.split(r"`([^`\n]+)`", html.escape(text, quote=False))
    for at in range(0, len(parts), 2):
        bold = re.sub(r"(?<!\\)\*\*(?=\S)([^*\n]+)\*\*", r"<b>\1</b>", parts[at])
        parts[at] = re.sub(r"\\([*_~|`\\#>-])", r"\1", bold)
    parts[1::2] = [f"<code>{code}</code>" for code in parts[1::2]]
    # Anki replaces what stands in double braces.
    return "".join(parts).replace("{{", "{<!-- -->{").replace("\n", "<br>")


def _number(text: str) -> int:
    """Return a number that Anki takes for an id, the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") // 4 + (1 << 30)
