"""The set-up that leads a moderator to a schedule, one step after the other.

What was chosen so far is kept in memory, for each moderator of each server: until it is created it
is a draft that nobody was promised, and after a restart the person is told to start again. Each
set-up carries the number of the command that began it, so that an older message of the same person
does nothing to a newer set-up.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Any

from bot.domain.round import Round, State
from bot.domain.schedule import Plan, Schedule
from bot.errors import ModeratorError
from bot.services import drafts, schedules, servers
from bot.services.context import Context
from bot.services.drafts import CLEAR, Wish
from bot.services.schedules import Outlook
from bot.store.queries import questions

KEPT = timedelta(hours=1)
"""How long an untouched set-up is kept; who was called away can go on, and memory stays bounded."""

_FIRST_TIME = "09:00"


class Step(StrEnum):
    """What is chosen, in this order; the last step looks at all of it."""

    CHANNEL = "channel"
    ROLES = "roles"
    ZONE = "zone"
    TIME = "time"
    BANKS = "banks"
    MANNER = "manner"
    LOOK = "look"


STEPS = tuple(Step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A set-up under way."""

    id: int
    """The interaction that began it."""
    server_id: int
    user_id: int
    wish: Wish
    moderator_role_id: int | None = None
    """The server's new moderator role; 0: none any more, None: as it is."""
    zones: tuple[str, ...] = ()
    """The zones that were found for a city, to choose one of; empty: the common ones."""
    step: Step = Step.CHANNEL
    touched_at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What a set-up would come to."""

    schedule: Schedule
    """As it would be; it has no id yet."""
    outlook: Outlook
    sample: Round | None
    """A post as it would look, with a question that gives nothing away; None: every fitting one is
    open right now.
    """


async def begin(ctx: Context, server_id: int, user_id: int, id_: int) -> Setup:
    """Begin a set-up in place of the member's earlier one in this server."""
    server = await servers.get(ctx, server_id)
    wish = Wish(
        name="-",
        time=_FIRST_TIME,
        days="daily",
        zone=server.zone,
        manner=ctx.settings.rounds.manner,
    )
    now = ctx.clock()
    for key, old in [*ctx.setups.items()]:
        if now - old.touched_at > KEPT:
            del ctx.setups[key]
    setup = Setup(id=id_, server_id=server_id, user_id=user_id, wish=wish, touched_at=now)
    ctx.setups[server_id, user_id] = setup
    return setup


def find(ctx: Context, server_id: int, user_id: int, id_: int) -> Setup:
    """Return a set-up as it stands. Raises ModeratorError: setup_over."""
    setup = ctx.setups.get((server_id, user_id))
    if setup is None or setup.id != id_ or ctx.clock() - setup.touched_at > KEPT:
        raise ModeratorError("setup_over")
    return setup


def keep(ctx: Context, setup: Setup) -> Setup:
    """Keep a set-up as it is now."""
    kept = replace(setup, touched_at=ctx.clock())
    ctx.setups[setup.server_id, setup.user_id] = kept
    return kept


def end(ctx: Context, setup: Setup) -> None:
    """Forget a set-up: it is created, or cancelled."""
    ctx.setups.pop((setup.server_id, setup.user_id), None)


def put_back(ctx: Context, setup: Setup) -> None:
    """Keep a set-up again that could not be created, unless a newer one was begun meanwhile."""
    ctx.setups.setdefault((setup.server_id, setup.user_id), setup)


def turned(setup: Setup, by: int) -> Setup:
    """Return the set-up so many steps on (or back). Raises ModeratorError (setup_channel) without
    a channel, since everything else is about it.
    """
    if by > 0 and setup.wish.channel_id is None:
        raise ModeratorError("setup_channel")
    index = min(max(STEPS.index(setup.step) + by, 0), len(STEPS) - 1)
    return replace(setup, step=STEPS[index], zones=())


def banks_chosen(setup: Setup) -> list[str]:
    """Return the names of the banks that were chosen so far; empty: every bank."""
    text = setup.wish.banks or CLEAR
    return [] if text == CLEAR else [name.strip() for name in text.split(",")]


async def plan(ctx: Context, setup: Setup) -> Plan:
    """Return the plan of what was chosen so far, with defaults for the rest.

    Raises ModeratorError: setup_channel, and what `drafts.draft` raises.
    """
    if setup.wish.channel_id is None:
        raise ModeratorError("setup_channel")
    return await drafts.draft(ctx, setup.server_id, setup.wish)


async def look(ctx: Context, setup: Setup, chosen: Plan, name: str) -> Look:
    """Return what the plan would come to as a schedule of that name."""
    now = ctx.clock()
    fields: dict[str, Any] = asdict(replace(chosen, name=name))
    schedule = Schedule(
        **fields,
        id=0,
        server_id=setup.server_id,
        created_by=setup.user_id,
        created_at=now,
        active_since=now,
        paused_at=None,
        pause_reason="",
    )
    outlook = await schedules.outlook(ctx, schedule)
    return Look(schedule, outlook, await _sample(ctx, schedule, outlook.upcoming[0]))


async def create(ctx: Context, setup: Setup, chosen: Plan, name: str) -> tuple[Schedule, bool]:
    """Keep the plan as a schedule, and the server's new moderator role; return the schedule, and
    whether its zone became the server's. Where the name is taken, a number is put behind it.

    Raises ModeratorError: schedules_full.
    """
    if setup.moderator_role_id is not None:
        role_id = setup.moderator_role_id
        await servers.change(ctx, setup.server_id, moderator_role_id=role_id)
    for number in count(1):
        named = replace(chosen, name=name if number == 1 else f"{name} {number}")
        try:
            return await schedules.create(ctx, setup.server_id, setup.user_id, named)
        except ModeratorError as error:
            if error.code != "schedule_name_taken":
                raise
    raise AssertionError


async def _sample(ctx: Context, schedule: Schedule, due_at: datetime) -> Round | None:
    found = await ctx.store.read(
        questions.sample,
        server_id=schedule.server_id,
        channel_id=schedule.channel_id,
        banks=schedule.banks,
        topics=schedule.topics,
        difficulty_min=schedule.difficulty_min,
        difficulty_max=schedule.difficulty_max,
        random=ctx.random,
    )
    if found is None:
        return None
    closes_at = due_at + timedelta(minutes=schedule.open_minutes)
    return Round(
        id=0,
        server_id=schedule.server_id,
        channel_id=schedule.channel_id,
        schedule_id=None,
        local_date=None,
        due_at=due_at,
        state=State.PLANNED,
        manner=schedule.manner,
        open_minutes=schedule.open_minutes,
        role_id=schedule.role_id,
        thread=schedule.thread,
        bank=found.bank,
        bank_title=found.bank_title,
        question_id=found.id,
        question=found.question,
        message_id=None,
        opened_at=due_at,
        closes_at=closes_at,
        revealed_at=None,
        late=False,
    )
