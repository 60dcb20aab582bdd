"""Plain text as Discord's Markdown: `__init__` and M*A*S*H show as they are, not bold."""

import re
from collections.abc import Iterable

_ESCAPES = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
"""Backslashes that Discord would not show: those before any sign of ASCII, as in TeX's \\(x\\)."""
_OPENING = re.compile(r"(?<![^\W_])_")
_CLOSING = re.compile(r"_(?![^\W_])")
_AT_START = re.compile(r"^(#{1,3} |-# |>{1,3} )", re.MULTILINE)


def literal(text: str, *, lines: bool = True) -> str:
    """Return Markdown that shows a plain text. Only what would format is escaped, so that most
    texts stay as they are. `lines`: whether the text begins a line.
    """
    text = _ESCAPES.sub(r"\\\\", text)
    for sign in ("*", "`", "~~", "||"):
        if text.count(sign) > 1:
            text = text.replace(sign, "".join(f"\\{one}" for one in sign))
    if _emphasises(text):
        text = text.replace("_", "\\_")
    return _AT_START.sub(r"\\\1", text) if lines else text


def taken_as_markdown(texts: Iterable[str]) -> list[str]:
    """Return what to note of texts that are taken as Markdown though their format does not say
    whether they are: nothing, unless they show otherwise than as they are typed.
    """
    if all(literal(text) == text for text in texts):
        return []
    return [r"is taken as Markdown; write \ before signs such as * and _ that are to show"]


def _emphasises(text: str) -> bool:
    """Whether underscores would format: not those inside words, as in snake_case."""
    first = _OPENING.search(text)
    closing = [found.start() for found in _CLOSING.finditer(text)]
    return first is not None and bool(closing) and first.start() < closing[-1]
