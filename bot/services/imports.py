"""Banks in and out: a file is reported on first, kept as a draft, and brought in when confirmed."""

import asyncio
from dataclasses import dataclass
from typing import Any

from bot.bank import exports, report
from bot.bank.exports import Exported
from bot.bank.imports import Report, Wishes, report_on
from bot.domain.question import Question
from bot.errors import ModeratorError
from bot.services import own_banks
from bot.services.context import Context
from bot.services.own_banks import BankName, values_of
from bot.store.queries import drafts
from bot.store.queries.questions import SHIPPED

MAX_BYTES = 1024 * 1024
"""Of a file that is uploaded."""
DIFFICULTY = 2
"""Of questions whose file tells none, unless the moderator does."""


@dataclass(frozen=True, slots=True)
class Read:
    """An upload that was read: nothing of it is in the bank yet."""

    report: Report
    told: bytes
    """All that it says, as a text file in UTF-8."""
    bank: BankName
    topic: str
    """Of questions without one."""
    difficulty: int
    """Of questions without one."""
    draft_id: int | None
    """What is to be confirmed; None: nothing comes in."""
    coming: int
    """How many questions come in when confirmed."""


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What an import brought."""

    bank: BankName
    question_ids: tuple[int, ...]
    """Of their rows."""


async def read(
    ctx: Context,
    server_id: int,
    user_id: int,
    name: str,
    raw: bytes,
    *,
    format_name: str | None = None,
    bank: str | None = None,
    topic: str | None = None,
    difficulty: int | None = None,
) -> Read:
    """Report on an uploaded file and keep what would come in until it is confirmed.

    `name` is the file's name, `format_name` one of `formats.table.READ` (None: found out), `bank`
    the title of the bank that it goes to (None: by the file). Raises ModeratorError:
    file_too_large, and for a `bank` that cannot be had.
    """
    if len(raw) > MAX_BYTES:
        raise ModeratorError("file_too_large", most=MAX_BYTES // 2**20)
    into = await own_banks.named(ctx, server_id, bank) if bank else None
    said = {"topic": (topic or "").strip(), "difficulty": difficulty}
    known = await own_banks.known(ctx, server_id)
    taken = await own_banks.taken(ctx, server_id)
    async with ctx.reading:
        found = await asyncio.to_thread(
            report_on,
            name,
            raw,
            format_name=format_name,
            known=known,
            taken=taken,
            wishes=Wishes({key: one for key, one in said.items() if one}),
        )
    into = into or await _by_file(ctx, server_id, found)
    topic, difficulty = (topic or "").strip() or into.title[:60], difficulty or DIFFICULTY
    content = await asyncio.to_thread(_completed, found, topic, difficulty)
    kept = None
    if content:
        kept = await ctx.store.write(
            drafts.begin,
            server_id=server_id,
            user_id=user_id,
            kind="import",
            question_id=None,
            bank=into.name,
            bank_title=into.title,
            content=content,
            now=ctx.clock(),
        )
    told = await asyncio.to_thread(_told, found)
    return Read(found, told, into, topic, difficulty, kept.id if kept else None, len(content))


async def bring_in(ctx: Context, server_id: int, user_id: int, draft_id: int) -> BroughtIn:
    """Add all questions of a moderator's import to the server's bank, in one change: all or none.

    Raises ModeratorError: draft_gone, question_id_taken, bank_full.
    """
    kept = await ctx.store.read(drafts.get, server_id=server_id, user_id=user_id, draft_id=draft_id)
    if kept is None or kept.kind != "import":
        raise ModeratorError("draft_gone")
    new = await asyncio.to_thread(lambda: [Question.model_validate(one) for one in kept.content])
    added = await ctx.store.write(
        drafts.bring_in,
        server_id=server_id,
        user_id=user_id,
        draft_id=draft_id,
        new=new,
        now=ctx.clock(),
    )
    ctx.wake()
    return BroughtIn(BankName(kept.bank, kept.bank_title), tuple(added))


async def export(
    ctx: Context, server_id: int, bank: str, format_name: str
) -> tuple[Exported, str, str]:
    """Return a bank of the server, or a shipped one, as a file of a format of
    `formats.table.WRITTEN`, with the bank's title and name.

    Raises ModeratorError: export_unknown, export_nothing.
    """
    plain = bank.strip().casefold()
    listed = {
        **await own_banks.titles(ctx, SHIPPED),
        **await own_banks.titles(ctx, server_id),
    }
    name = next((one for one, title in listed.items() if plain in (one, title.casefold())), None)
    found = await own_banks.contents(ctx, server_id, name) if name else []
    if name is None or not found:
        raise ModeratorError("export_unknown")
    title = listed[name]
    done = await asyncio.to_thread(
        lambda: exports.export(format_name, title, [values_of(one) for one in found])
    )
    if not done.count:
        raise ModeratorError("export_nothing")
    return done, title, name


def _told(found: Report) -> bytes:
    return "\n".join([*report.told(found), report.summary(found), ""]).encode(errors="replace")


async def _by_file(ctx: Context, server_id: int, found: Report) -> BankName:
    """Return the bank that a file goes to by what it calls itself, or by its name."""
    stem = found.name.rpartition("/")[2].partition(".")[0]
    title = found.title or stem.replace("-", " ").replace("_", " ").strip().capitalize()
    title = " ".join(report.shown(title).split())[: own_banks.LONGEST_TITLE - 8] or "Imported"
    try:
        return await own_banks.named(ctx, server_id, title)
    except ModeratorError:  # a shipped bank is called so
        return await own_banks.named(ctx, server_id, f"{title} (ours)")


def _completed(found: Report, topic: str, difficulty: int) -> list[dict[str, Any]]:
    """Return what comes in, with what a question cannot be asked without."""
    defaults = {"topic": topic, "difficulty": difficulty}
    return [
        Question.model_validate({**defaults, **one.values}).model_dump(
            mode="json", exclude_defaults=True
        )
        for one in found.incoming
        if not one.same_as
    ]
