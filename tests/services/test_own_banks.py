"""What moderators write for their server's banks, without a Discord."""

from typing import Any

import pytest

from bot.errors import ModeratorError
from bot.services import imports, own_banks, questions
from bot.services.context import Context
from bot.services.own_banks import BankName
from bot.store import tables as t
from tests.support.contexts import ALICE, BOB, SERVER, clock_of, rows
from tests.support.questions import a_bank

BANK = BankName("rivers", "Rivers")
VALUES: dict[str, Any] = {
    "prompt": "Where does the Rhine end?",
    "options": ["In the North Sea", "In the Baltic"],
    "answer": "A",
    "topic": "Rivers",
    "difficulty": 2,
}


async def saved(context: Context, server_id: int = SERVER, **changes: Any) -> int:
    draft = await own_banks.begin(context, server_id, ALICE, BANK, VALUES | changes)
    changed = await own_banks.save(context, server_id, ALICE, draft.id)
    assert changed.before is None
    assert changed.after is not None
    return changed.after.id


async def test_a_draft_is_kept_for_two_weeks_and_is_its_writers_alone(context: Context) -> None:
    draft = await own_banks.begin(context, SERVER, ALICE, BANK, VALUES)
    for server_id, user_id in ((SERVER, BOB), (SERVER + 1, ALICE)):
        with pytest.raises(ModeratorError, match="draft_gone"):
            await own_banks.save(context, server_id, user_id, draft.id)
        with pytest.raises(ModeratorError, match="draft_gone"):
            await own_banks.change(context, server_id, user_id, draft.id, {"prompt": "Mine?"})
        with pytest.raises(ModeratorError, match="draft_gone"):
            await own_banks.drop(context, server_id, user_id, draft.id)
    clock_of(context).advance(days=13)
    await own_banks.begin(context, SERVER, BOB, BANK, VALUES)
    assert (await own_banks.unsaved(context, SERVER, ALICE)) == draft
    clock_of(context).advance(days=2)
    await own_banks.begin(context, SERVER, BOB, BANK, VALUES)
    assert await own_banks.unsaved(context, SERVER, ALICE) is None


async def test_a_bank_is_named_by_its_title_and_never_as_a_shipped_one(context: Context) -> None:
    await questions.sync(context, [a_bank()])
    assert await own_banks.named(context, SERVER, " Our  Rivers ") == BankName(
        "our-rivers", "Our Rivers"
    )
    for typed, code in (
        ("testing", "bank_is_shipped"),
        ("Testing", "bank_is_shipped"),
        (" ", "bank_nameless"),
        ("x" * 81, "bank_title_long"),
    ):
        with pytest.raises(ModeratorError, match=code):
            await own_banks.named(context, SERVER, typed)
    await saved(context)
    for typed in ("rivers", "RIVERS"):
        assert await own_banks.named(context, SERVER, typed) == BANK
    # A file that calls itself like a shipped bank is not in its way.
    found = await imports.read(context, SERVER, ALICE, "testing.gift", b"Is ice cold? {T}")
    assert found.bank == BankName("testing-ours", "Testing (ours)")


async def test_an_id_is_never_given_again_not_even_a_retired_ones(context: Context) -> None:
    first = await saved(context)
    stored = await questions.get(context, first)
    assert stored is not None
    await own_banks.retire(context, SERVER, ALICE, stored)
    again = await saved(context, options=["In the Baltic", "In the North Sea"], answer="B")
    found = {row["id"]: row["slug"] for row in await context.store.read(rows, t.questions)}
    assert found == {first: "where-does-the-rhine-end", again: "where-does-the-rhine-end-2"}
    # Another server's ids are its own business.
    elsewhere = await saved(context, SERVER + 1)
    (row,) = await context.store.read(rows, t.questions, id=elsewhere)
    assert row["slug"] == "where-does-the-rhine-end"


async def test_a_full_bank_takes_no_more_until_some_are_retired(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.queries.own_banks.MOST", 1)
    first = await questions.get(context, await saved(context))
    assert first is not None
    draft = await own_banks.begin(context, SERVER, ALICE, BANK, VALUES | {"prompt": "And the Po?"})
    with pytest.raises(ModeratorError, match="bank_full"):
        await own_banks.save(context, SERVER, ALICE, draft.id)
    await own_banks.retire(context, SERVER, ALICE, first)
    with pytest.raises(ModeratorError, match="question_retired"):
        await own_banks.retire(context, SERVER, ALICE, first)
    await own_banks.save(context, SERVER, ALICE, draft.id)
    with pytest.raises(ModeratorError, match="bank_full"):
        await own_banks.restore(context, SERVER, ALICE, first)


async def test_a_start_leaves_a_servers_own_banks_alone(context: Context) -> None:
    mine = await saved(context)
    await questions.sync(context, [a_bank()])
    await questions.sync(context, [])
    active = {
        row["id"] for row in await context.store.read(rows, t.questions) if not row["retired_at"]
    }
    assert active == {mine}


async def test_a_question_that_the_check_faults_is_saved_only_where_it_can_be_asked(
    context: Context,
) -> None:
    for wrong in ({"answer": "C"}, {"topic": ""}, {"options": ["one"]}, {"prompt": "p" * 1001}):
        draft = await own_banks.begin(context, SERVER, ALICE, BANK, VALUES | wrong)
        with pytest.raises(ModeratorError, match="draft_wrong"):
            await own_banks.save(context, SERVER, ALICE, draft.id)
        assert await own_banks.unsaved(context, SERVER, ALICE) == draft
    assert await context.store.read(rows, t.questions) == []
