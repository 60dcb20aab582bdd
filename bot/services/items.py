"""Item statistics: how a server's questions do, for its moderators to make them better.

Only revealed rounds count. Of a question that is open anywhere in the server nothing is told, not
of earlier versions either: moderators play too, and its figures would give the key away.
"""

from dataclasses import dataclass

from bot.domain.items import LEAST_TRIED, Finding, Item, Reason, findings
from bot.errors import ModeratorError
from bot.services.context import Context
from bot.store.queries import items as queries
from bot.store.queries.items import Asked

_GRAVITY = list(Reason)


@dataclass(frozen=True, slots=True)
class Statistics:
    """A question with its figures."""

    asked: Asked
    item: Item
    findings: tuple[Finding, ...]
    """Reasons to look at it, the gravest first."""


@dataclass(frozen=True, slots=True)
class LookAt:
    """The questions to look at, the gravest first, and how many there were to judge."""

    found: tuple[Statistics, ...]
    judged: int
    """Questions that enough members tried."""
    asked: int
    """Questions that were revealed, without those that are open again."""


async def asked(ctx: Context, server_id: int) -> list[Asked]:
    """Return the questions whose figures may be told."""
    every = await ctx.store.read(queries.asked, server_id=server_id)
    return [one for one in every if not one.open]


async def statistics(ctx: Context, server_id: int, name: str) -> Statistics:
    """Return the figures of a question, named by its number (as it is offered while typing), by
    `bank/id`, or by its id alone; without a number, of the newest version.

    Raises ModeratorError: item_unknown, item_open.
    """
    every = await ctx.store.read(queries.asked, server_id=server_id)
    plain = name.strip().casefold()
    named = [one for one in every if plain in (str(one.id), f"{one.bank}/{one.slug}", one.slug)]
    # An id may be all digits too: a number that was chosen from the list wins.
    chosen = next((one for one in named if plain == str(one.id)), next(iter(named), None))
    if chosen is None:
        raise ModeratorError("item_unknown")
    if chosen.open:
        raise ModeratorError("item_open")
    items = await ctx.store.read(queries.figures, server_id=server_id, found=every)
    return _statistics(chosen, items[chosen.id])


async def look_at(ctx: Context, server_id: int) -> LookAt:
    """Return the questions that a moderator should look at."""
    every = await ctx.store.read(queries.asked, server_id=server_id)
    items = await ctx.store.read(queries.figures, server_id=server_id, found=every)
    told = [_statistics(one, items[one.id]) for one in every if not one.open]
    found = [one for one in told if one.findings]
    found.sort(key=lambda one: (_GRAVITY.index(one.findings[0].reason), -one.item.tried))
    judged = sum(one.item.tried >= LEAST_TRIED for one in told)
    return LookAt(tuple(found), judged, len(told))


def _statistics(asked: Asked, item: Item) -> Statistics:
    return Statistics(asked, item, findings(item))
