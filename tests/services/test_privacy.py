import json
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.round import Manner, Round
from bot.errors import DiscordError, ModeratorError
from bot.services import answers, privacy
from bot.services.context import Context
from bot.store import tables as t
from bot.store.queries import explanations, results
from bot.store.queries.explanations import StoredGrade
from tests.support.contexts import (
    ALICE,
    BOB,
    CHANNEL,
    SERVER,
    add_open_round,
    publisher_of,
    rows,
)
from tests.support.fakes import NOON
from tests.support.questions import a_question


async def insert(context: Context, table: sa.Table, **values: Any) -> None:
    def change(connection: sa.Connection) -> None:
        connection.execute(table.insert().values({"server_id": SERVER} | values))

    await context.store.write(change)


async def answer(context: Context, round_: Round, user_id: int, option: int = 0) -> None:
    assert round_.message_id is not None
    publisher_of(context).react(round_, user_id, option)
    await answers.answer(context, round_.message_id, user_id, option)


async def explain(context: Context, round_: Round, user_id: int, number: int = 1) -> None:
    text = {"round_id": round_.id, "user_id": user_id, "attempt": number, "text": "Weil… 因为"}
    await insert(context, t.explanations, id=number, **text, submitted_at=NOON)


async def grade(context: Context, number: int = 1) -> None:
    points = [
        {"text": "said", "state": "covered", "score": 0.9},
        {"text": "secret", "state": "missing", "score": 0.1},
        {"text": "turned round", "state": "contradicted", "score": 0.1},
    ]
    values: dict[str, Any] = {"label": "correct", "score": 0.8, "confidence": 0.9}
    values |= {"needs_review": False, "flags": [], "key_points": points, "model": "fake 1"}
    await insert(context, t.grades, explanation_id=number, graded_at=NOON, **values)


async def exported(context: Context, user_id: int = ALICE) -> dict[str, Any]:
    return json.loads(await privacy.export(context, user_id))


async def test_the_summary_counts_over_all_servers(context: Context) -> None:
    here = await add_open_round(context)
    await answer(context, here, ALICE)
    await explain(context, here, ALICE)
    await answer(context, await add_open_round(context, server_id=SERVER + 1), ALICE)
    await answer(context, here, BOB)
    kept = await privacy.summary(context, ALICE)
    assert (kept.answers, kept.explanations, kept.hints, kept.servers) == (2, 1, 0, 2)
    assert not kept.nothing


async def test_the_export_is_readable(context: Context) -> None:
    round_ = await add_open_round(context, a_question(prompt="Why?"))
    await answer(context, round_, ALICE, 1)
    await explain(context, round_, ALICE)
    found = await exported(context)
    assert found["user_id"] == str(ALICE)
    assert found["exported_at"] == "2026-03-02T12:00:00Z"
    assert found["answers"] == [
        {
            "server_id": str(SERVER),
            "channel_id": str(CHANNEL),
            "round": round_.id,
            "bank": "testing",
            "question": "Why?",
            "opened_at": "2026-03-02T12:00:00Z",
            "revealed_at": None,
            "option": "B",
            "option_text": "It removes the need for any labelled data.",
            "answered_at": "2026-03-02T12:00:00Z",
        }
    ]
    assert found["explanations"][0]["text"] == "Weil… 因为"
    assert found["explanations"][0]["grade"] is None
    assert "因为" in (await privacy.export(context, ALICE)).decode()


async def test_the_export_of_an_open_round_tells_covered_key_points_only(context: Context) -> None:
    round_ = await add_open_round(context)
    await explain(context, round_, ALICE)
    await grade(context)
    before = (await exported(context))["explanations"][0]["grade"]
    assert [point["text"] for point in before["key_points"]] == ["said"]
    await context.store.write(results.reveal, round_id=round_.id, now=NOON)
    after = (await exported(context))["explanations"][0]["grade"]
    assert [point["text"] for point in after["key_points"]] == ["said", "secret", "turned round"]


async def test_deleting_leaves_totals_and_other_members_alone(context: Context) -> None:
    round_ = await add_open_round(context)
    for member in (ALICE, BOB):
        await answer(context, round_, member)
    await context.store.write(results.reveal, round_id=round_.id, now=NOON)
    before = await context.store.read(rows, t.rounds)
    assert before[0]["tally"]["chosen"] == [2, 0, 0, 0]

    deleted = await privacy.delete(context, ALICE)

    assert (deleted.kept.answers, deleted.kept.results) == (1, 1)
    assert await context.store.read(rows, t.rounds) == before
    assert [row["user_id"] for row in await context.store.read(rows, t.results)] == [BOB]


async def test_an_open_rounds_answer_vanishes_and_is_not_counted(context: Context) -> None:
    round_ = await add_open_round(context)
    await answer(context, round_, ALICE)
    await answer(context, round_, BOB, 1)
    await privacy.delete(context, ALICE)
    await context.store.write(results.reveal, round_id=round_.id, now=NOON)
    (row,) = await context.store.read(rows, t.rounds)
    assert row["tally"]["chosen"] == [0, 1, 0, 0]
    assert [row["user_id"] for row in await context.store.read(rows, t.results)] == [BOB]


async def test_a_reaction_that_stands_goes_too(context: Context) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    await answer(context, round_, ALICE)
    deleted = await privacy.delete(context, ALICE)
    assert deleted.reactions_left == ()
    await answers.reconcile(context, round_)
    assert await context.store.read(rows, t.answers) == []


async def test_a_reaction_that_cannot_go_is_told_and_keeps_nothing_from_going(
    context: Context,
) -> None:
    for error in (ModeratorError("permissions_missing"), DiscordError("busy")):
        round_ = await add_open_round(context, manner=Manner.OPEN, channel_id=CHANNEL)
        await answer(context, round_, ALICE)
        publisher_of(context).fail_next = [error]
        deleted = await privacy.delete(context, ALICE)
        assert deleted.reactions_left == (CHANNEL,)
        assert (await privacy.summary(context, ALICE)).nothing


async def test_a_schedule_goes_on_without_its_maker(context: Context) -> None:
    values: dict[str, Any] = {"name": "daily", "channel_id": CHANNEL, "cron": "0 9 * * *"}
    values |= {"zone": "Etc/UTC", "banks": [], "topics": [], "manner": "concealed"}
    values |= {"difficulty_min": 1, "difficulty_max": 5, "open_minutes": 60, "thread": False}
    values |= {"catch_up_minutes": 60, "created_by": ALICE, "created_at": NOON}
    await insert(context, t.schedules, **values, active_since=NOON - timedelta(days=1))
    assert (await exported(context))["schedules_made"][0]["name"] == "daily"
    deleted = await privacy.delete(context, ALICE)
    assert deleted.kept.schedules == 1
    (row,) = await context.store.read(rows, t.schedules)
    assert (row["name"], row["created_by"], row["deleted_at"]) == ("daily", 0, None)


async def test_a_grade_that_comes_after_the_deletion_goes_nowhere(context: Context) -> None:
    round_ = await add_open_round(context)
    text = {"round_id": round_.id, "attempt": 1, "text": "Because.", "submitted_at": NOON}
    await insert(context, t.explanations, **text, user_id=ALICE)
    (explained,) = await context.store.read(rows, t.explanations)
    await context.store.write(results.reveal, round_id=round_.id, now=NOON)
    await privacy.delete(context, ALICE)
    # BOB's explanation is the next one; it must not have the number that ALICE's grade goes to.
    await insert(context, t.explanations, **text, user_id=BOB)
    late = StoredGrade("correct", 0.8, 0.9, False, [], [], "fake 1")
    stored = await context.store.write(
        explanations.store_grade, explanation_id=explained["id"], grade=late, now=NOON
    )
    assert not stored
    assert await context.store.read(rows, t.grades) == []
    assert await context.store.read(rows, t.results) == []
    assert (await privacy.delete(context, ALICE)).kept.nothing
