"""Where in a bank's file each question and key stands. tomllib tells the values but not the lines.

The scan knows strings (multi-line ones too), comments and brackets, so that text which only looks
like a key is not taken for one. It is meant for text that tomllib has accepted.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""A place in a question: ('hints', 1) is its second hint, () the question itself."""

_TOKEN = re.compile(
    r"""
    (?P<string> \"{3} (?: [^"\\] | \\[\s\S] | "{1,2}(?!") )* "{3,5}
              | '{3} (?: [^'] | '{1,2}(?!') )* '{3,5}
              | " (?: [^"\\\n] | \\. )* "
              | ' [^'\n]* ' )
  | (?P<comment> \#[^\n]* )
  | (?P<newline> \n )
  | (?P<space> [ \t\r]+ )
  | (?P<sign> [\[\]{},=] )
  | (?P<bare> [^\[\]{},=\s\#"']+ )
    """,
    re.VERBOSE,
)


_TOP: Path = ("",)
"""Stands for the part of a file above its first table: no key is empty."""


class Lines:
    """The lines of one file, from 1. Nothing is scanned before somebody asks for one, which few do:
    it takes as long as reading the file.
    """

    def __init__(self, text: str = "") -> None:
        """`text`: the bank's text, with newlines as \\n."""
        self._text = text

    @cached_property
    def _found(self) -> "_Found":
        return _scan(self._text)

    @property
    def top(self) -> dict[str, int]:
        """The lines of the keys above the first table."""
        return self._found.top

    @property
    def questions(self) -> list[dict[Path, int]]:
        """The lines of each question's places, in the order of the file."""
        return self._found.questions

    def of(self, index: int, path: Path = ()) -> int:
        """Return the line of a place in question `index` (from 0), or of the nearest place around
        it that has a line of its own; 1 when the question was written in a way without lines.
        """
        if index >= len(self.questions):
            return self.top.get("question", 1)
        places = self.questions[index]
        while path not in places:
            path = path[:-1]
        return places[path]


@dataclass(slots=True)
class _Found:
    top: dict[str, int] = field(default_factory=dict[str, int])
    questions: list[dict[Path, int]] = field(default_factory=list[dict[Path, int]])


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def _scan(text: str) -> _Found:
    lines = _Found()
    tokens = _tokens(text)
    table: Path | None = _TOP
    at = 0
    while at < len(tokens):
        if tokens[at].text == "[":
            end = at
            while end < len(tokens) and tokens[end].kind != "newline":
                end += 1
            table = _header(tokens[at:end], lines)
        elif tokens[at].kind != "newline":
            end, places = _pair(tokens, at)
            _note(places, table, lines)
        else:
            end = at + 1
        at = end
    return lines


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind not in ("comment", "space"):
            tokens.append(_Token(kind, match.group(), line))
        line += match.group().count("\n")
    return tokens


def _names(tokens: list[_Token]) -> Path:
    """Return the parts of a key such as id, "id" or program.prints."""
    parts: list[str] = []
    for token in tokens:
        if token.kind == "string":
            parts.append(token.text[1:-1])
        elif token.kind == "bare":
            parts.extend(part for part in token.text.split(".") if part)
    return tuple(parts)


def _header(tokens: list[_Token], lines: _Found) -> Path | None:
    """Return the place in the newest question that a header opens; None: it is no question's."""
    name = _names(tokens)
    if name == ("question",) and tokens[1].text == "[":
        lines.questions.append({(): tokens[0].line})
        return ()
    if name[:1] != ("question",) or not lines.questions:
        lines.top.setdefault(str(name[0]), tokens[0].line)
        return None
    places, table = lines.questions[-1], name[1:]
    places.setdefault(table, tokens[0].line)
    if tokens[1].text == "[":
        # The nth [[question.examples]] is element n-1 of an array, as in `examples = [...]`.
        number = 0
        while (*table, number) in places:
            number += 1
        table = (*table, number)
        places[table] = tokens[0].line
    return table


def _pair(tokens: list[_Token], at: int) -> tuple[int, dict[Path, int]]:
    """Return where the value ends, and the lines of the key and of its array's elements."""
    start = at
    while at < len(tokens) and tokens[at].text != "=":
        at += 1
    name = _names(tokens[start:at])
    places: dict[Path, int] = {name[:n]: tokens[start].line for n in range(1, len(name) + 1)}
    depth, element, fresh, is_array = 0, 0, True, False
    at += 1
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "newline":
            if depth == 0:
                break
        else:
            if depth == 1 and is_array and fresh and token.text != "]":
                places[(*name, element)] = token.line
                fresh = False
            if token.text in ("[", "{"):
                is_array = token.text == "[" if depth == 0 else is_array
                depth += 1
            elif token.text in ("]", "}"):
                depth -= 1
            elif token.text == "," and depth == 1:
                element, fresh = element + 1, True
        at += 1
    return at, places


def _note(places: dict[Path, int], table: Path | None, lines: _Found) -> None:
    if table == _TOP:
        for path, line in places.items():
            lines.top.setdefault(str(path[0]), line)
    elif table is not None:
        for path, line in places.items():
            lines.questions[-1].setdefault((*table, *path), line)
