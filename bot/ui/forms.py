"""Modals whose texts are taken by custom id: the bot may have been restarted while somebody wrote,
and does not know the modal object any more.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.ui.context import Interaction

KEPT_S = 60.0
"""How long discord.py remembers a modal. Nothing depends on it: people may write longer."""
LABEL, ABOUT = 45, 100
"""Discord's limits of an input's label and of what stands below it, in characters."""


@dataclass(frozen=True, slots=True)
class Input:
    """One text input."""

    name: str
    label: str
    longest: int
    about: str = ""
    value: str = ""
    """What stands in it at first."""
    required: bool = False
    long: bool = False


class Form(discord.ui.Modal):
    """A modal of up to five text inputs. What is sent arrives at a cog's `on_interaction`."""

    def __init__(self, title: str, custom_id: str, inputs: Sequence[Input]) -> None:
        super().__init__(title=title[:LABEL], custom_id=custom_id, timeout=KEPT_S)
        for one in inputs:
            text: discord.ui.TextInput[Any] = discord.ui.TextInput(
                custom_id=one.name,
                style=discord.TextStyle.paragraph if one.long else discord.TextStyle.short,
                default=one.value[: one.longest] or None,
                required=one.required,
                max_length=one.longest,
            )
            self.add_item(
                discord.ui.Label(
                    text=one.label[:LABEL],
                    description=one.about[:ABOUT] or None,
                    component=text,
                )
            )

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Leave it to the cog."""


def typed(interaction: Interaction, custom_id: re.Pattern[str]) -> tuple[re.Match[str], str] | None:
    """Return the match of the custom id, and the text, of a modal with one text input; None where
    the interaction is anything else.
    """
    whole, inputs = sent(interaction)
    match = custom_id.fullmatch(whole)
    return (match, next(filter(None, inputs.values()), "")) if match else None


def sent(interaction: Interaction) -> tuple[str, dict[str, str]]:
    """Return the custom id of the modal that was sent and what stands in its inputs, by name;
    ('', {}) for any other interaction.
    """
    if interaction.type is not discord.InteractionType.modal_submit:
        return "", {}
    data: Any = interaction.data or {}
    # A label wraps each input. Who sends a form of their own sends what they like.
    parts: list[dict[str, Any]] = data.get("components", [])
    inputs: list[dict[str, Any]] = [part.get("component") or {} for part in parts]
    return str(data.get("custom_id", "")), {
        str(one.get("custom_id", "")): str(one.get("value") or "") for one in inputs
    }
