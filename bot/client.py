"""The Discord client: intents, the order of set-up, and where errors go."""

import asyncio
import hashlib
import json
import logging
import random
import sys
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from pydantic import SecretStr

from bot.bank.load import load_banks
from bot.clock import Clock
from bot.errors import OperatorError
from bot.grading.service import GraderService
from bot.logs import report_bug
from bot.services import answers, explanations, questions
from bot.services.context import Context
from bot.services.waking import Waker
from bot.settings import Settings
from bot.store import Store
from bot.store.queries import meta
from bot.ui.components import DYNAMIC_ITEMS
from bot.ui.errors import report
from bot.ui.publisher import DiscordPublisher

log = logging.getLogger(__name__)

COGS = (
    "cogs.rounds",
    "cogs.hints",
    "cogs.explanations",
    "cogs.standings",
    "cogs.privacy",
    "cogs.schedule",
    "cogs.quiz",
    "cogs.tutor",
)
CLOCK_SLACK = timedelta(minutes=2)
"""Clocks are corrected by less than this all the time."""
INTENTS = discord.Intents(guilds=True, guild_reactions=True)
"""Neither is privileged: the bot reads reactions, commands and buttons, and no messages."""


class Tree(app_commands.CommandTree[Any]):
    """The slash commands, under the one error policy."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person; see `bot.ui.errors`."""
        await report(interaction, error)


class TutorClient(commands.Bot):
    """The bot on Discord. It owns the context from `setup_hook` to `close`."""

    context: Context

    def __init__(
        self,
        settings: Settings,
        *,
        grader: GraderService | None = None,
        randomness: random.Random | None = None,
        clock: Clock = discord.utils.utcnow,
    ) -> None:
        super().__init__(
            command_prefix=(),
            help_command=None,
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            tree_cls=Tree,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            max_messages=None,
            # The member cache is of no use without the members intent.
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )
        self._settings = settings
        self._grader = grader or GraderService(settings.grader)
        self._random = randomness or random.SystemRandom()
        self._clock = clock
        self._background: list[asyncio.Task[None]] = []

    async def setup_hook(self) -> None:
        """Open the store, load banks and cogs, and start what runs by itself.

        Raises OperatorError when the database or a bank is not usable.
        """
        settings = self._settings
        banks = load_banks(settings.banks.folder)
        store = await Store.open(settings.database.url)
        publisher = DiscordPublisher(self, settings.server.locale)
        self.context = Context(
            settings=settings,
            store=store,
            clock=self._clock,
            random=self._random,
            publisher=publisher,
            grader=self._grader,
        )
        publisher.context = self.context
        await questions.sync(self.context, banks)
        await self._check_clock()
        self.add_dynamic_items(*DYNAMIC_ITEMS)
        for cog in COGS:
            await self.load_extension(cog)
        await self._sync_commands()
        await self._grader.start()
        self._run(explanations.keep_grading(self.context), "pending-explanations")
        self._run(self._wake(), "waker")

    async def on_ready(self) -> None:
        """Take what happened while the bot was away; fires at every new session of Discord."""
        log.info("Ready as %s in %s servers", self.user, len(self.guilds))
        self.context.start(answers.reconcile_all(self.context), name="reconcile")

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log what an event handler raised, with an error id; nobody waits for an answer."""
        error = sys.exc_info()[1]
        if isinstance(error, OperatorError):
            log.error("%s: %s", event_method, error)
        elif error is not None:
            report_bug(event_method, error)

    async def close(self) -> None:
        """Finish what is under way, then let go of Discord and the files."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        if hasattr(self, "context"):
            await self.context.finish()
        await self._grader.stop()
        await super().close()
        if hasattr(self, "context"):
            await self.context.store.close()

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._background.append(asyncio.create_task(work, name=name))

    async def _wake(self) -> None:
        await self.wait_until_ready()
        await Waker(self.context).run()

    async def _check_clock(self) -> None:
        now = self.context.clock()
        behind = await self.context.store.write(meta.note_time, now=now)
        if behind > CLOCK_SLACK:
            log.warning(
                "The clock is %s behind what the database has seen. Every round is still posted "
                "once, but later than it should; set the machine's clock and restart.",
                behind,
            )

    async def _sync_commands(self) -> None:
        """Send the commands to Discord only when they changed: it limits how often one may."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        digest = hashlib.sha256(
            json.dumps([payload, self.application_id], sort_keys=True, default=str).encode()
        ).hexdigest()
        if await self.context.store.read(meta.get, key="commands") == digest:
            return
        await self.tree.sync()
        await self.context.store.write(meta.put, key="commands", value=digest)
        log.info("The commands were sent to Discord")


async def run(settings: Settings, token: SecretStr) -> None:
    """Run the bot until it is cancelled or closed; the store is closed in every case.

    Raises OperatorError, discord.LoginFailure, discord.PrivilegedIntentsRequired, or what the
    first connection raised.
    """
    async with TutorClient(settings) as client:
        await client.start(token.get_secret_value())
