"""A Discord on paper: the publisher of a month by virtual time. What stands is in memory, what
happened goes into a file for each server, so that the memory that is measured is the bot's.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import discord

from bot.domain.round import Outcome, Round
from bot.errors import ModeratorError
from bot.services.context import Standing
from bot.ui import rounds as ui
from bot.ui.style import REACTIONS

LOCALE = "en"
POST = "POST /channels/{channel_id}/messages"
BOT = 1


class Paper:
    """Implements `bot.services.context.Publisher`; every change that it is asked for succeeds.

    `gone` is called with each reaction that the bot has taken away, as Discord tells of it.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.standing: dict[int, dict[int, set[int]]] = {}
        """Under each open post: message -> member -> options."""
        self.gone: Callable[[int, int, int], None] = lambda message, user, option: None
        self.told: list[int] = []
        """Explanations that were told by direct message."""
        self._folder, self._clock = folder, clock
        self._files: dict[int, TextIOWrapper] = {}
        self._requests = 0
        self._ids = 1 << 40

    def note(self, server_id: int, kind: str, **values: Any) -> None:
        """Keep something for the judge."""
        if server_id not in self._files:
            self._files[server_id] = self.file(server_id).open("a", encoding="utf-8")
        line = {"kind": kind, "at": self._clock().isoformat(), **values}
        self._files[server_id].write(json.dumps(line, ensure_ascii=False) + "\n")

    def file(self, server_id: int) -> Path:
        """Return where a server's happenings are."""
        return self._folder / f"{server_id}.jsonl"

    def close(self) -> None:
        """Write the last of it."""
        for file in self._files.values():
            file.close()

    def say(self, round_: Round, route: str, *parts: Any, message_id: int | None = None) -> None:
        """Note a request of the bot that shows people these parts."""
        self._requests += 1
        self.note(
            round_.server_id,
            "request",
            n=self._requests,
            route=route,
            params={"message_id": str(message_id)},
            raw=json.dumps(parts, ensure_ascii=False),
        )

    def react(self, round_: Round, message_id: int, user_id: int, option: int) -> None:
        """A member reacts."""
        self.standing[message_id].setdefault(user_id, set()).add(option)
        emoji = REACTIONS[option]
        self.note(round_.server_id, "react", message=message_id, user=user_id, emoji=emoji)

    # What the bot asks for

    async def post(self, round_: Round) -> int:
        self._ids += 1
        embed = ui.post_embed(LOCALE, round_, self._clock())
        components = ui.post_view(LOCALE, round_).to_components()
        self.say(round_, POST, embed.to_dict(), components, message_id=self._ids)
        self.standing[self._ids] = {}
        return self._ids

    async def find(self, round_: Round) -> int | None:
        return round_.message_id

    async def add_reactions(self, round_: Round) -> None:
        """They stand at once."""

    async def reactions(self, round_: Round) -> Standing:
        under = self.standing[round_.message_id or 0]
        return Standing(
            frozenset(range(len(round_.question.options))),
            {user: set(options) for user, options in under.items() if options},
        )

    async def remove_reactions(self, round_: Round, user_id: int, options: Sequence[int]) -> None:
        message_id = round_.message_id or 0
        under = self.standing.get(message_id, {}).get(user_id, set())
        for option in options:
            if option in under:
                under.remove(option)
                self.gone(message_id, user_id, option)

    async def reveal(self, round_: Round, outcome: Outcome) -> int | None:
        message_id = round_.message_id or 0
        embed: discord.Embed = ui.reveal_embed(LOCALE, round_, outcome)
        self.say(round_, "PATCH", embed.to_dict(), message_id=message_id)
        under = self.standing.pop(message_id)
        self.note(
            round_.server_id,
            "message",
            channel=round_.channel_id,
            id=str(message_id),
            author={"id": str(BOT)},
            components=[],
            attachments=[{"id": "1"}],
            reactors={
                emoji: [user for user, options in under.items() if option in options]
                for option, emoji in enumerate(REACTIONS)
            },
        )
        return None

    async def cancel(self, round_: Round) -> None:
        self.standing.pop(round_.message_id or 0)

    async def tell_member(self, user_id: int, explanation_id: int) -> bool:
        self.told.append(explanation_id)
        return True

    async def tell_moderators(
        self, server_id: int, channel_id: int, error: ModeratorError, schedule: str | None = None
    ) -> None:
        raise AssertionError(f"moderators of {server_id} are told of trouble: {error}")
