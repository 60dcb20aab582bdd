"""`/quiz`: a question outside every schedule, and what ends or corrects one."""

from typing import TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.question import LETTERS
from bot.domain.round import Manner
from bot.errors import ModeratorError
from bot.services import drafts, links, rounds
from bot.services.drafts import Wish
from bot.ui import choices, moderators, regrading
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.moderators import check_place, for_moderators
from bot.ui.style import REACTIONS
from bot.ui.texts import moderators as texts
from bot.ui.texts import say
from bot.ui.texts import schedules as schedule_texts

Difficulty: TypeAlias = app_commands.Range[int, 1, 5]

_MANNERS = [
    app_commands.Choice(name=text, value=manner) for manner, text in schedule_texts.MANNERS.items()
]

_LETTERS = [
    app_commands.Choice(name=f"{letter} {sign}", value=letter)
    for letter, sign in zip(LETTERS, REACTIONS, strict=True)
]


class Quiz(commands.Cog):
    """Rounds by hand. Every command answers privately, moderators only."""

    group = app_commands.Group(name="quiz", description=texts.QUIZ)

    @group.command(name="now", description=texts.NOW)
    @app_commands.describe(
        difficulty=texts.OPTIONS["difficulty"],
        **{
            option: schedule_texts.OPTIONS[option]
            for option in ("banks", "topics", "open_for", "manner", "thread", "role")
        },
    )
    @app_commands.choices(manner=_MANNERS)
    @app_commands.autocomplete(banks=choices.bank_names, topics=choices.topic_names)
    @for_moderators
    async def now(
        self,
        interaction: Interaction,
        banks: str | None = None,
        topics: str | None = None,
        difficulty: Difficulty | None = None,
        open_for: str | None = None,
        manner: app_commands.Choice[str] | None = None,
        thread: bool | None = None,
        role: discord.Role | None = None,
    ) -> None:
        """Post a question in this channel."""
        context, server_id = context_of(interaction), server_of(interaction)
        if not isinstance(interaction.channel, discord.TextChannel):
            raise ModeratorError("channel_unusable")
        wish = Wish(
            name="now",
            channel_id=interaction.channel.id,
            time="00:00",  # read and not used: what is drafted here is a single round
            banks=banks,
            topics=topics,
            difficulty_min=difficulty,
            difficulty_max=difficulty,
            open_for=open_for,
            manner=Manner(manner.value) if manner else None,
            thread=thread,
            role_id=role.id if role else None,
        )
        plan = await drafts.draft(context, server_id, wish)
        check_place(interaction, plan)
        round_ = await rounds.open_now(
            context,
            server_id,
            plan.channel_id,
            banks=plan.banks,
            topics=plan.topics,
            difficulty=(plan.difficulty_min, plan.difficulty_max),
            open_minutes=plan.open_minutes,
            manner=plan.manner,
            thread=plan.thread,
            role_id=plan.role_id,
            by=interaction.user.id,
        )
        assert round_.closes_at is not None
        message = say(
            interaction.locale,
            texts.ASKED,
            link=links.to_post(round_),
            when=discord.utils.format_dt(round_.closes_at, "R"),
        )
        await interaction.followup.send(message)

    @group.command(name="close", description=texts.CLOSE)
    @for_moderators
    async def close(self, interaction: Interaction) -> None:
        """Reveal the channel's newest open round."""
        round_ = await moderators.newest_open(interaction)
        closed = await rounds.close(context_of(interaction), round_.id, interaction.user.id)
        await interaction.followup.send(
            say(interaction.locale, texts.CLOSED, link=links.to_post(closed))
        )

    @group.command(name="cancel", description=texts.CANCEL)
    @app_commands.describe(post=texts.OPTIONS["post"])
    @app_commands.autocomplete(post=choices.posts)
    @for_moderators
    async def cancel(self, interaction: Interaction, post: str | None = None) -> None:
        """Ask whether to cancel a round, and show what that does; the button does it."""
        await regrading.ask(interaction, await regrading.find(interaction, post), None)

    @group.command(name="key", description=texts.KEY)
    @app_commands.describe(key=texts.OPTIONS["key"], post=texts.OPTIONS["post"])
    @app_commands.choices(key=_LETTERS)
    @app_commands.autocomplete(post=choices.posts)
    @for_moderators
    async def key(
        self, interaction: Interaction, key: app_commands.Choice[str], post: str | None = None
    ) -> None:
        """Ask whether to change a round's key, and show what that does; the button does it."""
        await regrading.ask(interaction, await regrading.find(interaction, post), key.value)

    @commands.Cog.listener()
    @guarded
    async def on_interaction(self, interaction: Interaction) -> None:
        """Take the explanation that a moderator wrote for another key."""
        await regrading.submitted(interaction)


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Quiz())
