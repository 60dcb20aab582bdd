"""Plain text as Discord's Markdown: `__init__` and M*A*S*H show as they are, not bold."""

import re

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


def _emphasises(text: str) -> bool:
    """Whether underscores would format: not those inside words, as in snake_case."""
    first = _OPENING.search(text)
    closing = [found.start() for found in _CLOSING.finditer(text)]
    return first is not None and bool(closing) and first.start() < closing[-1]
