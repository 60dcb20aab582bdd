"""One item of QTI 1.2 as a question: as Canvas writes it, and as others do by the same standard."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from bot.bank.formats import draft, rich, xml
from bot.bank.formats.draft import FULL, Choice, Draft, Refused

_CANNOT = {
    "short_answer_question": draft.TYPED,
    "fill_in_multiple_blanks_question": draft.TYPED,
    "matching_question": draft.MATCHING,
    "numerical_question": draft.NUMBER,
    "calculated_question": draft.NUMBER,
    "essay_question": draft.ESSAY,
    "file_upload_question": "asks for a file, and a reaction chooses an option; give it options",
    "text_only_question": draft.NO_ANSWER,
}
_BLANKS = "multiple_dropdowns_question"
_PROFILES = {
    "cc.fib": "short_answer_question",
    "cc.pattern_match": "short_answer_question",
    "cc.essay": "essay_question",
}
"""What Common Cartridge calls the types that cannot be asked; it has no `question_type`."""
_FOR_ALL = ("general_fb", "correct_fb", "general_incorrect_fb")
_READ = frozenset(("itemmetadata", "presentation", "resprocessing", "itemfeedback"))
_MEDIA = {
    "matimage": "a picture",
    "mataudio": "a sound",
    "matvideo": "a video",
    "matapplet": "a program",
    "matapplication": "a file",
}
_ANSWERED = ("render_choice", "render_fib", "render_hotspot", "render_slider", "render_extension")
_UNNAMED = re.compile(r"(?:Question(?: \d+)?)?")
"""What Canvas and others call a question that nobody named."""
_ORDER = "asks for an order, and a reaction chooses one option; ask what comes first, or next"


def question(item: Element, inside: str) -> Draft | Refused:
    """Return an item as a question, or why it cannot be asked. `inside` says in which file of a
    package it stands.
    """
    return _Reader(item, inside).question()


class _Reader:
    def __init__(self, item: Element, inside: str) -> None:
        self.item = item
        self.line = xml.line_of(item)
        self.notes: list[str] = []
        self.media: list[str] = []
        title = item.get("title", "").strip()
        self.name = "" if _UNNAMED.fullmatch(title) else title
        self.shown = inside + title
        self.feedback = {
            one.get("ident", ""): self._text(one) for one in xml.every(item, "itemfeedback")
        }

    def question(self) -> Draft | Refused:
        kind = field(self.item, "question_type") or _PROFILES.get(
            field(self.item, "cc_profile").rpartition(".")[0], ""
        )
        lists = xml.every(self.item, "response_lid")
        if why := _unfit(kind, lists, self.item):
            return Refused(self.line, self.shown, why)
        (listed,) = lists
        presentation = xml.first(self.item, "presentation")
        blank = self._text(listed, without=_ANSWERED) if kind == _BLANKS else ""
        left_out = (*_ANSWERED, *(["response_lid"] if blank else []))
        prompt = self._text(presentation, is_asked=True, without=left_out)
        if blank:
            prompt = prompt.replace(f"[{blank}]", r"\_\_\_\_\_")
        choices = self._choices(listed)
        values = self._values()
        prompt, code = rich.split_code(prompt)
        if code:
            values["code"] = code
        return draft.choice_question(
            self.line,
            self.name,
            prompt,
            choices,
            values=values,
            notes=tuple(dict.fromkeys(self.notes)),
            media=self.media,
        )

    def _values(self) -> dict[str, Any]:
        """Return what stands around the options, and note what cannot come in."""
        told = "\n".join(filter(None, map(self.feedback.get, _FOR_ALL[:2])))
        if wrong := self.feedback.get(_FOR_ALL[2]):
            self.notes.append(f"the feedback for all wrong answers {wrong[:60]!r} is left out")
        points = field(self.item, "points_possible") or "1"
        if _number(points) != 1:
            self.notes.append(f"its {points} points are left out; here they follow the difficulty")
        self.notes += [
            f"<{xml.bare(one)[:40]}> {text[:60]!r} is left out"
            for one in self.item
            if xml.bare(one) not in _READ and (text := xml.text_of(one))
        ]
        return {"explanation": told} if told else {}

    def _choices(self, listed: Element) -> list[Choice]:
        right, said = self._rules()
        choices: list[Choice] = []
        used: set[str] = {*_FOR_ALL}
        for label in xml.every(listed, "response_label"):
            ident = label.get("ident", "")
            name = said.get(ident, f"{ident}_fb")
            used.add(name)
            text = self._text(label, is_asked=True)
            choices.append(Choice(text, right.get(ident, 0.0), self.feedback.get(name, "")))
        self.notes += [
            f"the feedback {text[:60]!r} belongs to no option and is left out"
            for name, text in self.feedback.items()
            if name not in used and text
        ]
        return choices

    def _rules(self) -> tuple[dict[str, float], dict[str, str]]:
        """Return the credit and the feedback's name, each by the ident of an option."""
        told = [_number(one.get("maxvalue", "")) for one in xml.every(self.item, "decvar")]
        scores = [_number(xml.text_of(one)) for one in xml.every(self.item, "setvar")]
        best = max([*told, 0.0]) or max([*scores, 0.0]) or FULL
        right: dict[str, float] = {}
        said: dict[str, str] = {}
        for rule in xml.every(self.item, "respcondition"):
            wrong = {id(one) for part in xml.every(rule, "not") for one in part.iter()}
            chosen = [
                xml.text_of(one) for one in xml.every(rule, "varequal") if id(one) not in wrong
            ]
            for scored in xml.every(rule, "setvar"):
                credit = FULL * _number(xml.text_of(scored)) / best
                right.update(dict.fromkeys(chosen, credit))
            for shown in xml.every(rule, "displayfeedback"):
                name = shown.get("linkrefid", "")
                if name not in _FOR_ALL:
                    said.update(dict.fromkeys(chosen, name))
        return right, said

    def _text(
        self, element: Element | None, *, is_asked: bool = False, without: tuple[str, ...] = ()
    ) -> str:
        """Return all that is written in an element, but for what is in those called `without`."""
        parts: list[str] = []
        for one in _materials(element, without) if element is not None else ():
            if what := _MEDIA.get(xml.bare(one)):
                named = one.get("label") or one.get("uri") or ""
                media, hidden = (what + (f" ({named[:60]})" if named else ""),), ()
            else:
                is_html = "html" in one.get("texttype", "").casefold() or len(one)
                text = (rich.from_html if is_html else rich.from_plain)(xml.markup_of(one))
                parts.append(text.text)
                media, hidden = text.media, text.hidden
            if is_asked:
                self.media += media
                self.notes += [f"{lost} is left out" for lost in hidden]
            else:
                self.notes += [f"{lost} in a feedback is left out" for lost in (*media, *hidden)]
        return "\n".join(filter(None, parts))


def field(element: Element, label: str) -> str:
    """Return an entry of the metadata in an element, or ''."""
    fields = xml.every(element, "qtimetadatafield")
    named = [one for one in fields if xml.text_of(xml.first(one, "fieldlabel")) == label]
    return xml.text_of(xml.first(named[0], "fieldentry")) if named else ""


def _unfit(kind: str, lists: list[Element], item: Element) -> str | None:
    """Return why an item is no choice of one option, or None."""
    if kind in _CANNOT:
        return _CANNOT[kind]
    if not lists and xml.every(item, "render_fib"):
        return draft.TYPED
    if len(lists) > 1 and kind == _BLANKS:
        return "has several blanks to choose for; ask for one of them"
    if len(lists) != 1:
        told = f"is of the type {kind[:40]!r} and " if kind else ""
        return f"{told}has {len(lists)} lists to choose from, not one; ask it with one"
    return _ORDER if lists[0].get("rcardinality") == "Ordered" else None


def _materials(element: Element, without: tuple[str, ...]) -> Iterator[Element]:
    for one in element:
        name = xml.bare(one)
        if name in ("mattext", "matemtext") or name in _MEDIA:
            yield one
        elif name not in without:
            yield from _materials(one, without)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
