"""The Discord client: intents, the order of set-up, and where errors go."""

import asyncio
import gc
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
from bot.errors import MemberError, OperatorError
from bot.grading.service import GraderService
from bot.logs import report_bug
from bot.services import answers, backups, lease, questions, telling
from bot.services.context import Context
from bot.services.waking import Waker
from bot.settings import Settings
from bot.store import Store
from bot.store.lease import Holder, this_process
from bot.store.queries import meta
from bot.store.restore import require_whole
from bot.ui.components import DYNAMIC_ITEMS, is_known
from bot.ui.errors import guarded
from bot.ui.publisher import DiscordPublisher
from bot.ui.tree import Tree
from bot.ui.turns import take_turn

log = logging.getLogger(__name__)

COGS = (
    "cogs.rounds",
    "cogs.hints",
    "cogs.explanations",
    "cogs.reviews",
    "cogs.standings",
    "cogs.privacy",
    "cogs.schedule",
    "cogs.quiz",
    "cogs.tutor",
    "cogs.questions",
    "cogs.banks",
)
CLOCK_SLACK = timedelta(minutes=2)
"""Clocks are corrected by less than this all the time."""
INTENTS = discord.Intents(guilds=True, guild_reactions=True)
"""Neither is privileged: the bot reads reactions, commands and buttons, and no messages."""
GATEWAY_AGAIN_S = 5.0
"""When to try again after the very first connection to Discord's gateway failed."""
FINISH_S = 7.0
"""How long what is under way may take when the bot stops; what it cannot finish, the next start
does. With the two below it stays under the 10 s after which Docker kills.
"""
TIDY_S = 0.5
"""How long work that was given up may take to end."""
LEAVE_S = 1.5
"""How long leaving Discord may take."""


class TutorClient(commands.Bot):
    """The bot on Discord. It owns the context from `setup_hook` to `close`.

    With a `holder` it takes the database's lease for that process: no second one runs beside it.
    """

    context: Context
    is_set_up: bool = False
    failure: OperatorError | None = None
    """Why it closed itself."""

    def __init__(
        self,
        settings: Settings,
        *,
        grader: GraderService | None = None,
        randomness: random.Random | None = None,
        holder: Holder | None = None,
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
        self._holder = holder
        self._clock = clock
        self._background: list[asyncio.Task[None]] = []
        self._ending: asyncio.Task[None] | None = None
        self.ended = asyncio.Event()
        self._finish_s = FINISH_S

    async def setup_hook(self) -> None:
        """Open the store, load banks and cogs, and start what runs by itself.

        Raises OperatorError when the database or a bank is not usable, or another process runs on
        the database.
        """
        settings = self._settings
        banks = load_banks(settings.banks.folder)
        await require_whole(settings.database.url, settings.database.backups)
        dead = None
        if self._holder is not None:
            # Before anything is migrated under a process that runs.
            dead = await lease.until_free(settings.database.url, self._clock)
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
        if self._holder is not None:
            await lease.take(self.context, self._holder, dead)
            self._run(self._hold(self._holder), "lease")
        await questions.sync(self.context, banks)
        await self._check_clock()
        self.add_dynamic_items(*DYNAMIC_ITEMS)
        for cog in COGS:
            await self.load_extension(cog)
        await self._sync_commands()
        await self._grader.start()
        self._run(telling.keep_grading(self.context), "pending-explanations")
        self._run(self._wake(), "waker")
        if backups.are_wanted(settings.database):
            self._run(backups.keep_copying(self.context), "backups")
        self.is_set_up = True

    async def connect(self, *, reconnect: bool = True) -> None:
        """Hold the connection to Discord's gateway until the client is closed. Raises what
        discord.py does, but goes on where the very first connection fails: discord.py then looks
        for the session of a connection that never was, and falls over that.
        """
        while True:
            try:
                return await super().connect(reconnect=reconnect)
            except AttributeError:
                if getattr(self, "ws", None) is not None:
                    raise
            log.warning("Discord's gateway took no connection yet; again in %s s", GATEWAY_AGAIN_S)
            await asyncio.sleep(GATEWAY_AGAIN_S)

    async def on_ready(self) -> None:
        """Take what happened while the bot was away; fires at every new session of Discord."""
        log.info("Ready as %s in %s servers", self.user, len(self.guilds))
        if not self.context.stopping:
            self.context.start(answers.reconcile_all(self.context), name="reconcile")

    @guarded
    async def on_interaction(self, interaction: discord.Interaction[Any], /) -> None:
        """Tell whoever presses a button of an older version that nothing knows any more."""
        if not is_known(interaction) and take_turn(interaction):
            raise MemberError("button_unknown")

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log what an event handler raised, with an error id; nobody waits for an answer."""
        error = sys.exc_info()[1]
        if isinstance(error, OperatorError):
            log.error("%s: %s", event_method, error)
        elif error is not None:
            report_bug(event_method, error)

    async def close(self) -> None:
        """Finish what is under way, refuse what is new meanwhile, then let go of Discord and the
        files. Everything that takes longer is given up: the next start does it.
        """
        await asyncio.shield(self._begin_to_end())

    def _begin_to_end(self) -> asyncio.Task[None]:
        if self._ending is None:
            self._ending = asyncio.create_task(self._end(), name="ending")
        return self._ending

    async def _end(self) -> None:
        try:
            await self._let_go()
        finally:
            self.ended.set()

    async def _let_go(self) -> None:
        context: Context | None = getattr(self, "context", None)
        if context is not None:
            context.stop()
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        try:
            if context is None:
                await self._grader.stop()
            else:
                await self._finish(context)
            await self._leave()
        finally:
            if context is not None:
                if self._holder is not None:
                    await lease.release(context, self._holder)
                await context.store.close()

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(LEAVE_S):
                await super().close()
        except TimeoutError:
            log.warning("Discord did not let go in time")

    async def _finish(self, context: Context) -> None:
        try:
            async with asyncio.timeout(self._finish_s):
                # The grader together with those who wait for it: they are told that it stops.
                await asyncio.gather(self._grader.stop(), context.finish())
        except TimeoutError:
            given_up = await context.abandon(TIDY_S)
            log.warning("Work that took too long (%d) is left to the next start", given_up)

    async def _hold(self, holder: Holder) -> None:
        try:
            await lease.keep(self.context, holder)
        except lease.LeaseLost as error:
            log.error("%s", error)
            self.failure = error
            self._finish_s = 0  # the other process does the same work already
            self._begin_to_end()

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
    await run_client(TutorClient(settings, holder=this_process()), token)


async def run_client(client: TutorClient, token: SecretStr) -> None:
    """`run` with this client."""
    # What is imported by now stays as long as the process: the garbage collector need not walk
    # through it, which takes tenths of a second each time and comes in the middle of a burst.
    gc.freeze()
    gc.set_threshold(5_000)
    async with client:
        running = asyncio.create_task(client.start(token.get_secret_value()), name="discord")
        # It may end by itself while discord.py waits to connect again.
        ended = asyncio.create_task(client.ended.wait(), name="ended")
        try:
            await asyncio.wait({running, ended}, return_when=asyncio.FIRST_COMPLETED)
            # What closed it may be about to say why.
            await asyncio.wait({running}, timeout=TIDY_S)
            if running.done():
                running.result()
        finally:
            if not client.is_set_up:
                await _cancel(running)
            # Discord's events are still read meanwhile: people are told that the bot stops.
            await client.close()
            await _cancel(running)
            await _cancel(ended)
    if client.failure is not None:
        raise client.failure


async def _cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
