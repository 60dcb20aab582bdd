"""Reactions under posts: they are answers."""

import discord
from discord.ext import commands

from bot.client import TutorClient
from bot.services import answers
from bot.ui.style import option_of


class Rounds(commands.Cog):
    """Takes the raw events: the others need the message in a cache."""

    def __init__(self, bot: TutorClient) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Store an answer."""
        option = option_of(str(payload.emoji))
        if option is None or payload.guild_id is None or self._is_bot(payload):
            return
        answers.answer(self.bot.context, payload.message_id, payload.user_id, option)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Withdraw an answer, in the open manner."""
        option = option_of(str(payload.emoji))
        if option is None or payload.guild_id is None or payload.user_id == self._own_id:
            return
        self.bot.context.count_in()
        await answers.withdraw(self.bot.context, payload.message_id, payload.user_id, option)

    def _is_bot(self, payload: discord.RawReactionActionEvent) -> bool:
        return payload.user_id == self._own_id or bool(payload.member and payload.member.bot)

    @property
    def _own_id(self) -> int | None:
        return self.bot.user.id if self.bot.user else None


async def setup(bot: TutorClient) -> None:
    """Add the cog; discord.py calls this."""
    await bot.add_cog(Rounds(bot))
