"""Moodle's GIFT: questions as plain text, by a grammar (gift.lark) and Moodle's own rules.

The rules are those of Moodle's importer (question/format/gift): a blank line ends a question, a
line that begins with // is a comment, `{}` is an essay, only multiple choice has `~`, only
matching has `=` and `->` without one, and `=` makes an answer right whatever weight follows it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from bot.bank.formats import draft, limits, moodle, rich
from bot.bank.formats.draft import Choice, Draft, Note, Parsed, Refused, Source, Values

_READ_AS = {
    "html": rich.from_html,
    "moodle": rich.from_auto,
    "plain": rich.from_plain,
    "markdown": rich.from_markdown,
}
_SPECIAL = re.compile(r"[~=#{}:\\]")
_ESCAPE = re.compile(r"\\([~=#{}:\\n])")
_SIGN = re.compile(r"(?<!\\)[~=]")
_MOST_SIGNS = 200
"""Far more than any question has; the grammar takes a second for some thousands."""
_IN_COMMENT = re.compile(r"\[(id|tag):((?:\\.|[^\]\\])*)\]")
_Comment = tuple[int, str]
"""A comment's line and text."""


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one question; comments are emptied so that lines keep their numbers."""

    line: int
    text: str
    comments: tuple[_Comment, ...] = ()


def read(source: Source) -> Parsed:
    """Return what stands in a GIFT file."""
    found: list[Draft | Refused | Note] = []
    topic = ""
    for block in _blocks(limits.lines(limits.decode(source.raw))):
        text = block.text.strip()
        if text.startswith("$CATEGORY:"):
            topic = moodle.topic_of(text.partition("\n")[0].removeprefix("$CATEGORY:"))
            # Moodle ends a category by a blank line; files by hand often leave it out.
            text = text.partition("\n")[2].strip()
            line = block.line + 1
        else:
            line = block.line
        if text:
            one = _question(replace(block, line=line, text=text), topic)
            found.append(one)
        found += [
            Note(number, f"the comment {comment[:60]!r} is left out")
            for number, comment in block.comments
            if _said(comment, is_apart=not text)
        ]
    limits.check_count(len(found), "questions and comments")
    return draft.parsed(found, at_least_one="a GIFT question ends in its answers in braces { }")


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    kept: list[str] = []
    comments: list[_Comment] = []
    start = 0
    for number, line in enumerate([*lines, ""], 1):
        stripped = line.strip()
        if stripped.startswith("//"):
            comments.append((number, stripped[2:].strip()))
            if kept:
                kept.append(" ")
        elif stripped:
            start = start if kept else number
            kept.append(line)
        elif kept or comments:
            yield _Block(start or number - 1, "\n".join(kept), tuple(comments))
            kept, comments, start = [], [], 0


def _said(comment: str, *, is_apart: bool) -> bool:
    """Whether a comment says more than Moodle's own export writes above each question. Where it
    stands apart from all questions, its id and tags are nobody's.
    """
    rest = comment if is_apart else _IN_COMMENT.sub("", comment).strip()
    return bool(re.search(r"\w", rest)) and not re.match(r"question: \d+\s+name: ", rest)


@cache
def _grammar() -> Lark:
    text = files("bot.bank.formats").joinpath("gift.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual")


def _question(block: _Block, topic: str) -> Draft | Refused:
    text = block.text.strip()
    if len(text) > limits.MAX_LINE:
        return Refused(block.line, text[:60], f"has {len(text):,} characters; shorten it")
    if (signs := len(_SIGN.findall(text))) > _MOST_SIGNS:
        return Refused(block.line, _plain(text[:60]), f"has {signs} signs = and ~; drop options")
    try:
        tree = _grammar().parse(text)
    except UnexpectedInput as error:
        line = block.line + max(0, getattr(error, "line", 1) - 1)
        return Refused(line, _plain(text[:60]), _trouble(text))
    return _Reader(block, topic, tree).question()


def _trouble(text: str) -> str:
    bare = _ESCAPE.sub("", text)
    opened, closed = bare.count("{"), bare.count("}")
    if opened > closed:
        return "never closes its brace {; a blank line ends a question, so write \\n for one"
    if closed > opened:
        return "closes a brace } that was not opened; write \\} for a brace in a text"
    if opened > 1:
        return "has answers in two places; a question has one { }"
    return "is not GIFT; write \\ before each of ~ = # { } : that belongs to a text"


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text).strip()


class _Reader:
    """One question's tree, read with the markers that say how its texts are written."""

    def __init__(self, block: _Block, topic: str, tree: "Tree[Token]") -> None:
        self.line = block.line
        self.topic = topic
        self.comments = block.comments
        self.parts = {part.data: part for part in _trees(tree)}
        self.default = _mark(tree, "moodle")
        self.media: list[str] = []
        self.notes: list[str] = []
        self.name = _token(self.parts["name"]).strip()[2:-2] if "name" in self.parts else ""
        self.name = _plain(self.name)

    def question(self) -> Draft | Refused:
        answers = self.parts.get("answers")
        before = _token(self.parts["text"]) if "text" in self.parts else ""
        if answers is None:
            return Refused(self.line, self.name or _plain(before)[:60], draft.NO_ANSWER)
        after = next((_token(part) for part in _trees(answers) if part.data == "text"), "")
        blank = r"\_\_\_\_\_" if self.default == "markdown" else "_____"
        text = f"{before}{blank}{after}" if after else before
        prompt = self._text(text, self.default, is_asked=True)
        (body,) = [part for part in _trees(answers) if part.data != "text"]
        shown = self.name or prompt[:60]
        values, notes = self._values(body)
        prompt, code = rich.split_code(prompt)
        if code:
            values["code"] = code
        choices = self._choices(body)
        if isinstance(choices, str):
            return Refused(self.line, shown, choices)
        notes += dict.fromkeys(self.notes)
        return draft.choice_question(
            self.line, self.name, prompt, choices, values=values, notes=notes, media=self.media
        )

    def _values(self, body: "Tree[Token]") -> tuple[dict[str, Any], list[str]]:
        values: dict[str, Any] = {}
        notes: list[str] = []
        general = next((_token(part) for part in _trees(body) if part.data == "general"), "")
        # Moodle takes what stands after the last '####'; what is before it would be an option's.
        if explanation := self._marked(general.removeprefix("####")):
            values["explanation"] = explanation
        if self.topic:
            values["topic"] = self.topic
        for kind, text in (one for _, told in self.comments for one in _IN_COMMENT.findall(told)):
            told = text.replace("\\]", "]").strip()
            if kind == "id" and "id" not in values:
                values["id"] = told
            else:
                notes.append(f"the {kind} {told!r} is left out")
        return values, notes

    def _choices(self, body: "Tree[Token]") -> list[Choice] | str:
        parts = _trees(body)
        match body.data:
            case "essay":
                return draft.ESSAY
            case "numeric":
                return draft.NUMBER
            case "typed":
                return draft.TYPED
            case "truth":
                right = str(body.children[0]).startswith("T")
                # Moodle's order: first for a wrong answer, then for the right one.
                wrong, *right_said = [*_trees(body, "feedback"), None]
                wrong_said = self._marked(_behind_hash(wrong))
                told = "".join(map(_whole, filter(None, right_said)))
                right_said = self._marked(told.partition("#")[2])
                true = Choice("True", 100.0 * right, right_said if right else wrong_said)
                false = Choice("False", 100.0 * (not right), wrong_said if right else right_said)
                return [true, false]
            case _:
                choices = [part for part in parts if part.data in ("unsigned", "choice")]
                return self._chosen(choices)

    def _chosen(self, parts: "list[Tree[Token]]") -> list[Choice] | str:
        signs = [_sign(part) for part in parts]
        pieces = [_piece(part) for part in parts]
        if "~" not in signs:
            return draft.MATCHING if any("->" in piece for piece in pieces) else draft.TYPED
        choices: list[Choice] = []
        for sign, piece, part in zip(signs, pieces, parts, strict=True):
            weight = next((str(one) for one in part.children if _is(one, "WEIGHT")), "")
            credit = float(weight.strip().strip("%").replace(",", ".")) if weight else 0.0
            feedback = self._marked(_behind_hash(next(iter(_trees(part, "said")), None)))
            text = self._text(piece, _mark(part, self.default), is_asked=True)
            if sign == "=" and weight and credit != draft.FULL:
                self.notes.append(f"{text[:60]!r} has = before its {credit:g} %, so it is right")
            choices.append(Choice(text, draft.FULL if sign == "=" else credit, feedback))
        if "=" not in signs and sum(choice.credit > 0 for choice in choices) == 1:
            # Only weights, and only one option earns anything: it is the right one.
            choices = [
                replace(choice, credit=draft.FULL) if choice.credit > 0 else choice
                for choice in choices
            ]
        return choices

    def _marked(self, text: str) -> str:
        found = re.match(r"\s*\[(html|moodle|plain|markdown)\]", text)
        if found:
            return self._text(text[found.end() :], found[1])
        return self._text(text, self.default)

    def _text(self, text: str, mark: str, *, is_asked: bool = False) -> str:
        made = _READ_AS[mark](_plain(text))
        if is_asked:
            self.media += made.media
            self.notes += [f"{one} is left out" for one in made.hidden]
        else:
            self.notes += [
                f"{one} in a feedback is left out" for one in (*made.media, *made.hidden)
            ]
        return made.text


def _trees(tree: "Tree[Token]", kind: str = "") -> "list[Tree[Token]]":
    return [
        part for part in tree.children if isinstance(part, Tree) and kind in ("", str(part.data))
    ]


def _is(part: object, kind: str) -> bool:
    return isinstance(part, Token) and part.type == kind


def _token(tree: "Tree[Token]") -> str:
    return str(tree.children[0])


def _sign(choice: "Tree[Token]") -> str:
    return str(choice.children[0]).strip() if _is(choice.children[0], "SIGN") else ""


def _whole(tree: "Tree[Token]") -> str:
    return "".join(str(one) for one in tree.scan_values(lambda _: True))


def _behind_hash(feedback: "Tree[Token] | None") -> str:
    return _whole(feedback).partition("#")[2] if feedback else ""


def _piece(tree: "Tree[Token]") -> str:
    return next((_token(part) for part in _trees(tree, "piece")), "")


def _mark(tree: "Tree[Token]", default: str) -> str:
    marks = [part for part in _trees(tree) if part.data in ("mark", "part_mark")]
    return _token(marks[0]).strip()[1:-1] if marks else default


def write(_title: str, questions: Sequence[Values]) -> bytes:
    """Return questions as GIFT; texts are marked as Markdown, which they are."""
    blocks: list[str] = []
    topic = None
    for values in questions:
        if (new := str(values.get("topic", ""))) != topic and new:
            blocks.append(f"$CATEGORY: {moodle.path_of(new)}")
            topic = new
        blocks.append(_written(values))
    return ("\n\n".join(blocks) + "\n").encode()


def _written(values: Values) -> str:
    believed = values.get("misconceptions", {})
    name = f"::{_escaped(str(values['id']))}::" if values.get("id") else ""
    prompt = rich.with_code(rich.to_markdown(values["prompt"]), values.get("code"))
    lines = [f"{name}[markdown]{_escaped(prompt)} {{"]
    for letter, option in zip(draft.LETTERS, values["options"], strict=False):
        sign = "=" if letter == values["answer"] else "~"
        feedback = _escaped(rich.to_markdown(believed.get(letter, "")))
        text = _escaped(rich.to_markdown(option))
        lines.append(f"  {sign}{_guarded(text)}" + (f" #{_guarded(feedback)}" if feedback else ""))
    if explanation := values.get("explanation"):
        lines.append(f"  ####[markdown]{_escaped(rich.to_markdown(explanation))}")
    return "\n".join([*lines, "}"])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: "\\" + found[0], text).replace("\n", "\\n")


def _guarded(text: str) -> str:
    """Return an escaped text that cannot be taken for a weight or a marker."""
    return f"[markdown]{text}" if re.match(r"%|\[", text) else text
