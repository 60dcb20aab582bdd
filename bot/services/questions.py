"""The questions that can be asked: those of the bank files, kept in step at every start."""

from collections.abc import Sequence

from bot.domain.question import Bank
from bot.services.context import Context
from bot.store.queries import questions
from bot.store.queries.questions import BankListing, StoredQuestion, Synced


async def sync(ctx: Context, banks: Sequence[Bank]) -> Synced:
    """Make the shipped questions those of `banks` (`bot.bank.load.load_banks`), in one change: new
    or changed ones are added, ones that came back are asked again, the rest is retired.
    """
    return await ctx.store.write(questions.sync, banks=banks, now=ctx.clock())


async def get(ctx: Context, question_id: int) -> StoredQuestion | None:
    """Return a question by its row's id, retired or not."""
    return await ctx.store.read(questions.get, question_id=question_id)


async def listing(ctx: Context, server_id: int) -> list[BankListing]:
    """Return the banks that a server can use, for a moderator to choose from."""
    return await ctx.store.read(questions.listing, server_id=server_id)
