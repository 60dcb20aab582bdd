"""`/question`: a server's own questions, and how those do that were asked. Its buttons and forms
are in bot/ui/authoring.py and bot/ui/trial.py.
"""

from typing import TypeAlias

from discord import app_commands
from discord.ext import commands

from bot.services import items, own_banks
from bot.services import questions as services
from bot.services.questions import Search
from bot.ui import authoring, questions, trial
from bot.ui import items as items_ui
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.moderators import for_moderators
from bot.ui.texts import items as items_texts
from bot.ui.texts import questions as texts
from bot.ui.texts import say

Difficulty: TypeAlias = app_commands.Range[int, 1, 5]
Topic: TypeAlias = app_commands.Range[str, 1, 60]

_OPTIONS = texts.OPTIONS


class Questions(commands.Cog):
    """Questions of a server. Every command answers privately, moderators only."""

    group = app_commands.Group(name="question", description=texts.GROUP)

    @group.command(name="add", description=texts.ADD)
    @app_commands.describe(**{name: _OPTIONS[name] for name in ("topic", "difficulty", "bank")})
    @app_commands.autocomplete(topic=questions.topic_names, bank=questions.own_bank_titles)
    @guarded  # it shows a form, so nothing may be deferred; `authoring.add` checks the role
    async def add(
        self,
        interaction: Interaction,
        topic: Topic,
        difficulty: Difficulty | None = None,
        bank: app_commands.Range[str, 1, 80] | None = None,
    ) -> None:
        """Show the form of a new question."""
        await authoring.add(interaction, topic, difficulty, bank)

    @group.command(name="edit", description=texts.EDIT)
    @app_commands.describe(question=_OPTIONS["question"])
    @app_commands.autocomplete(question=questions.names)
    @for_moderators
    async def edit(self, interaction: Interaction, question: str) -> None:
        """Show a question with the buttons that change it."""
        await authoring.edit(interaction, question)

    @group.command(name="show", description=texts.SHOW)
    @app_commands.describe(question=_OPTIONS["question"])
    @app_commands.autocomplete(question=questions.names)
    @for_moderators
    async def show(self, interaction: Interaction, question: str) -> None:
        """Show all of a question."""
        await questions.show(interaction, question)

    @group.command(name="search", description=texts.SEARCH)
    @app_commands.describe(
        text=_OPTIONS["text"],
        topic=_OPTIONS["search_topic"],
        difficulty=_OPTIONS["search_difficulty"],
        bank=_OPTIONS["search_bank"],
        retired=_OPTIONS["search_retired"],
    )
    @app_commands.autocomplete(topic=questions.topic_names, bank=questions.bank_titles)
    @for_moderators
    async def search(
        self,
        interaction: Interaction,
        text: str | None = None,
        topic: str | None = None,
        difficulty: Difficulty | None = None,
        bank: str | None = None,
        retired: bool = False,
    ) -> None:
        """List questions, without their answers."""
        wish = Search(text=text, topic=topic, difficulty=difficulty, bank=bank, retired=retired)
        await questions.search(interaction, wish)

    @group.command(name="retire", description=texts.RETIRE)
    @app_commands.describe(question=_OPTIONS["question"])
    @app_commands.autocomplete(question=questions.own_names)
    @for_moderators
    async def retire(self, interaction: Interaction, question: str) -> None:
        """Stop asking a question."""
        context, server_id = context_of(interaction), server_of(interaction)
        stored = await services.find(context, server_id, question)
        await own_banks.retire(context, server_id, interaction.user.id, stored)
        prompt = questions.short(stored.question.prompt, questions.PROMPT)
        await interaction.followup.send(say(interaction.locale, texts.RETIRED, prompt=prompt))

    @group.command(name="restore", description=texts.RESTORE)
    @app_commands.describe(question=_OPTIONS["retired"])
    @app_commands.autocomplete(question=questions.retired_names)
    @for_moderators
    async def restore(self, interaction: Interaction, question: str) -> None:
        """Ask a retired question again."""
        context, server_id = context_of(interaction), server_of(interaction)
        stored = await services.find(context, server_id, question, retired=True)
        await own_banks.restore(context, server_id, interaction.user.id, stored)
        prompt = questions.short(stored.question.prompt, questions.PROMPT)
        await interaction.followup.send(say(interaction.locale, texts.RESTORED, prompt=prompt))

    @group.command(name="try", description=texts.TRY)
    @app_commands.describe(question=_OPTIONS["question"])
    @app_commands.autocomplete(question=questions.names)
    @for_moderators
    async def try_(self, interaction: Interaction, question: str) -> None:
        """Show a question as its post would look."""
        await trial.begin(interaction, question)

    @group.command(name="stats", description=items_texts.STATS)
    @app_commands.describe(question=items_texts.OPTION)
    @app_commands.autocomplete(question=items_ui.names)
    @for_moderators
    async def stats(self, interaction: Interaction, question: str) -> None:
        """Show one question's figures."""
        found = await items.statistics(context_of(interaction), server_of(interaction), question)
        await items_ui.show(interaction, found)

    @group.command(name="look-at", description=items_texts.LOOK_AT)
    @for_moderators
    async def look_at(self, interaction: Interaction) -> None:
        """List the questions to look at."""
        found = await items.look_at(context_of(interaction), server_of(interaction))
        await interaction.followup.send(embed=items_ui.list_of(interaction.locale, found))

    @commands.Cog.listener()
    @guarded
    async def on_interaction(self, interaction: Interaction) -> None:
        """Take what a moderator wrote into a form."""
        await authoring.submitted(interaction)
        await trial.submitted(interaction)


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Questions())
