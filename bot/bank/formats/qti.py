"""QTI 1.2 as Canvas writes it: a zip package of assessments, or one assessment's XML.

Only what Canvas exports is read: its question types stand in each item's metadata.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from bot.bank.formats import archive, draft, limits, rich, xml
from bot.bank.formats.draft import FULL, Choice, Draft, Note, Parsed, Refused, Source

_CANNOT = {
    "short_answer_question": draft.TYPED,
    "fill_in_multiple_blanks_question": draft.TYPED,
    "multiple_dropdowns_question": "has several blanks to choose for; ask for one of them",
    "matching_question": draft.MATCHING,
    "numerical_question": draft.NUMBER,
    "calculated_question": draft.NUMBER,
    "essay_question": draft.ESSAY,
    "file_upload_question": "asks for a file, and a reaction chooses an option; give it options",
    "text_only_question": draft.NO_ANSWER,
}
_QTI = (".xml", ".qti")
_FOR_ALL = ("general_fb", "correct_fb", "general_incorrect_fb")


def read(source: Source) -> Parsed:
    """Return what stands in a Canvas package, or in one QTI 1.2 file."""
    found: list[Draft | Refused | Note] = []
    titles: list[str] = []
    for name, raw in _documents(source):
        root = xml.read(raw) if name.endswith(_QTI) or not name else None
        if root is None or xml.bare(root) != "questestinterop":
            found.append(Note(1, f"the file {name[:80]!r} of the package is left out"))
            continue
        titles += [one.get("title", "") for one in xml.every(root, "assessment")]
        titles += [_field(bank, "bank_title") for bank in xml.every(root, "objectbank")]
        inside = f"{name}, " if name else ""
        for item in xml.every(root, "item"):
            found.append(_Reader(item, inside).question())
            limits.check_count(len(found))
    if all(isinstance(one, Note) for one in found):
        raise draft.UnreadableFileError(
            1, "has no QTI 1.2 question; in Canvas, choose Settings, Export course content, Quiz"
        )
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


class _Reader:
    def __init__(self, item: Element, inside: str) -> None:
        self.item = item
        self.line = xml.line_of(item)
        self.notes: list[str] = []
        self.media: list[str] = []
        title = item.get("title", "").strip()
        # Canvas calls every question that nobody named 'Question'.
        self.name = "" if title == "Question" else title
        self.shown = inside + title
        self.feedback = {
            one.get("ident", ""): self._material(one) for one in xml.every(item, "itemfeedback")
        }

    def question(self) -> Draft | Refused:
        """Return the question, or why it cannot be asked."""
        kind = _field(self.item, "question_type")
        if kind in _CANNOT:
            return Refused(self.line, self.shown, _CANNOT[kind])
        lists = xml.every(self.item, "response_lid")
        if len(lists) != 1:
            return Refused(self.line, self.shown, f"has {len(lists)} lists to choose from, not one")
        presentation = xml.first(self.item, "presentation")
        materials = xml.every(presentation, "material") if presentation is not None else []
        material = next(iter(materials), None)
        prompt = self._material(material, is_asked=True)
        values: dict[str, Any] = {}
        if explanation := "\n".join(filter(None, map(self.feedback.get, _FOR_ALL[:2]))):
            values["explanation"] = explanation
        if told := self.feedback.get("general_incorrect_fb"):
            self.notes.append(f"the feedback for all wrong answers {told[:60]!r} is left out")
        points = _field(self.item, "points_possible") or "1"
        if _number(points) != 1:
            self.notes.append(f"its {points} points are left out; here they follow the difficulty")
        prompt, code = rich.split_code(prompt)
        if code:
            values["code"] = code
        return draft.choice_question(
            self.line,
            self.name,
            prompt,
            self._choices(lists[0]),
            values=values,
            notes=self.notes,
            media=self.media,
        )

    def _choices(self, listed: Element) -> list[Choice]:
        right, said = self._rules()
        labels = xml.every(listed, "response_label")
        return [
            Choice(
                self._material(label, is_asked=True),
                right.get(ident, 0.0),
                self.feedback.get(said.get(ident, f"{ident}_fb"), ""),
            )
            for label in labels
            for ident in (label.get("ident", ""),)
        ]

    def _rules(self) -> tuple[dict[str, float], dict[str, str]]:
        """Return the credit and the feedback's name, each by the ident of an option."""
        best = max(
            (_number(one.get("maxvalue", "")) for one in xml.every(self.item, "decvar")),
            default=0.0,
        )
        right: dict[str, float] = {}
        said: dict[str, str] = {}
        for rule in xml.every(self.item, "respcondition"):
            wrong = {id(one) for part in xml.every(rule, "not") for one in part.iter()}
            chosen = [
                xml.text_of(one) for one in xml.every(rule, "varequal") if id(one) not in wrong
            ]
            for scored in xml.every(rule, "setvar"):
                credit = FULL * _number(xml.text_of(scored)) / (best or FULL)
                right.update(dict.fromkeys(chosen, credit))
            for shown in xml.every(rule, "displayfeedback"):
                name = shown.get("linkrefid", "")
                if name not in _FOR_ALL:
                    said.update(dict.fromkeys(chosen, name))
        return right, said

    def _material(self, element: Element | None, *, is_asked: bool = False) -> str:
        parts: list[str] = []
        for one in xml.every(element, "mattext") if element is not None else ():
            is_html = one.get("texttype", "text/plain") == "text/html"
            text = (rich.from_html if is_html else rich.from_plain)(xml.text_of(one))
            if is_asked:
                self.media += text.media
                self.notes += [f"{one} is left out" for one in text.hidden]
            else:
                lost = (*text.media, *text.hidden)
                self.notes += [f"{one} in a feedback is left out" for one in lost]
            parts.append(text.text)
        return "\n".join(filter(None, parts))


def _field(element: Element, label: str) -> str:
    """Return an entry of the metadata in an element, or ''."""
    fields = xml.every(element, "qtimetadatafield")
    named = [one for one in fields if xml.text_of(xml.first(one, "fieldlabel")) == label]
    return xml.text_of(xml.first(named[0], "fieldentry")) if named else ""


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
