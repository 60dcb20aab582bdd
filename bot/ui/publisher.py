"""Discord as the rounds see it: posts, reactions, reveals and notices, with Discord's refusals
turned into errors that name who can act.
"""

import contextlib
import io
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import aiohttp
import discord

from bot.domain.round import Outcome, Round
from bot.errors import DiscordError, ModeratorError
from bot.logs import in_short
from bot.services import explanations, servers
from bot.services.audit import Entry
from bot.services.context import Context, Standing
from bot.store.queries.reminders import Reminder
from bot.ui import audit as audit_ui
from bot.ui import charts
from bot.ui import explanations as explanation_ui
from bot.ui import reviews as review_ui
from bot.ui import rounds as round_ui
from bot.ui.appeals import appeal_view
from bot.ui.errors import sentence
from bot.ui.permissions import TOLD_PERMISSIONS, lacking, missing, needed
from bot.ui.plain import plain
from bot.ui.refusals import permissions_missing, refusals
from bot.ui.style import REACTIONS, option_of
from bot.ui.texts import rounds as texts
from bot.ui.texts import say

log = logging.getLogger(__name__)

THREAD_EXISTS = 160004
"""Discord's error code: its documentation, 'JSON error codes'."""


class DiscordPublisher:
    """Implements `bot.services.context.Publisher` on a Discord client."""

    def __init__(self, client: discord.Client, locale: str) -> None:
        self._client = client
        self._locale = locale
        self.context: Context | None = None
        """Set by the client once the services are there."""

    async def post(self, round_: Round) -> int:
        """Send the post with a nonce that follows from the round."""
        channel = self._channel(round_)
        closes_at = self._context.clock() + timedelta(minutes=round_.open_minutes)
        role = discord.Object(round_.role_id) if round_.role_id else None
        with refusals(self._client, round_.channel_id, needed(round_.thread)):
            message = await channel.send(
                content=f"<@&{role.id}>" if role else None,
                embed=round_ui.post_embed(self._locale, round_, closes_at),
                view=round_ui.post_view(self._locale, round_),
                allowed_mentions=discord.AllowedMentions(
                    everyone=False, users=False, replied_user=False, roles=[role] if role else False
                ),
                nonce=nonce(round_),
            )
        return message.id

    async def find(self, round_: Round) -> int | None:
        """Look for a message of the bot's own that carries the round's buttons."""
        channel = self._channel(round_)
        with refusals(self._client, round_.channel_id, needed(round_.thread)):
            async for message in channel.history(
                after=round_.due_at - timedelta(minutes=1), oldest_first=True, limit=None
            ):
                if message.author == self._client.user and _carries(message, round_.id):
                    return message.id
        return None

    async def add_reactions(self, round_: Round) -> None:
        """Add the options' reactions that the bot has not put there yet, in their order."""
        with refusals(self._client, round_.channel_id, needed(round_.thread)):
            message = await self._message(round_).fetch()
            own = {option_of(str(reaction.emoji)) for reaction in message.reactions if reaction.me}
            for index in range(len(round_.question.options)):
                if index not in own:
                    await message.add_reaction(REACTIONS[index])

    async def reactions(self, round_: Round) -> Standing:
        """Read who put which option's reaction there, normal and burst ones."""
        own: set[int] = set()
        members: dict[int, set[int]] = {}
        with refusals(self._client, round_.channel_id, needed(round_.thread)):
            message = await self._message(round_).fetch()
            for reaction in message.reactions:
                option = option_of(str(reaction.emoji))
                if option is None or option >= len(round_.question.options):
                    continue
                if reaction.me:
                    own.add(option)
                if reaction.count == int(reaction.me):
                    continue
                async for user in _users(reaction):
                    if not user.bot:
                        members.setdefault(user.id, set()).add(option)
        return Standing(frozenset(own), members)

    async def remove_reactions(self, round_: Round, user_id: int, options: Sequence[int]) -> None:
        """Take a member's reactions away; one that is gone already is fine."""
        message = self._message(round_)
        with refusals(self._client, round_.channel_id, needed(round_.thread)):
            for option in options:
                with contextlib.suppress(discord.NotFound):
                    await message.remove_reaction(REACTIONS[option], discord.Object(user_id))

    async def reveal(self, round_: Round, outcome: Outcome) -> int | None:
        """Edit the post into its reveal and open the discussion thread if one was asked for."""
        tally = outcome.tally
        chart = await charts.tally_chart(round_.question.options, tally.chosen, round_.question.key)
        picture = discord.File(
            io.BytesIO(chart),
            filename=texts.CHART,
            description=round_ui.chart_alt(self._locale, round_, tally),
        )
        with refusals(self._client, round_.channel_id, needed(round_.thread)):
            message = await self._message(round_).edit(
                embed=round_ui.reveal_embed(self._locale, round_, outcome),
                attachments=[picture],
                view=None,
            )
            return await self._thread(message, round_) if round_.thread else None

    async def cancel(self, round_: Round) -> None:
        """Edit the post to say that it is cancelled."""
        with refusals(self._client, round_.channel_id, needed(round_.thread)):
            await self._message(round_).edit(
                embed=round_ui.cancelled_embed(self._locale, round_), attachments=[], view=None
            )

    async def tell_member(self, user_id: int, explanation_id: int) -> bool:
        """Send a grade by direct message."""
        graded = await explanations.graded(self._context, explanation_id)
        try:
            user = await self._client.fetch_user(user_id)
            await user.send(
                embed=explanation_ui.grade_embed(self._locale, graded),
                view=appeal_view(self._locale, graded) or discord.utils.MISSING,
            )
        except (discord.Forbidden, discord.NotFound):
            return False
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise DiscordError("a grade could not be sent") from error
        return True

    async def tell_moderators(
        self, server_id: int, channel_id: int, error: ModeratorError, schedule: str | None = None
    ) -> None:
        """Write to the server's notice channel, or its system channel where none is set."""
        reason = sentence(self._locale, error)
        if schedule is None:
            text = say(self._locale, texts.TROUBLE, channel=channel_id, reason=reason)
        else:
            text = say(self._locale, texts.PAUSED, schedule=plain(schedule), reason=reason)
        notice_id = (await servers.get(self._context, server_id)).notice_channel_id
        guild = self._client.get_guild(server_id)
        system = guild.system_channel if guild else None
        channel = self._client.get_channel(notice_id) if notice_id else system
        if not isinstance(channel, discord.abc.Messageable):
            log.warning("Server %s has no channel for notices: %s", server_id, error.code)
            return
        try:
            await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
        except (discord.HTTPException, aiohttp.ClientError, OSError) as failure:
            log.warning(
                "Moderators of server %s were not told (%s): %s",
                server_id,
                in_short(failure),
                error.code,
            )

    async def post_entry(self, entry: Entry, look_first: bool) -> None:
        """Write an entry of the audit into its channel, with a nonce that follows from it."""
        assert entry.channel_id is not None
        await self._tell_once(
            entry.channel_id,
            audit_ui.message(self._locale, entry),
            nonce=f"a{entry.id:x}-{int(entry.done_at.timestamp()):x}"[:25],
            mark=audit_ui.mark(self._locale, entry),
            since=entry.done_at if look_first else None,
        )

    async def remind(self, reminder: Reminder, look_first: bool) -> tuple[int, bool]:
        """Write how many reviews wait into the channel that the server named, with a nonce that
        follows from it, or edit what stands there.
        """
        text = review_ui.reminder(self._locale, reminder)
        if reminder.message_id is None:
            begun = int(reminder.begun_at.timestamp())
            return await self._tell_once(
                reminder.channel_id,
                text,
                nonce=f"r{reminder.server_id:x}{begun:08x}"[:25],
                mark=review_ui.reminder_mark(self._locale, reminder),
                since=reminder.begun_at if look_first else None,
            )
        message = self._told_channel(reminder.channel_id).get_partial_message(reminder.message_id)
        with refusals(self._client, reminder.channel_id, TOLD_PERMISSIONS):
            await message.edit(content=text, allowed_mentions=discord.AllowedMentions.none())
        return reminder.message_id, False

    async def _tell_once(
        self, channel_id: int, text: str, *, nonce: str, mark: str, since: datetime | None
    ) -> tuple[int, bool]:
        """Send moderators a message whose last line is its mark; return its id, and whether it is
        new. With `since` an earlier try may have sent it then: it is looked for, and gets the text.
        """
        channel = self._told_channel(channel_id)
        nobody = discord.AllowedMentions.none()
        with refusals(self._client, channel.id, TOLD_PERMISSIONS):
            if since is not None:
                after = since - timedelta(minutes=1)
                async for message in channel.history(after=after, oldest_first=True, limit=None):
                    if message.author == self._client.user and message.content.endswith(mark):
                        if message.content != text:
                            await message.edit(content=text, allowed_mentions=nobody)
                        return message.id, False
            return (await channel.send(text, allowed_mentions=nobody, nonce=nonce)).id, True

    def _told_channel(self, channel_id: int) -> discord.TextChannel:
        channel = self._client.get_channel(channel_id)
        if not isinstance(channel, discord.TextChannel):
            raise ModeratorError("channel_missing", channel=f"<#{channel_id}>")
        if lacks := lacking(channel, TOLD_PERMISSIONS):
            raise permissions_missing(channel.id, lacks)
        return channel

    @property
    def _context(self) -> Context:
        assert self.context is not None
        return self.context

    def _channel(self, round_: Round) -> discord.TextChannel:
        channel = self._client.get_channel(round_.channel_id)
        if not isinstance(channel, discord.TextChannel):
            raise ModeratorError("channel_missing", channel=f"<#{round_.channel_id}>")
        if lacks := missing(channel, round_.thread):
            raise permissions_missing(round_.channel_id, lacks)
        return channel

    def _message(self, round_: Round) -> discord.PartialMessage:
        assert round_.message_id is not None
        channel = self._client.get_channel(round_.channel_id)
        if not isinstance(channel, discord.TextChannel):
            raise ModeratorError("channel_missing", channel=f"<#{round_.channel_id}>")
        return channel.get_partial_message(round_.message_id)

    async def _thread(self, message: discord.Message, round_: Round) -> int:
        # The thread has the id of the post: an earlier try may have opened it, and got no further.
        thread = self._client.get_partial_messageable(message.id)
        try:
            await message.create_thread(
                name=say(
                    self._locale,
                    texts.THREAD_NAME,
                    topic=round_.question.topic,
                    date=round_.local_date or round_.due_at.date(),
                )
            )
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                raise
            async for said in thread.history(limit=None):
                if said.author == self._client.user:
                    return message.id
        await thread.send(say(self._locale, texts.THREAD_START), nonce=f"d{nonce(round_)}"[:25])
        return message.id


def nonce(round_: Round) -> str:
    """Return the nonce of a round's post: the same for every try, at most 25 characters.

    The due time is in it because another database may count its rounds from 1 too.
    """
    return f"t{round_.id:x}-{int(round_.due_at.timestamp()):x}"[:25]


def _carries(message: discord.Message, round_id: int) -> bool:
    marker = f":{round_id}"
    return any(
        (getattr(child, "custom_id", None) or "").endswith(marker)
        for row in message.components
        if isinstance(row, discord.ActionRow)
        for child in row.children
    )


async def _users(reaction: discord.Reaction) -> AsyncIterator[discord.User | discord.Member]:
    for kind in (discord.ReactionType.normal, discord.ReactionType.burst):
        async for user in reaction.users(limit=None, type=kind):
            yield user
