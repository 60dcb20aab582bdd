"""The tutor's own format: a bank as TOML (questions/README.md)."""

import re
from collections.abc import Sequence
from typing import Any, cast

import tomli_w

from bot.bank import words
from bot.bank.formats import draft, limits
from bot.bank.formats.draft import Draft, Note, Parsed, Refused, Source, Values
from bot.bank.gaps import listed
from bot.bank.lines import Lines
from bot.bank.load import DEFAULTS, tables, toml_values
from bot.domain.question import Question

_ENDLESS = re.compile(r"(?<![\w-])(?:(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+){20}")
"""a.b.c…: tomllib takes the square of a name's length, a minute for a line of 64 KiB."""
_DEEPEST = 8
"""The file, the list of questions, a question, its list of examples, one of them, and its list of
key points: what is in there is the seventh level."""


def read(source: Source) -> Parsed:
    """Return what stands in a bank's file, also of questions that are not complete."""
    text = limits.decode(source.raw)
    limits.lines(text)
    if endless := _ENDLESS.search(text):
        line = text.count("\n", 0, endless.start()) + 1
        raise draft.UnreadableFileError(line, "has a name of twenty parts or more; it is no bank")
    values = toml_values(text)
    _check_shape(values)
    lines = Lines(text)
    known = ("title", *DEFAULTS, "question")
    found: list[Draft | Refused | Note] = [
        Note(lines.top.get(key, 1), words.unknown(key, known)) for key in values if key not in known
    ]
    defaults = {key: values[key] for key in DEFAULTS if key in values}
    for index, table in enumerate(tables(values)):
        own = {key: value for key, value in table.items() if key in Question.model_fields}
        notes = tuple(
            f"{words.unknown(key, Question.model_fields)}; it is left out"
            for key in table
            if key not in own
        )
        name = table.get("id")
        shown = name if isinstance(name, str) else ""
        found.append(Draft(lines.of(index), shown, {**defaults, **own}, notes))
    limits.check_count(len(found))
    title = values.get("title")
    return draft.parsed(
        found,
        title.strip() if isinstance(title, str) else "",
        at_least_one="begin each one with a line [[question]]",
    )


def _check_shape(values: dict[str, Any]) -> None:
    """Raise UnreadableFileError for values that nest, or lists that are, as in no bank: what is
    done with them later takes the square of it.
    """
    level: list[Any] = [values]
    for _ in range(_DEEPEST):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += cast("dict[str, Any]", one).values()
                continue
            several = listed(cast("object", one))
            limits.check_count(len(several))
            inner += several
        level = inner
    if level:
        raise draft.UnreadableFileError(1, f"nests more than {_DEEPEST} deep; it is no bank")


def write(title: str, questions: Sequence[Values]) -> bytes:
    """Return a bank as TOML."""
    return document(title, [("", values) for values in questions])


def document(title: str, questions: Sequence[tuple[str, Values]]) -> bytes:
    """Return a bank as TOML, each question below a comment of its own ('' for none)."""
    parts = [tomli_w.dumps({"title": title})]
    parts += [_written(comment, values) for comment, values in questions]
    return "\n".join(parts).encode()


def _written(comment: str, values: Values) -> str:
    ordered = {key: values[key] for key in Question.model_fields if values.get(key) is not None}
    plain = {key: _plain(value) for key, value in ordered.items() if not _is_table(value)}
    parts = [f"# {line}\n" for line in comment.splitlines()]
    parts += ["[[question]]\n", tomli_w.dumps(plain, multiline_strings=True)]
    for key, value in ordered.items():
        if isinstance(value, dict):
            parts.append(f"\n[question.{key}]\n{tomli_w.dumps(_plain(value))}")
        elif _is_table(value):
            for one in value:
                parts.append(f"\n[[question.{key}]]\n{tomli_w.dumps(_plain(one))}")
    return "".join(parts)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or any(isinstance(one, dict) for one in listed(value))


def _plain(value: Any) -> Any:
    """Return a value as TOML knows it: lists for tuples, no None, newlines as \\n."""
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        return {key: _plain(one) for key, one in pairs if one is not None}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in listed(cast("object", value))]
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value
