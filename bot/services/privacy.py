"""Privacy: what is kept about a member, as numbers and as a file, and all of it gone."""

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any

from bot.errors import DiscordError, ModeratorError
from bot.services.context import Context
from bot.store.queries import consents, exports, privacy, rounds
from bot.store.queries.privacy import Kept

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted, and what only the member can take away."""

    kept: Kept
    """How much there was."""
    reactions_left: tuple[int, ...]
    """Channels with a reaction of the member that Discord did not let the bot take away. It would
    be read as a new answer.
    """


async def summary(ctx: Context, user_id: int) -> Kept:
    """Return how much is kept about a member, over all servers."""
    return await ctx.store.read(privacy.count, user_id=user_id)


async def consented(ctx: Context, user_id: int) -> bool:
    """Return whether a member's reviewed explanations may train the grader; off by default."""
    return await ctx.store.read(consents.given, user_id=user_id)


async def consent(ctx: Context, user_id: int, agrees: bool) -> None:
    """Note that a member agrees to training, or does no longer."""
    await ctx.store.write(consents.change, user_id=user_id, agrees=agrees, now=ctx.clock())


async def export(ctx: Context, user_id: int) -> bytes:
    """Return everything of a member as an indented JSON file in UTF-8."""
    found: dict[str, Any] = {
        "user_id": str(user_id),
        "exported_at": ctx.clock().isoformat().replace("+00:00", "Z"),
    }
    found |= await ctx.store.read(exports.of_member, user_id=user_id)
    # Years of explanations are megabytes: too much to format on the event loop.
    text = await asyncio.to_thread(json.dumps, found, ensure_ascii=False, indent=2)
    return text.encode()


async def delete(ctx: Context, user_id: int) -> Deleted:
    """Delete everything of a member in all servers, in one transaction.

    Reactions that still stand (in the open manner an answer is one) go first, or the next look at
    the post would store them again.
    """
    kept = await summary(ctx, user_id)
    left: list[int] = []
    for round_id, options in await ctx.store.read(privacy.standing_answers, user_id=user_id):
        round_ = await ctx.store.read(rounds.get, round_id=round_id)
        assert round_ is not None
        try:
            await ctx.publisher.remove_reactions(round_, user_id, options)
        except (ModeratorError, DiscordError) as error:
            # Trouble with Discord must not keep anybody from deleting what is stored here.
            log.warning("Round %s: a reaction stays: %s", round_id, error)
            left.append(round_.channel_id)
    await ctx.store.write(privacy.delete, user_id=user_id)
    return Deleted(kept, tuple(dict.fromkeys(left)))
