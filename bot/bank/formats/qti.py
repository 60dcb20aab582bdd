"""QTI 1.2 as Canvas writes it: a zip package of assessments, or one assessment's XML.

Its items are read in `qti_item`; what is around them is here.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from bot.bank.formats import archive, draft, limits, qti_item, xml
from bot.bank.formats.draft import Draft, Note, Parsed, Refused, Source, UnreadableFileError

_QTI = (".xml", ".qti")
_ELSEWHERE = {
    "sourcebank_ref": "draws questions from the bank {!r}; export that bank too",
    "itemref": "refers to the question {!r}, which is in another file",
    "bankentry_item": "refers to the question {!r}, which is in an item bank",
}


def read(source: Source) -> Parsed:
    """Return what stands in a Canvas package, or in one QTI 1.2 file."""
    found: list[Draft | Refused | Note] = []
    titles: list[str] = []
    is_newer = False
    for name, raw in _documents(source):
        root = _root(name, raw)
        is_newer = is_newer or (root is not None and xml.bare(root).startswith("assessment"))
        if root is None or xml.bare(root) != "questestinterop":
            found.append(Note(1, f"the file {name[:80]!r} of the package is left out"))
            continue
        titles += [one.get("title", "") for one in xml.every(root, "assessment")]
        titles += [qti_item.field(bank, "bank_title") for bank in xml.every(root, "objectbank")]
        inside = f"{name}, " if name else ""
        found += _around(root, inside)
        for item in xml.every(root, "item"):
            found.append(qti_item.question(item, inside))
            limits.check_count(len(found))
    if all(isinstance(one, Note) for one in found):
        what = "is QTI 2, and here QTI 1.2 is read" if is_newer else "has no QTI 1.2 question"
        where = "in Canvas, choose Settings, Export course content, Quiz"
        raise draft.UnreadableFileError(1, f"{what}; {where}")
    return draft.parsed(found, next(filter(None, titles), ""))


def _documents(source: Source) -> Iterator[tuple[str, bytes]]:
    if not source.raw.startswith(b"PK"):
        yield "", source.raw
        return
    unpacked = archive.members(source.raw)
    # In a whole course's package each quiz is there twice; the one apart has all that Canvas knows.
    is_twice = any(name.startswith("non_cc_assessments/") for name in unpacked)
    for name in sorted(unpacked):
        if name != "imsmanifest.xml" and not (is_twice and name.endswith("/assessment_qti.xml")):
            yield name, unpacked[name]


def _root(name: str, raw: bytes) -> Element | None:
    """Return a document's root; None for a file of a package that is no XML at all."""
    if name and not name.endswith(_QTI):
        return None
    try:
        return xml.read(raw)
    except UnreadableFileError as error:
        if not name:
            raise
        raise UnreadableFileError(error.line, f"{name[:80]}: {error.what}") from error


def _around(root: Element, inside: str) -> Iterator[Note]:
    """Yield what a document says of its questions as a whole, and which ones it only refers to."""
    for section in xml.every(root, "section"):
        if count := xml.text_of(
            xml.first(section, "selection_ordering", "selection", "selection_number")
        ):
            called = section.get("title") or section.get("ident", "")
            what = f"{inside}the group {called[:60]!r} asks {count[:10]} of its questions in Canvas"
            yield Note(xml.line_of(section), f"{what}; all that are here come in")
    for name, what in _ELSEWHERE.items():
        for one in xml.every(root, name):
            told = one.get("linkrefid") or one.get("item_ref") or xml.text_of(one)
            yield Note(xml.line_of(one), f"{inside}{what.format(told[:60])}")
    for one in root.iter():
        if xml.bare(one) not in ("assessment", "section", "objectbank"):
            continue
        if minutes := _own_field(one, "qmd_timelimit"):
            what = f"the time limit of {minutes[:10]} minutes is left out"
            yield Note(xml.line_of(one), inside + what)
        for child in one:
            if xml.bare(child) in ("rubric", "objectives", "presentation_material"):
                text = xml.text_of(child)
                if text:
                    what = f"<{xml.bare(child)}> {text[:60]!r} is left out"
                    yield Note(xml.line_of(child), inside + what)


def _own_field(element: Element, label: str) -> str:
    metadata = xml.first(element, "qtimetadata")
    return qti_item.field(metadata, label) if metadata is not None else ""
