"""Colours of embeds and signs for options, in one place."""

from bot.domain.question import LETTERS

ACCENT = 0x5865F2
GOOD = 0x3BA55D
WRONG = 0xED4245
MUTED = 0x80848E

REACTIONS = tuple(chr(0x1F1E6 + index) for index in range(len(LETTERS)))
"""🇦 to 🇫: the reaction that stands for each option."""


def option_of(emoji: str) -> int | None:
    """Return the option's index from 0 that a reaction stands for, or None for any other emoji."""
    return REACTIONS.index(emoji) if emoji in REACTIONS else None
