"""Buttons that outlive the process: all they know is the custom id that Discord sends back."""

import re
from typing import Any, ClassVar, Self

import discord

from bot.ui.context import Interaction

_DIGITS, _LARGEST = 19, 2**63 - 1
"""What a database holds in a column of whole numbers."""


def number(digits: str) -> int:
    """Return the number in a custom id (digits 0 to 9); 0, which nothing has, where it is larger
    than any that the bot gave away: whoever made it up is answered as for anything unknown.
    """
    value = int(digits) if len(digits) <= _DIGITS else 0
    return value if value <= _LARGEST else 0


class IdButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"(?!)"):
    """A button about one thing with a number. A subclass names what it does, `tutor:<what>:<id>`,
    and how it looks; its `callback`, wrapped in `guarded`, checks everything again, because
    anybody may send any custom id.
    """

    _what: ClassVar[str]
    _label: ClassVar[str]
    _emoji: ClassVar[str | None]
    _style: ClassVar[discord.ButtonStyle]

    def __init_subclass__(
        cls,
        *,
        what: str,
        label: str,
        emoji: str | None = None,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    ) -> None:
        super().__init_subclass__(template=rf"tutor:{what}:(?P<id>[0-9]+)")
        cls._what, cls._label, cls._emoji, cls._style = what, label, emoji, style

    def __init__(self, id_: int, label: str | None = None) -> None:
        super().__init__(
            discord.ui.Button(
                label=label or self._label,
                emoji=self._emoji,
                style=self._style,
                custom_id=f"tutor:{self._what}:{id_}",
            )
        )
        self.id_ = id_

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build it from the id that Discord sent."""
        return cls(number(match["id"]))
