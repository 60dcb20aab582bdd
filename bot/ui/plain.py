"""Texts that people typed, made safe to stand among the bot's own words."""

import re
import unicodedata

MARKS = 4
"""Combining marks that a letter may carry: no language's letters carry more."""
_JOINERS = "\u200c\u200d"
"""Persian and emoji need them between two signs; nowhere else do they mean anything."""
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs by Unicode's book, and nothing to see."""
_UNSEEN = frozenset({"Cf", "Co", "Cs", "Cn"})
"""Unicode's categories of what shows nothing or turns the line around; private and unassigned."""
_MARKUP = re.compile(r"[\\*_~`|<>@#\[\]]|:(?=//)|(?<=\w)\.(?=\w+/)")
"""What formats, hides, mentions or links in Discord, wherever it stands. The dot is an invite's:
Discord reads `discord.gg/…` without any scheme.
"""
_FIRST = re.compile(r"^(?:[-+]|\d+(?=\.))")
"""What begins a list at the beginning of a line."""


def visible(text: str) -> str:
    """Return the text in one line without what cannot be seen: control and format characters,
    direction overrides, heaps of combining marks. It may still hold markup.
    """
    kept = [" "]
    marks = 0
    for sign in text:
        category = unicodedata.category(sign)
        if category in ("Mn", "Me"):
            marks += 1
            if marks <= MARKS and kept[-1] != " ":
                kept.append(sign)
        elif sign in _JOINERS:  # it gives a letter no room for more marks
            if kept[-1] != " " and kept[-1] not in _JOINERS:
                kept.append(sign)
        elif sign.isspace() or category == "Cc" or sign in _BLANKS:
            kept.append(" ")
        elif category not in _UNSEEN:
            kept.append(sign)
            marks = 0
    words = "".join(kept).split()
    return " ".join(word.rstrip(_JOINERS) for word in words)


def plain(text: str, longest: int | None = None) -> str:
    """Return the text as plain words in one line of Discord's Markdown: nothing in it formats,
    mentions, links, invites, hides or breaks out. Cut after `longest` characters, with an ellipsis.
    """
    line = visible(text)
    if longest is not None and len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    return _FIRST.sub(_escaped_first, _MARKUP.sub(r"\\\g<0>", line))


def _escaped_first(found: re.Match[str]) -> str:
    sign = found[0]
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"
