"""A small Discord with the real client in it: one server, its people, and what they do and see."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import discord
import simcord
from simcord.results import InteractionResult, ResponseMessage

from bot.client import TutorClient
from bot.demo.idle import recognise_idle_tasks
from bot.domain.question import LETTERS, Question
from bot.domain.round import Manner, Round
from bot.grading.service import GraderService
from bot.services import rounds
from bot.services.context import Context
from bot.settings import BankSettings, Settings
from tests.support.contexts import add_questions, place, settings_in
from tests.support.fakes import FakeGrader
from tests.support.questions import a_bank, a_question, write_bank

INDICATORS = dict(zip(LETTERS, "🇦🇧🇨🇩🇪🇫", strict=True))
NEEDED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    add_reactions=True,
    manage_messages=True,
    create_public_threads=True,
    send_messages_in_threads=True,
)
"""What the bot asks for, and nothing more: it has no Administrator here."""


@dataclass
class World:
    """The simulated Discord. Each act runs until the bot is quiet; time stands still in between
    and moves by `pass_time`.
    """

    env: simcord.Env
    context: Context
    client: TutorClient
    server: simcord.GuildHandle
    channel: simcord.ChannelHandle
    """#daily-question"""
    corner: simcord.ChannelHandle
    """#quiz-corner"""
    moderator: simcord.MemberActor
    """Has manage_guild."""
    alice: simcord.MemberActor
    bob: simcord.MemberActor

    async def ask(self, question: Question | None = None, **options: Any) -> Round:
        """Open a round in #daily-question past the commands; `options` are open_now's."""
        question = question or a_question()
        bank = a_bank(question, name=options.pop("bank", "testing"))
        await add_questions(self.context, bank)
        options = {
            "open_minutes": 1200,
            "manner": Manner.CONCEALED,
            "banks": (bank.name,),
        } | options
        channel_id = options.pop("channel_id", self.channel.id)
        opened = await self._as_bot(
            rounds.open_now(self.context, self.server.id, channel_id, **options)
        )
        await self.env.settle()
        return opened

    def post(self, channel: simcord.ChannelHandle | None = None) -> discord.Message:
        """The bot's newest message with buttons or an embed in a channel, as everybody sees it."""
        for message in reversed((channel or self.channel).history()):
            mine = message.author.id == self.client.user.id
            if mine and message.embeds and not message.flags.ephemeral:
                return message
        raise AssertionError("the bot has posted nothing")

    def reactions(self, message: discord.Message | None = None) -> dict[str, int]:
        """How often each emoji stands under a post, the bot's own included."""
        return {str(r.emoji): r.count for r in (message or self.post()).reactions}

    async def react(
        self, member: simcord.MemberActor, letter: str, message: discord.Message | None = None
    ) -> None:
        """Answer a post with the option's letter (or any emoji)."""
        await member.react(message or self.post(), INDICATORS.get(letter, letter))

    async def unreact(
        self, member: simcord.MemberActor, letter: str, message: discord.Message | None = None
    ) -> None:
        """Take an answer back."""
        await member.unreact(message or self.post(), INDICATORS.get(letter, letter))

    async def slash(
        self,
        member: simcord.MemberActor,
        command: str,
        channel: simcord.ChannelHandle | None = None,
        /,
        **options: Any,
    ) -> InteractionResult:
        """Type a command ('quiz close') in #daily-question or another channel."""
        return await member.slash(channel or self.channel, command, **options)

    async def click(
        self, member: simcord.MemberActor, label: str, message: discord.Message | None = None
    ) -> InteractionResult:
        """Press a button of the newest post, or of another message."""
        return await member.click(message or self.post(), label=label)

    async def fill(
        self, member: simcord.MemberActor, shown: InteractionResult, text: str
    ) -> InteractionResult:
        """Write into the one text input of a modal and send it."""
        assert shown.modal is not None, f"no modal was shown, but: {said(shown)}"
        (custom_id,) = _inputs(shown.modal["components"])
        return await member.submit_modal(shown, {custom_id: text})

    async def explain(
        self,
        member: simcord.MemberActor,
        text: str,
        message: discord.Message | None = None,
        label: str = "Explain",
    ) -> InteractionResult:
        """Press Explain, write the text, send it."""
        return await self.fill(member, await self.click(member, label, message), text)

    async def pass_time(self, **amount: float) -> None:
        """Let time pass, by timedelta's keywords; whatever falls due on the way happens."""
        await self.env.advance_time(timedelta(**amount).total_seconds())

    async def restart(self, meanwhile: Callable[[], Awaitable[Any]] | None = None) -> None:
        """Stop the bot, let something happen while it is away, and start it on the same files."""
        await self.client.close()
        if meanwhile is not None:
            await meanwhile()
        self.client = new_client(self.context.settings)
        await self.env.restart_bot(self.client)
        await self.env.settle()
        self.context = self.client.context

    async def _as_bot(self, work: Any) -> Any:
        # Inside the scope, so that what the work starts is waited for and has virtual time.
        with self.env._bot_scope():
            return await work


def replies(result: InteractionResult) -> list[ResponseMessage]:
    """The messages that answer a command or a button, oldest first."""
    first = result.response
    if first is not None and not first.ephemeral and result.deferred:
        source = result._interaction.source_message_id
        if first.id == source:  # a button that only said "seen": this is the post it stands under
            first = None
    return [message for message in (first, *result.followups) if message is not None]


def said(result: InteractionResult) -> str:
    """Everything a member reads in a reply: text, embeds and follow-ups, one line each."""
    return "\n".join(_text(message) for message in replies(result))


def privately(result: InteractionResult) -> str:
    """The same; fails unless the reply is there and nobody else can see it."""
    messages = replies(result)
    assert messages, "there was no reply"
    assert all(message.ephemeral for message in messages), "everybody can see the reply"
    return said(result)


def seen(message: discord.Message) -> str:
    """Everything that stands in a message, one line each."""
    return _text(message)


def _text(message: discord.Message | ResponseMessage) -> str:
    lines = [message.content]
    for embed in message.embeds:
        lines += [embed.author.name, embed.title, embed.description]
        for field in embed.fields:
            lines += [field.name, field.value]
        lines.append(embed.footer.text)
    return "\n".join(line for line in lines if line)


def _inputs(components: list[dict[str, Any]]) -> list[str]:
    found: list[str] = []
    for component in components:
        inner = [*component.get("components", [])]
        if component.get("component"):
            inner.append(component["component"])
        if component.get("type") == discord.ComponentType.text_input.value:
            found.append(component["custom_id"])
        found += _inputs(inner)
    return found


def new_client(settings: Settings, grader: GraderService | None = None) -> TutorClient:
    """The real client with a fake grader (unless one is given) and seeded randomness."""
    grader = grader or cast(GraderService, FakeGrader())
    return TutorClient(settings, grader=grader, randomness=random.Random(0))


@asynccontextmanager
async def run_client(
    folder: Path,
    make: Callable[[Settings], TutorClient] = new_client,
    **sections: Any,
) -> AsyncIterator[simcord.Env]:
    """The real client with a bank of its own, logged in to an empty simulated Discord, and closed
    at the end. `sections` are whole sections of settings; `make` makes the client of them.
    """
    recognise_idle_tasks()
    banks = folder / "questions"
    banks.mkdir(exist_ok=True)
    write_bank(banks, a_bank())
    settings = settings_in(folder, **{"banks": BankSettings(folder=banks)} | sections)
    place(settings, folder)
    client = make(settings)
    env = simcord.Env(client, settle_timeout=30)
    try:
        await env.start()
    except BaseException:
        # simcord has cancelled everything of the bot, its store's writer too.
        with contextlib.suppress(asyncio.CancelledError):
            await client.close()
        raise
    try:
        yield env
    finally:
        # Before simcord lets go: it would cancel the store's writer under the client's feet. Where
        # an act took too long it has: pytest lets a CancelledError through without tidying up, and
        # would hand this very world to the tests that follow.
        with env.time_context(), contextlib.suppress(asyncio.CancelledError):
            await env.bot.close()
        await env.shutdown()
    env._raise_errors_since(env._errors_acknowledged)


async def build_world(env: simcord.Env) -> World:
    """A server with two channels, a moderator, two members and a bot with what it asks for."""
    client = env.bot
    assert isinstance(client, TutorClient)
    server = env.create_guild("Study hall")
    (role,) = (role for role in server._guild.roles.values() if role.managed)
    role.permissions = NEEDED.value
    channel = server.create_text_channel("daily-question")
    corner = server.create_text_channel("quiz-corner")
    moderators = server.create_role(
        "Moderators", permissions=discord.Permissions(manage_guild=True)
    )
    world = World(
        env=env,
        context=client.context,
        client=client,
        server=server,
        channel=channel,
        corner=corner,
        moderator=server.add_member(env.create_user("mona"), roles=[moderators]),
        alice=server.add_member(env.create_user("alice")),
        bob=server.add_member(env.create_user("bob")),
    )
    await env.settle()
    return world
