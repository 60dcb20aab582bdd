"""A posted question gets another key, or is taken back, open or revealed: seen first, then done.

Points change in one transaction with the entry in the audit; the post follows it. A process that
dies in between leaves `shown_at` empty, and the waking task shows what came of it.
"""

import logging

from bot.domain.question import LONGEST_EXPLANATION
from bot.domain.round import Round, State
from bot.errors import ModeratorError
from bot.services import rounds
from bot.services.context import Context
from bot.store.queries import regrading as queries
from bot.store.queries import rounds as round_queries
from bot.store.queries.regrading import Change, Effect

__all__ = ["Change", "Effect", "apply", "find", "look", "recent"]

log = logging.getLogger(__name__)

OFFERED = 25
"""Choices that Discord shows."""


async def find(ctx: Context, server_id: int, channel_id: int, message_id: int | None) -> Round:
    """Return the round of a post; without one, the channel's newest open round, or else its newest
    revealed one. Raises ModeratorError: post_unknown, no_posted_round.
    """
    if message_id is None:
        round_ = await ctx.store.read(queries.newest, channel_id=channel_id)
    else:
        round_ = await ctx.store.read(round_queries.by_message, message_id=message_id)
    if round_ is None or round_.server_id != server_id:
        raise ModeratorError("no_posted_round" if message_id is None else "post_unknown")
    return round_


async def recent(ctx: Context, server_id: int) -> list[Round]:
    """Return the server's open and revealed rounds, those that opened last first."""
    return await ctx.store.read(queries.recent, server_id=server_id, limit=OFFERED)


async def look(ctx: Context, server_id: int, round_id: int, key: str | None = None) -> Effect:
    """Return what a new key does to a round; without one, what cancelling it does.

    Raises ModeratorError: round_unknown, round_not_posted, key_not_an_option, key_is_that.
    """
    # It changes nothing. But it reads everybody's answers: in the writer's thread that does not
    # hold up the event loop.
    return await ctx.store.write(queries.look, server_id=server_id, round_id=round_id, key=key)


async def apply(
    ctx: Context,
    server_id: int,
    round_id: int,
    key: str | None,
    *,
    mark: str,
    by: int,
    explanation: str = "",
) -> tuple[Effect, bool]:
    """Do what `look` told, for the moderator `by`. Where it would do something else by now (its
    `mark` differs) nothing is done; return what changes, and whether it was done. With a key, an
    `explanation` takes the place of the question's; an empty one leaves it.

    Raises what `look` raises; ModeratorError (key_explanation_too_long); and DiscordError when the
    post could not be changed: it is done all the same, and the waking task shows it later.
    """
    explanation = explanation.strip()
    if len(explanation) > LONGEST_EXPLANATION:
        raise ModeratorError(
            "key_explanation_too_long", length=len(explanation), longest=LONGEST_EXPLANATION
        )
    round_ = await rounds.get(ctx, round_id)
    if round_ is None:
        raise ModeratorError("round_unknown")
    # The lock keeps a reveal that is on its way to the channel from being noted as shown after
    # this has changed what it shows.
    async with ctx.channel(round_.channel_id):
        effect, done = await ctx.store.write(
            queries.apply,
            server_id=server_id,
            round_id=round_id,
            key=key,
            mark=mark,
            by=by,
            now=ctx.clock(),
            explanation=explanation or None,
        )
        ctx.wake()
        if done and (key is None or effect.round.state is State.REVEALED):
            await rounds.show(ctx, round_id)
    if done:
        log.info("Round %s: %s", round_id, "cancelled" if key is None else "another key")
    return effect, done
