from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.round import Round, State
from bot.services import standings
from bot.services.context import Context
from bot.services.standings import PAGE_SIZE, Period
from bot.store import tables as t
from tests.support.contexts import ALICE, BOB, CARLA, SERVER, add_open_round, clock_of
from tests.support.questions import a_question

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""A Wednesday."""


async def insert(context: Context, table: sa.Table, *rows: dict[str, Any]) -> None:
    def change(connection: sa.Connection) -> None:
        connection.execute(table.insert(), [{"server_id": SERVER} | row for row in rows])

    await context.store.write(change)


async def revealed(
    context: Context,
    earned: dict[int, int],
    at: datetime = NOON,
    *,
    right: bool = True,
    topic: str = "Pre-training",
    answered: bool = True,
    **columns: Any,
) -> Round:
    """A round that was revealed at `at`, with its results."""
    columns = {"study_day": at.date(), "state": State.REVEALED, "revealed_at": at} | columns
    round_ = await add_open_round(context, a_question(topic=topic), **columns)
    ids = {"server_id": columns.get("server_id", SERVER), "round_id": round_.id}
    rows = [ids | {"user_id": user, "right": right, "points": p} for user, p in earned.items()]
    if rows:
        await insert(context, t.results, *rows)
        if answered:
            answers = [ids | {"user_id": u, "option": 0, "answered_at": at} for u in earned]
            await insert(context, t.answers, *answers)
    return round_


async def answer(context: Context, round_: Round, user_id: int) -> None:
    values = {"round_id": round_.id, "user_id": user_id, "option": 0, "answered_at": NOON}
    await insert(context, t.answers, values)


async def explain(
    context: Context, round_: Round, user_id: int, score: float, label: str = "correct"
) -> None:
    number = int(score * 1000) + round_.id * 10_000
    text = {"round_id": round_.id, "user_id": user_id, "attempt": number, "text": "Because."}
    await insert(context, t.explanations, text | {"id": number, "submitted_at": NOON})
    grade = {"label": label, "score": score, "confidence": 1.0, "needs_review": False}
    grade |= {"flags": [], "key_points": [], "model": "fake 1", "graded_at": NOON}
    await insert(context, t.grades, grade | {"explanation_id": number})


async def board(context: Context, period: Period = Period.ALL, page: int = 0, user: int = ALICE):
    return (await standings.leaderboard(context, SERVER, user, period, page)).page


async def ranks(context: Context, period: Period) -> list[tuple[int, int, int]]:
    return [(p.rank, p.user_id, p.points) for p in (await board(context, period)).places]


async def test_members_with_as_many_points_share_a_rank(context: Context) -> None:
    await revealed(context, {ALICE: 40, BOB: 20, CARLA: 40})
    await revealed(context, {ALICE: 20, BOB: 40, CARLA: 20, 7: 10, 8: 0})
    assert await ranks(context, Period.ALL) == [
        (1, ALICE, 60),
        (1, BOB, 60),
        (1, CARLA, 60),
        (4, 7, 10),
    ]


async def test_a_week_begins_on_monday_in_the_servers_zone(context: Context) -> None:
    # Berlin's Monday, 2 March 2026, begins at 23:00 UTC of the Sunday.
    await insert(context, t.servers, {"zone": "Europe/Berlin"})
    await revealed(context, {ALICE: 10}, datetime(2026, 3, 1, 22, 59, tzinfo=UTC))
    await revealed(context, {BOB: 20}, datetime(2026, 3, 1, 23, 0, tzinfo=UTC))
    await revealed(context, {CARLA: 40}, datetime(2026, 2, 28, 22, 59, tzinfo=UTC))
    clock_of(context).now = NOON
    assert await ranks(context, Period.WEEK) == [(1, BOB, 20)]
    assert await ranks(context, Period.MONTH) == [(1, BOB, 20), (2, ALICE, 10)]
    assert [place[1] for place in await ranks(context, Period.ALL)] == [CARLA, BOB, ALICE]


def test_a_day_begins_after_the_gap_where_clocks_skip_midnight() -> None:
    begins = standings.midnight(date(2018, 11, 4), "America/Sao_Paulo")
    assert begins == datetime(2018, 11, 4, 3, tzinfo=UTC)


async def test_pages_hold_everybody_once_and_always_tell_the_own_place(context: Context) -> None:
    members = {1000 + n: 100 - n for n in range(PAGE_SIZE * 2 + 3)}
    await revealed(context, members)
    last = max(members)
    pages = [await board(context, page=number, user=last) for number in range(3)]
    assert [place.user_id for page in pages for place in page.places] == sorted(members)
    assert {page.pages for page in pages} == {3}
    assert {page.own.rank for page in pages if page.own} == {len(members)}
    beyond = await board(context, page=99)
    assert beyond.page == 2
    assert beyond.own is None


async def test_an_empty_board_is_one_empty_page(context: Context) -> None:
    page = await board(context)
    assert (page.places, page.page, page.pages, page.members) == ((), 0, 1, 0)


async def test_an_open_round_tells_nothing(context: Context) -> None:
    await revealed(context, {ALICE: 20})
    before = await standings.of_member(context, SERVER, ALICE)
    # Even if a result were there already.
    await revealed(context, {ALICE: 100}, state=State.OPEN, revealed_at=None)
    await revealed(context, {ALICE: 100}, state=State.CANCELLED)
    after = await standings.of_member(context, SERVER, ALICE)
    assert await ranks(context, Period.ALL) == [(1, ALICE, 20)]
    assert after.topics == before.topics
    assert after.places == before.places
    assert after.weeks == before.weeks
    assert after.waiting == 1


async def test_servers_do_not_mix(context: Context) -> None:
    await revealed(context, {ALICE: 20})
    await revealed(context, {BOB: 20}, server_id=SERVER + 1)
    assert await ranks(context, Period.ALL) == [(1, ALICE, 20)]
    assert (await standings.of_member(context, SERVER, BOB)).blank


async def test_a_members_topics_count_answers_not_explanations_alone(context: Context) -> None:
    await revealed(context, {ALICE: 20}, topic="Fine-tuning")
    await revealed(context, {ALICE: 0}, topic="Fine-tuning", right=False)
    await revealed(context, {ALICE: 10}, topic="Fine-tuning", right=False, answered=False)
    await revealed(context, {ALICE: 20, BOB: 5}, topic="Attention")
    member = await standings.of_member(context, SERVER, ALICE)
    assert [(topic.name, topic.right, topic.answered) for topic in member.topics] == [
        ("Fine-tuning", 1, 2),
        ("Attention", 1, 1),
    ]
    assert (member.right, member.answered) == (2, 3)


async def test_a_streak_counts_study_days_and_waits_for_the_open_one(context: Context) -> None:
    clock_of(context).now = NOON
    for day in (1, 2, 5, 6):
        # Day 2 belongs to BOB alone: it ends ALICE's first streak. 3 and 4 had no round.
        earned = {BOB: 0} if day == 2 else {ALICE: 0, BOB: 0}
        await revealed(context, earned, study_day=date(2026, 3, day), right=False)
    today = await add_open_round(context, study_day=date(2026, 3, 7))
    await add_open_round(context, study_day=date(2026, 3, 8), state=State.CANCELLED)
    before = await standings.of_member(context, SERVER, ALICE)
    assert (before.streak, before.longest, before.to_answer) == (2, 2, True)
    await answer(context, today, ALICE)
    after = await standings.of_member(context, SERVER, ALICE)
    assert (after.streak, after.longest, after.to_answer) == (3, 3, False)
    bob = await standings.of_member(context, SERVER, BOB)
    assert (bob.streak, bob.longest) == (4, 4)


async def test_weeks_are_there_without_points_too(context: Context) -> None:
    clock_of(context).now = NOON
    await revealed(context, {ALICE: 20})
    await revealed(context, {ALICE: 30}, NOON - timedelta(weeks=7))
    await revealed(context, {ALICE: 99}, NOON - timedelta(weeks=8))
    weeks = (await standings.of_member(context, SERVER, ALICE)).weeks
    assert [points for _, points in weeks] == [30, 0, 0, 0, 0, 0, 0, 20]
    assert weeks[-1][0] == date(2026, 3, 2)


async def test_the_best_explanations_are_correct_and_revealed(context: Context) -> None:
    for score in (0.5, 0.9, 0.7, 0.6):
        await explain(context, await revealed(context, {}), ALICE, score)
    await explain(context, await revealed(context, {}), ALICE, 1.0, label="incorrect")
    await explain(context, await add_open_round(context), ALICE, 0.95)
    await explain(context, await revealed(context, {}), BOB, 0.99)
    member = await standings.of_member(context, SERVER, ALICE)
    assert [best.score for best in member.best] == [0.9, 0.7, 0.6]
    assert member.explanations == 6
