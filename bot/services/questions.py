"""The questions that can be asked: those of the bank files, kept in step at every start, and a
server's own (`own_banks`), looked for and shown alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.question import Bank, Question
from bot.errors import ModeratorError
from bot.grading import Grade, Submission
from bot.grading.service import GraderBusy, GraderUnavailable
from bot.services.context import Context
from bot.store.queries import own_banks, questions
from bot.store.queries.own_banks import Listed
from bot.store.queries.questions import BankListing, StoredQuestion, Synced


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a moderator looks for; None: whatever."""

    text: str | None = None
    """In the prompt or the id, in any case."""
    topic: str | None = None
    difficulty: int | None = None
    bank: str | None = None
    """A bank's name or title."""
    retired: bool = False


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


async def search(ctx: Context, server_id: int, wish: Search) -> list[Listed]:
    """Return the questions that a server can be asked and that fit, its own ones first."""
    found = await ctx.store.read(own_banks.visible, server_id=server_id)
    return [one for one in found if _fits(one, wish)]


async def find(
    ctx: Context, server_id: int, typed: str, *, retired: bool = False
) -> StoredQuestion:
    """Return the question that a moderator means by what they typed or chose: the number of its
    row, its id, or words of its prompt that no other one has. `retired` looks among the server's
    retired ones instead.

    Raises ModeratorError: question_unknown, question_ambiguous.
    """
    known = await search(ctx, server_id, Search(retired=retired))
    plain = typed.strip().casefold()
    ways: tuple[list[Listed], ...] = (
        [one for one in known if str(one.id) == plain],
        [one for one in known if one.slug == plain],
        [one for one in known if one.prompt.casefold() == plain],
        [one for one in known if plain and plain in one.prompt.casefold()],
    )
    found = next(filter(None, ways), ways[0])
    if len(found) > 1:
        raise ModeratorError("question_ambiguous", n=len(found))
    stored = await get(ctx, found[0].id) if found else None
    if stored is None:
        raise ModeratorError("question_unknown")
    return stored


async def to_be_seen(ctx: Context, server_id: int, question_id: int) -> StoredQuestion:
    """Return a question of the server or a shipped one, with its key, for a moderator.

    Moderators answer too: of a question that is open in the server nothing is shown. Raises
    ModeratorError: question_unknown, question_open.
    """
    stored = await get(ctx, question_id)
    if stored is None or stored.server_id not in (questions.SHIPPED, server_id):
        raise ModeratorError("question_unknown")
    if await ctx.store.read(questions.is_open, server_id=server_id, stored=stored):
        raise ModeratorError("question_open")
    return stored


async def try_explanation(ctx: Context, question: Question, text: str) -> Grade:
    """Grade a moderator's text about a question; nothing is stored.

    Raises ModeratorError: try_empty, try_too_long, no_reference, grader_away.
    """
    text, longest = text.strip(), ctx.settings.explanations.max_characters
    if not question.references:
        raise ModeratorError("no_reference")
    if not text:
        raise ModeratorError("try_empty")
    if len(text) > longest:
        raise ModeratorError("try_too_long", length=len(text), longest=longest)
    try:
        return await ctx.grader.grade(Submission.about(question, text))
    except (GraderUnavailable, GraderBusy) as error:
        raise ModeratorError("grader_away") from error


def _fits(one: Listed, wish: Search) -> bool:
    text = (wish.text or "").strip().casefold()
    topic = (wish.topic or "").strip().casefold()
    bank = (wish.bank or "").strip().casefold()
    return (
        one.retired is wish.retired
        and text in f"{one.prompt}\n{one.slug}".casefold()
        and topic in one.topic.casefold()
        and wish.difficulty in (None, one.difficulty)
        and bank in ("", one.bank, one.bank_title.casefold())
    )
