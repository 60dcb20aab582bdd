"""From what a moderator typed to a plan that can be kept."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from bot.domain import durations
from bot.domain.calendar import (
    ScheduleRuleError,
    check_cron,
    check_zone,
    describe,
    parse_days,
    parse_time,
)
from bot.domain.round import Manner
from bot.domain.schedule import Plan
from bot.errors import ModeratorError
from bot.services import questions, servers
from bot.services.context import Context
from bot.store.queries import questions as queries
from bot.store.queries.questions import Stock

CLEAR = "none"
"""What a moderator types to take a choice of banks or topics back."""

LONGEST_ROUND = 7 * 24 * 60
LONGEST_CATCH_UP = 24 * 60
"""In minutes, as in bot/settings.py."""

MOST_TOLD = 15
"""Names that are told to somebody who typed another: more would not be read."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a moderator typed for a schedule or a round; None: nothing."""

    name: str | None = None
    channel_id: int | None = None
    time: str | None = None
    days: str | None = None
    """Plain days or a cron line."""
    zone: str | None = None
    banks: str | None = None
    """Names with commas between them, or CLEAR."""
    topics: str | None = None
    difficulty_min: int | None = None
    difficulty_max: int | None = None
    open_for: str | None = None
    manner: Manner | None = None
    role_id: int | None = None
    """0 clears."""
    thread: bool | None = None
    catch_up: str | None = None


async def draft(ctx: Context, server_id: int, wish: Wish, base: Plan | None = None) -> Plan:
    """Return the plan that a wish makes: of `base` where it is an edit, else of the defaults.

    A new plan needs a name and a channel. Raises ModeratorError when something in it cannot be
    used, or no question fits.
    """
    try:
        plan = await _read(ctx, server_id, wish, base or await _defaults(ctx, server_id, wish))
    except ScheduleRuleError as error:
        raise ModeratorError(f"rule_{error.code}", **error.values) from None
    if plan.difficulty_min > plan.difficulty_max:
        raise ModeratorError("difficulty_reversed")
    if (await stock_of(ctx, server_id, plan)).fitting == 0:
        raise ModeratorError("nothing_fits")
    return plan


async def stock_of(ctx: Context, server_id: int, plan: Plan) -> Stock:
    """Count the questions that fit a plan."""
    return await ctx.store.read(
        queries.stock,
        server_id=server_id,
        channel_id=plan.channel_id,
        banks=plan.banks,
        topics=plan.topics,
        difficulty_min=plan.difficulty_min,
        difficulty_max=plan.difficulty_max,
    )


async def banks(ctx: Context, server_id: int) -> dict[str, str]:
    """Return the titles of the banks that the server can use, by name."""
    return {bank.name: bank.title for bank in await questions.listing(ctx, server_id)}


async def topics(ctx: Context, server_id: int) -> list[str]:
    """Return the topics of those banks."""
    listing = await questions.listing(ctx, server_id)
    return sorted({topic for bank in listing for topic in bank.topics})


async def _defaults(ctx: Context, server_id: int, wish: Wish) -> Plan:
    assert wish.name is not None
    assert wish.channel_id is not None
    rounds = ctx.settings.rounds
    return Plan(
        name=wish.name,
        channel_id=wish.channel_id,
        cron=parse_days(wish.days or "daily", wish.time),
        zone=(await servers.get(ctx, server_id)).zone,
        open_minutes=rounds.open_minutes,
        manner=rounds.manner,
        catch_up_minutes=rounds.catch_up_minutes,
    )


async def _read(ctx: Context, server_id: int, wish: Wish, base: Plan) -> Plan:
    plan = Plan(**{field.name: getattr(base, field.name) for field in fields(Plan)})
    read: dict[str, object] = {
        "name": _given(_name, wish.name),
        "channel_id": wish.channel_id,
        "cron": _cron(wish, base.cron),
        "zone": _given(check_zone, wish.zone),
        "difficulty_min": wish.difficulty_min,
        "difficulty_max": wish.difficulty_max,
        "open_minutes": _given(_open_minutes, wish.open_for),
        "manner": wish.manner,
        "thread": wish.thread,
        "catch_up_minutes": _given(_catch_up_minutes, wish.catch_up),
    }
    if wish.banks is not None:
        read["banks"] = _chosen(wish.banks, list(await banks(ctx, server_id)), "bank_unknown")
    if wish.topics is not None:
        read["topics"] = _chosen(wish.topics, await topics(ctx, server_id), "topic_unknown")
    plan = replace(plan, **{key: value for key, value in read.items() if value is not None})
    return plan if wish.role_id is None else replace(plan, role_id=wish.role_id or None)


def _given(read: Callable[[str], T], text: str | None) -> T | None:
    return None if text is None else read(text)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise ModeratorError("schedule_nameless")
    return name


def _cron(wish: Wish, cron: str) -> str | None:
    """Return the new cron line: new days keep the old time, a new time keeps the old days."""
    if wish.days is not None:
        try:
            return parse_days(wish.days, wish.time)
        except ScheduleRuleError as error:
            if error.code != "no_time":
                raise
            return parse_days(wish.days, describe(cron).at)
    if wish.time is not None:
        at = parse_time(wish.time)
        return check_cron(f"{at.minute} {at.hour} {cron.split(maxsplit=2)[2]}")
    return None


def _open_minutes(text: str) -> int:
    return _minutes(text, "open_for_unusable", 1, LONGEST_ROUND)


def _catch_up_minutes(text: str) -> int:
    return _minutes(text, "catch_up_unusable", 0, LONGEST_CATCH_UP)


def _minutes(text: str, code: str, least: int, most: int) -> int:
    try:
        minutes = durations.parse_minutes(text)
    except ValueError:
        minutes = -1
    if not least <= minutes <= most:
        raise ModeratorError(code)
    return minutes


def _chosen(text: str, known: list[str], code: str) -> tuple[str, ...]:
    """Return the known names that were asked for, in their own spelling; CLEAR is all of them."""
    if text.strip().casefold() == CLEAR:
        return ()
    by_key = {name.casefold(): name for name in known}
    asked = [part.strip().casefold() for part in text.split(",") if part.strip()]
    if not asked or any(key not in by_key for key in asked):
        raise ModeratorError(code, known=", ".join(known[:MOST_TOLD]) or "-")
    return tuple(dict.fromkeys(by_key[key] for key in asked))
