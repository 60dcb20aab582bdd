"""The last few days of the demo's server, played by its people through Discord: nothing is written
into the database. The schedule posts, members answer, take hints and explain, and rounds end.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import discord
import simcord
from simcord.backend.models import EPHEMERAL_FLAG

from bot.client import TutorClient
from bot.domain.round import Round
from bot.services import rounds
from bot.ui.style import REACTIONS

DAYS = 3
"""Days before today."""

Act: TypeAlias = tuple[int, int, str]
"""Minutes after the post, index of the member, and what the member does (see `_do`)."""

PLAYED: tuple[tuple[Act, ...], ...] = (
    (
        (12, 0, "hint"),
        (14, 0, "right"),
        (16, 0, "good"),
        (35, 1, "wrong"),
        (47, 2, "right"),
        (51, 2, "good"),
    ),
    (
        (8, 2, "wrong"),
        (9, 2, "hint"),
        (15, 2, "right"),
        (22, 0, "right"),
        (25, 0, "weak"),
        (26, 0, "good"),
        (190, 1, "hint"),
        (192, 1, "right"),
        (195, 1, "weak"),
    ),
    (
        (5, 0, "right"),
        (7, 0, "good"),
        (61, 1, "right"),
        (64, 1, "good"),
        (80, 2, "wrong"),
        (82, 2, "weak"),
    ),
    (
        (3, 1, "right"),
        (11, 2, "wrong"),
    ),
)
"""What the members do each day; today they have only begun, and the first has not answered yet."""


@dataclass(frozen=True, slots=True)
class Club:
    """A second server, to which the bot was just invited: nothing is set up there."""

    quiz: simcord.ChannelHandle
    people: tuple[simcord.MemberActor, ...]
    """The moderator first."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The server and its people."""

    server: simcord.GuildHandle
    daily: simcord.ChannelHandle
    corner: simcord.ChannelHandle
    moderator: simcord.MemberActor
    members: tuple[simcord.MemberActor, ...]
    post_time: datetime
    """Today's post, in the demo's zone; on other days it is at the same time."""
    club: Club


def post_time(now: datetime) -> datetime:
    """Return when today's question is posted: at nine, or earlier so that it is there already."""
    hour = min(9, max(now.hour - 1, 0))
    return now.replace(hour=hour, minute=0, second=0, microsecond=0)


async def build(env: simcord.Env, zone: str, post: datetime) -> Cast:
    """Set up the server, and let its moderator make the schedule, by the bot's own commands."""
    assert env.bot.user is not None
    await env.bot.user.edit(username="Tutor")
    server = env.create_guild("Study hall")
    moderators = server.create_role(
        "Moderators", permissions=discord.Permissions(manage_guild=True), color=0xE67E22
    )

    def join(name: str, *roles: simcord.RoleHandle) -> simcord.MemberActor:
        return server.add_member(env.create_user(name.lower(), global_name=name), roles=roles)

    grace, amira, jonas, mei = join("Grace", moderators), join("Amira"), join("Jonas"), join("Mei")
    cast = Cast(
        server=server,
        daily=server.create_text_channel("daily-question"),
        corner=server.create_text_channel("quiz-corner"),
        moderator=grace,
        members=(amira, jonas, mei),
        post_time=post,
        club=_club(env, grace.user, amira.user, jonas.user),
    )
    await env.settle()
    await cast.moderator.slash(
        cast.daily,
        "schedule create",
        name="Question of the day",
        channel=cast.daily,
        time=f"{post:%H:%M}",
        zone=zone,
        thread=True,
    )
    return cast


def _club(env: simcord.Env, moderator: simcord.UserHandle, *members: simcord.UserHandle) -> Club:
    server = env.create_guild("Geography club")
    lead = server.create_role("Lead", permissions=discord.Permissions(manage_guild=True))
    people = [server.add_member(moderator, roles=[lead]), *map(server.add_member, members)]
    return Club(server.create_text_channel("quiz"), tuple(people))


async def play(env: simcord.Env, cast: Cast, until: datetime) -> None:
    """Play the days up to `until` (aware). Today there is a second question in the corner."""
    for back, acts in zip(range(DAYS, -1, -1), PLAYED, strict=True):
        posted = cast.post_time - timedelta(days=back)
        for minutes, member, act in acts:
            at = min(posted + timedelta(minutes=minutes), until)
            await _wait_until(env, at)
            await _do(env, cast, cast.members[member], act)
    await cast.moderator.slash(cast.corner, "quiz now", manner="open", open_for="1d")
    for member, option in zip(cast.members[1:], (3, 0), strict=True):
        await member.react(cast.corner.history(viewer=member)[-1], REACTIONS[option])
    await _wait_until(env, until)
    _forget_private_replies(env)


def _forget_private_replies(env: simcord.Env) -> None:
    # Discord's own apps forget them when they are closed, which the members have done since.
    for messages in env.backend.messages.values():
        for message in [*messages.values()]:
            if message.flags & EPHEMERAL_FLAG:
                del messages[message.id]


async def _do(env: simcord.Env, cast: Cast, member: simcord.MemberActor, act: str) -> None:
    client = env.bot
    assert isinstance(client, TutorClient)
    open_round = await rounds.current(client.context, cast.daily.id)
    if open_round is None:
        return
    post = next(m for m in cast.daily.history() if m.id == open_round.message_id)
    key = open_round.question.key
    match act:
        case "right":
            await member.react(post, REACTIONS[key])
        case "wrong":
            await member.react(post, REACTIONS[(key + 1) % len(open_round.question.options)])
        case "hint":
            await _take_hint(member, post)
        case _:
            await _wait_for_grader(client)
            await _explain(member, post, open_round, good=act == "good")


async def _take_hint(member: simcord.MemberActor, post: discord.Message) -> None:
    told = await member.click(post, custom_id=_button(post, "tutor:hint:"))
    for reply in (told.response, *told.followups):
        if reply is not None and (button := _button(reply.message, "tutor:take-hint:")):
            await member.click(reply, custom_id=button)


async def _explain(
    member: simcord.MemberActor, post: discord.Message, open_round: Round, *, good: bool
) -> None:
    wanted = "correct" if good else "partial"
    text = next(one.text for one in open_round.question.examples if one.label == wanted)
    shown = await member.click(post, custom_id=_button(post, "tutor:explain:"))
    if shown.modal is not None:
        await member.submit_modal(shown, {_text_input(shown.modal["components"]): text})


async def _wait_for_grader(client: TutorClient) -> None:
    # In real time: no simulated time passes, and simcord's patience is not tried.
    while client.context.grader.state == "loading":  # noqa: ASYNC110 - it has no such event
        await asyncio.sleep(0.05)


async def _wait_until(env: simcord.Env, at: datetime) -> None:
    await env.advance_time(max(0.0, (at - env.now()).total_seconds()))


def _button(message: discord.Message, start: str) -> str | None:
    for row in message.components:
        for child in getattr(row, "children", ()):
            custom_id = getattr(child, "custom_id", None) or ""
            if custom_id.startswith(start):
                return custom_id
    return None


def _text_input(components: list[dict[str, Any]]) -> str:
    for component in components:
        inner = component.get("component") or component
        if inner.get("custom_id"):
            return inner["custom_id"]
    raise LookupError("no text input in the modal")
