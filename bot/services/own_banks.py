"""A server's own banks, as moderators write them: drafts that are judged, and the few acts that
change a bank (`save`, `retire`, `restore`; an import's is in `imports`).
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.bank.imports import Known, identify, unused
from bot.bank.judge import Judged, judge
from bot.errors import ModeratorError
from bot.services.context import Context
from bot.store.queries import drafts, own_banks
from bot.store.queries.drafts import Draft
from bot.store.queries.own_banks import Changed
from bot.store.queries.questions import SHIPPED, StoredQuestion

LONGEST_TITLE = 80
"""Characters, as in `bot.domain.question.Bank`."""


@dataclass(frozen=True, slots=True)
class BankName:
    """A server's own bank: there already, or to be with its first question."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft of a question and what is found about it."""

    draft: Draft
    judged: Judged

    @property
    def values(self) -> dict[str, Any]:
        """The question's values as far as they are written."""
        return self.draft.content[0]


async def titles(ctx: Context, server_id: int) -> dict[str, str]:
    """Return the titles of the server's own banks by name."""
    return await ctx.store.read(own_banks.banks, server_id=server_id)


async def named(ctx: Context, server_id: int, typed: str) -> BankName:
    """Return the server's own bank of a name or title; one that is not there is a new one.

    Raises ModeratorError: bank_nameless, bank_title_long, bank_is_shipped.
    """
    title = " ".join(typed.split())
    if not title:
        raise ModeratorError("bank_nameless")
    if len(title) > LONGEST_TITLE:
        raise ModeratorError("bank_title_long", longest=LONGEST_TITLE)
    for name, own in (await titles(ctx, server_id)).items():
        if title.casefold() in (name, own.casefold()):
            return BankName(name, own)
    shipped = await titles(ctx, SHIPPED)
    name = identify(title)
    if name in shipped or title.casefold() in (one.casefold() for one in shipped.values()):
        raise ModeratorError("bank_is_shipped")
    return BankName(name, title)


async def contents(ctx: Context, server_id: int, bank: str | None = None) -> list[StoredQuestion]:
    """Return every question that the server can be asked, or those of one bank by its name."""
    rows = await ctx.store.read(own_banks.contents, server_id=server_id, bank=bank)
    return await asyncio.to_thread(lambda: [row.read() for row in rows])


async def known(ctx: Context, server_id: int) -> list[Known]:
    """Return every question that the server can be asked, and where it stands."""
    return [Known(one.question, one.bank_title) for one in await contents(ctx, server_id)]


async def taken(ctx: Context, server_id: int) -> set[str]:
    """Return the ids that no new question of the server may have."""
    return await ctx.store.read(own_banks.ids, server_id=server_id)


async def unsaved(
    ctx: Context, server_id: int, user_id: int, question_id: int | None = None
) -> Draft | None:
    """Return what a moderator has written and not saved: of a new question, or of a change to
    `question_id`.
    """
    return await ctx.store.read(
        drafts.unsaved, server_id=server_id, user_id=user_id, question_id=question_id
    )


async def begin(
    ctx: Context,
    server_id: int,
    user_id: int,
    bank: BankName,
    values: Mapping[str, Any],
    question_id: int | None = None,
) -> Draft:
    """Keep a new draft of a question, or of a change to the server's question `question_id`."""
    return await ctx.store.write(
        drafts.begin,
        server_id=server_id,
        user_id=user_id,
        kind="question",
        question_id=question_id,
        bank=bank.name,
        bank_title=bank.title,
        content=[{**values}],
        now=ctx.clock(),
    )


async def begin_edit(ctx: Context, server_id: int, user_id: int, stored: StoredQuestion) -> Draft:
    """Keep a draft of a change to one of the server's own questions, which is to begin with what
    it holds; one that the moderator has not saved yet is returned as it is.

    Raises ModeratorError: question_shipped.
    """
    if stored.server_id != server_id:
        raise ModeratorError("question_shipped", bank=stored.bank_title)
    found = await unsaved(ctx, server_id, user_id, stored.id)
    if found is not None:
        return found
    bank = BankName(stored.bank, stored.bank_title)
    return await begin(ctx, server_id, user_id, bank, values_of(stored), stored.id)


async def begin_copy(
    ctx: Context, server_id: int, user_id: int, stored: StoredQuestion, bank: BankName
) -> Draft:
    """Keep a draft of a new question of the server's that begins as a copy of a shipped one."""
    values = {key: value for key, value in values_of(stored).items() if key != "id"}
    return await begin(ctx, server_id, user_id, bank, values)


async def draft(ctx: Context, server_id: int, user_id: int, draft_id: int) -> Draft:
    """Return a moderator's own draft of a question. Raises ModeratorError (draft_gone)."""
    found = await ctx.store.read(
        drafts.get, server_id=server_id, user_id=user_id, draft_id=draft_id
    )
    if found is None or found.kind != "question":
        raise ModeratorError("draft_gone")
    return found


async def change(
    ctx: Context, server_id: int, user_id: int, draft_id: int, values: Mapping[str, Any]
) -> Draft:
    """Write values into a draft; what they do not name stays.

    Raises ModeratorError: draft_gone.
    """
    found = await ctx.store.write(
        drafts.change,
        server_id=server_id,
        user_id=user_id,
        draft_id=draft_id,
        values={**values},
        now=ctx.clock(),
    )
    if found is None:
        raise ModeratorError("draft_gone")
    return found


async def drop(ctx: Context, server_id: int, user_id: int, draft_id: int) -> None:
    """Delete a moderator's own draft, of whatever kind. Raises ModeratorError (draft_gone)."""
    gone = await ctx.store.write(
        drafts.drop, server_id=server_id, user_id=user_id, draft_id=draft_id
    )
    if not gone:
        raise ModeratorError("draft_gone")


async def look(ctx: Context, kept: Draft) -> Looked:
    """Judge a draft of a question by what `tutor check` looks at."""
    found = await contents(ctx, kept.server_id)
    others = [one for one in found if one.id != kept.question_id]
    judged = await asyncio.to_thread(
        judge,
        {"id": "stand-in", **kept.content[0]},
        [Known(one.question, one.bank_title) for one in others],
        [
            one.question
            for one in others
            if (one.server_id, one.bank) == (kept.server_id, kept.bank)
        ],
    )
    return Looked(kept, judged)


async def save(ctx: Context, server_id: int, user_id: int, draft_id: int) -> Changed:
    """Make a moderator's draft a question of the server's bank: a new one, or in the place of the
    one that it changes.

    Raises ModeratorError: draft_gone, draft_wrong, question_gone, question_id_taken,
    nothing_to_change, bank_full.
    """
    looked = await look(ctx, await draft(ctx, server_id, user_id, draft_id))
    question = looked.judged.question
    if question is None or looked.judged.wrong:
        raise ModeratorError("draft_wrong")
    if looked.draft.question_id is None:
        wanted = unused(identify(question.prompt), await taken(ctx, server_id))
        question = question.model_copy(update={"id": wanted})
    saved = await ctx.store.write(
        drafts.save,
        server_id=server_id,
        user_id=user_id,
        draft_id=draft_id,
        question=question,
        now=ctx.clock(),
    )
    ctx.wake()
    return saved


async def retire(ctx: Context, server_id: int, user_id: int, stored: StoredQuestion) -> Changed:
    """Have one of the server's own questions not be asked any more; rounds keep it.

    Raises ModeratorError: question_shipped, question_retired, question_gone.
    """
    if stored.server_id != server_id:
        raise ModeratorError("question_shipped", bank=stored.bank_title)
    return await _switch(ctx, own_banks.retire, server_id, user_id, stored)


async def restore(ctx: Context, server_id: int, user_id: int, stored: StoredQuestion) -> Changed:
    """Have one of the server's own retired questions be asked again.

    Raises ModeratorError: question_not_retired, question_gone, bank_full.
    """
    return await _switch(ctx, own_banks.restore, server_id, user_id, stored)


async def _switch(
    ctx: Context,
    change: Callable[..., Changed],
    server_id: int,
    user_id: int,
    stored: StoredQuestion,
) -> Changed:
    done = await ctx.store.write(
        change, server_id=server_id, question_id=stored.id, now=ctx.clock(), by=user_id
    )
    ctx.wake()
    return done


def values_of(stored: StoredQuestion) -> dict[str, Any]:
    """Return what a question holds, as a bank's file would have it."""
    return stored.question.model_dump(mode="json", exclude_defaults=True)
