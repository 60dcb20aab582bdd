"""Moodle XML: what Moodle itself exports and imports with the least loss."""

import re
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from bot.bank.formats import cloze, draft, limits, moodle, rich, xml
from bot.bank.formats.draft import LETTERS, Choice, Draft, Note, Parsed, Refused, Source, Values

_READ_AS = {
    "html": rich.from_html,
    "moodle_auto_format": rich.from_auto,
    "plain_text": rich.from_plain,
    "markdown": rich.from_markdown,
}
_CLOZE = ("cloze", "multianswer")
_CANNOT = {
    "shortanswer": draft.TYPED,
    "numerical": draft.NUMBER,
    "essay": draft.ESSAY,
    "matching": draft.MATCHING,
    "description": draft.NO_ANSWER,
}
_READ = frozenset(
    (
        *("name", "questiontext", "generalfeedback", "defaultgrade", "idnumber", "hidden"),
        *("answer", "hint", "tags", "correctfeedback", "partiallycorrectfeedback"),
        # How Moodle shows and counts a question; nothing of it is said to members.
        *("incorrectfeedback", "penalty", "single", "shuffleanswers", "answernumbering"),
        *("shownumcorrect", "showstandardinstruction", "correctresponsesfeedback"),
        *("image", "image_base64"),
    )
)
_COMBINED = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
_MOODLES_OWN = re.compile(r"Your answer is (?:partially )?(?:in)?correct\.")
_TAG = re.compile(r"(difficulty|licence):\s*(.+)")


def read(source: Source) -> Parsed:
    """Return what stands in a file of Moodle XML."""
    root = xml.read(source.raw)
    if xml.bare(root) != "quiz":
        name = xml.bare(root)[:40]
        raise draft.UnreadableFileError(1, f"begins with <{name}>, and Moodle XML with <quiz>")
    found: list[Draft | Refused | Note] = []
    topic = ""
    for element in root:
        if xml.bare(element) != "question":
            what = f"<{xml.bare(element)[:40]}> is left out"
            found.append(Note(xml.line_of(element), what))
        elif element.get("type") == "category":
            topic = moodle.topic_of(xml.text_of(xml.first(element, "category", "text")))
            if info := xml.text_of(xml.first(element, "info", "text")):
                found.append(
                    Note(xml.line_of(element), f"the category's text {info[:60]!r} is left out")
                )
        else:
            found.append(_Reader(element, topic).question())
    limits.check_count(len(found))
    return draft.parsed(found, at_least_one="Moodle XML has <question> elements in <quiz>")


class _Reader:
    def __init__(self, element: Element, topic: str) -> None:
        self.element = element
        self.line = xml.line_of(element)
        self.name = xml.text_of(xml.first(element, "name", "text"))
        self.values: dict[str, Any] = {"topic": topic} if topic else {}
        self.notes: list[str] = []
        self.media: list[str] = []
        asked = xml.first(element, "questiontext")
        # What does not say how it is written is written as the question is.
        self.format = asked.get("format", "html") if asked is not None else "html"

    def question(self) -> Draft | Refused:
        """Return the question, or why it cannot be asked."""
        kind = self.element.get("type", "")
        asked = xml.first(self.element, "questiontext")
        prompt = self._text(asked, "the question", is_asked=True)
        shown = self.name or prompt[:60]
        if kind in _CANNOT:
            return Refused(self.line, shown, _CANNOT[kind])
        told = xml.first(self.element, "questiontext", "text")
        gap = cloze.gap_of(xml.markup_of(told)) if kind in _CLOZE else None
        if kind in _CLOZE and not isinstance(gap, cloze.Gap):
            return Refused(self.line, shown, gap or draft.TYPED)
        if kind not in ("multichoice", "truefalse", *_CLOZE):
            what = f"is of Moodle's type {kind[:40]!r}, which reactions cannot answer"
            return Refused(self.line, shown, f"{what}; ask it with options")
        if isinstance(gap, cloze.Gap):
            blank = r"\_\_\_\_\_" if self.format == "markdown" else "_____"
            prompt = self._written(f"{gap.before}{blank}{gap.after}", "the question")
        prompt, code = rich.split_code(prompt)
        if code:
            self.values["code"] = code
        self._rest()
        if isinstance(gap, cloze.Gap):
            choices = self._alternatives(gap)
        else:
            choices = [self._choice(one, kind) for one in self.element if xml.bare(one) == "answer"]
        return draft.choice_question(
            self.line,
            self.name,
            prompt,
            choices,
            values=self.values,
            notes=tuple(dict.fromkeys(self.notes)),
            media=self.media,
        )

    def _alternatives(self, gap: cloze.Gap) -> list[Choice]:
        return [
            Choice(self._written(text, "an option"), credit, self._written(said, "a feedback"))
            for text, credit, said in gap.alternatives
        ]

    def _choice(self, answer: Element, kind: str) -> Choice:
        text = self._text(answer, "an option", is_asked=True)
        if kind == "truefalse":
            text = text.capitalize()
        try:
            credit = float(answer.get("fraction", "0"))
        except ValueError:
            credit = 0.0
            self.notes.append(f"the credit {answer.get('fraction')!r} of {text!r} is no number")
        return Choice(text, credit, self._text(xml.first(answer, "feedback"), "a feedback"))

    def _rest(self) -> None:
        """Read what stands around the options."""
        if explanation := self._text(xml.first(self.element, "generalfeedback"), "the feedback"):
            self.values["explanation"] = explanation
        # Up to Moodle 1.9 a question had one picture, in elements of its own.
        if image := xml.text_of(xml.first(self.element, "image")):
            self.media.append(f"a picture ({image[:60]})")
        found = [one for one in self.element if xml.bare(one) == "hint"]
        hints = [one if (old := xml.first(one, "hintcontent")) is None else old for one in found]
        if told := [text for one in hints if (text := self._text(one, "a hint"))]:
            self.values["hints"] = told
        if number := xml.text_of(xml.first(self.element, "idnumber")):
            self.values["id"] = number
        for name in _COMBINED:
            text = self._text(xml.first(self.element, name), f"<{name}>")
            if text and not _MOODLES_OWN.fullmatch(text):
                self.notes.append(f"<{name}> {text[:60]!r} is left out")
        if xml.text_of(xml.first(self.element, "hidden")) == "1":
            self.notes.append("is hidden in Moodle (an old version); here it would be asked")
        grade = xml.text_of(xml.first(self.element, "defaultgrade"))
        if grade and not re.fullmatch(r"1(?:\.0*)?", grade):
            self.notes.append(f"its grade {grade[:20]!r} is left out; points follow the difficulty")
        self.notes += [
            f"<{xml.bare(one)[:40]}> {text[:60]!r} is left out"
            for one in self.element
            if xml.bare(one) not in _READ and (text := xml.text_of(one))
        ]
        tags = xml.first(self.element, "tags")
        for tag in (xml.text_of(one) for one in (tags if tags is not None else ())):
            self._tag(tag)

    def _tag(self, tag: str) -> None:
        known = _TAG.fullmatch(tag)
        if known and known[1] == "difficulty" and known[2] in "12345":
            self.values["difficulty"] = int(known[2])
        elif known and known[1] == "licence":
            self.values["licence"] = known[2]
        else:
            self.notes.append(f"the tag {tag[:60]!r} is left out")

    def _text(self, element: Element | None, what: str, *, is_asked: bool = False) -> str:
        """Return the text of an element with <text> in it, as its format says."""
        if element is None:
            return ""
        read_text = self._rich(xml.markup_of(xml.first(element, "text")), element.get("format"))
        files = [one.get("name", "") for one in element if xml.bare(one) == "file"]
        if is_asked:
            self.media += read_text.media
        else:
            self.notes += [f"{one} in {what} is left out" for one in read_text.media]
        self.notes += [f"{one} in {what} is left out" for one in read_text.hidden]
        if files and not read_text.media and is_asked:
            self.media.append(f"the file {files[0][:60]!r}")
        elif files and not read_text.media:
            self.notes.append(f"the file {files[0][:60]!r} in {what} is left out")
        return read_text.text

    def _written(self, text: str, what: str) -> str:
        """Return a part of a cloze text, which has no element of its own."""
        read_text = self._rich(text, None)
        self.media += read_text.media
        self.notes += [f"{one} in {what} is left out" for one in read_text.hidden]
        return read_text.text

    def _rich(self, text: str, format_name: str | None) -> rich.Rich:
        return _READ_AS.get(format_name or self.format, rich.from_html)(text)


def write(_title: str, questions: Sequence[Values]) -> bytes:
    """Return questions as Moodle XML; texts are marked as Markdown, which they are."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    topic = None
    for values in questions:
        if (new := str(values.get("topic", ""))) != topic and new:
            path = escape(moodle.path_of(new))
            parts.append(
                f'<question type="category"><category><text>{path}</text></category></question>'
            )
            topic = new
        parts += _written(values)
    return ("\n".join([*parts, "</quiz>"]) + "\n").encode()


def _written(values: Values) -> list[str]:
    name = escape(str(values.get("id") or values["prompt"][:60]))
    prompt = rich.with_code(rich.to_markdown(values["prompt"]), values.get("code"))
    believed = values.get("misconceptions", {})
    tags = [f"{key}:{values[key]}" for key in ("difficulty", "licence") if values.get(key)]
    return [
        '<question type="multichoice">',
        f"<name><text>{name}</text></name>",
        _marked("questiontext", prompt),
        _marked("generalfeedback", rich.to_markdown(values.get("explanation", ""))),
        "<defaultgrade>1</defaultgrade>",
        *([f"<idnumber>{escape(str(values['id']))}</idnumber>"] if values.get("id") else []),
        "<single>true</single>",
        *(
            _marked(
                "answer",
                rich.to_markdown(option),
                _marked("feedback", rich.to_markdown(believed.get(letter, ""))),
                fraction="100" if letter == values["answer"] else "0",
            )
            for letter, option in zip(LETTERS, values["options"], strict=False)
        ),
        *(_marked("hint", rich.to_markdown(hint)) for hint in values.get("hints", ())),
        *(["<tags>", *(f"<tag><text>{escape(tag)}</text></tag>" for tag in tags), "</tags>"]),
        "</question>",
    ]


def _marked(name: str, text: str, inner: str = "", **attributes: str) -> str:
    told = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f'<{name}{told} format="markdown"><text>{escape(text)}</text>{inner}</{name}>'
