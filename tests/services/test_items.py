"""Item statistics: what counts, what is one question, and what is never told."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.items import LEAST_OTHERS, LEAST_TRIED, Chosen, Item, Reason, point_biserial
from bot.domain.question import LETTERS, Question
from bot.domain.round import Round, State
from bot.errors import ModeratorError
from bot.services import items
from bot.services.context import Context
from bot.store import tables as t
from tests.support.contexts import ALICE, BOB, SERVER, add_open_round
from tests.support.questions import a_question

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def numbered(n: int, **changes: Any) -> Question:
    return a_question(**{"id": f"number-{n}", "prompt": f"Question {n}?"} | changes)


async def play(
    context: Context,
    question: Question,
    chosen: dict[int, str],
    at: datetime = NOON,
    **columns: Any,
) -> Round:
    """A revealed round (unless `state` says otherwise) in which members chose these letters."""
    columns = {"state": State.REVEALED, "revealed_at": at} | columns
    round_ = await add_open_round(context, question, **columns)
    ids = {"server_id": columns.get("server_id", SERVER), "round_id": round_.id}

    def change(connection: sa.Connection) -> None:
        for user_id, letter in chosen.items():
            who = ids | {"user_id": user_id}
            option = LETTERS.index(letter)
            connection.execute(
                t.answers.insert().values(who | {"option": option, "answered_at": at})
            )
            right = {"right": letter == question.answer, "points": 0}
            connection.execute(t.results.insert().values(who | right))

    await context.store.write(change)
    return round_


async def figures(context: Context, name: str) -> Item:
    return (await items.statistics(context, SERVER, name)).item


def members(item: Item) -> tuple[int, ...]:
    return tuple(option.members for option in item.chosen)


async def test_only_revealed_rounds_of_this_server_count(context: Context) -> None:
    question = numbered(1)
    await play(context, question, {ALICE: "A", BOB: "B"})
    await play(context, question, {3: "C"}, state=State.CANCELLED)
    await play(context, question, {4: "D"}, server_id=SERVER + 1)
    assert members(await figures(context, "number-1")) == (1, 1, 0, 0)
    await play(context, numbered(2), {ALICE: "A"}, server_id=SERVER + 1)
    with pytest.raises(ModeratorError, match="item_unknown"):
        await items.statistics(context, SERVER, "number-2")
    assert [one.slug for one in await items.asked(context, SERVER)] == ["number-1"]


@pytest.mark.parametrize("state", [State.OPEN, State.SENDING])
async def test_nothing_is_told_of_a_question_that_is_open_again(
    context: Context, state: State
) -> None:
    await play(context, numbered(1), dict.fromkeys(range(1, 40), "B"))
    await play(context, numbered(2), {ALICE: "A"})
    (found,) = (await items.look_at(context, SERVER)).found
    assert found.asked.slug == "number-1"
    # A version with other words is open: the earlier one would tell of its key.
    await play(context, numbered(1, prompt="Reworded?"), {}, state=state, revealed_at=None)
    with pytest.raises(ModeratorError, match="item_open"):
        await items.statistics(context, SERVER, "number-1")
    looked = await items.look_at(context, SERVER)
    assert (looked.found, looked.asked) == ((), 1)
    assert [one.slug for one in await items.asked(context, SERVER)] == ["number-2"]
    # It is another server's business alone.
    await play(context, numbered(2), {}, state=state, revealed_at=None, server_id=SERVER + 1)
    assert members(await figures(context, "number-2")) == (1, 0, 0, 0)


async def test_a_members_first_answer_counts(context: Context) -> None:
    question = numbered(1)
    await play(context, question, {ALICE: "A"}, NOON + timedelta(days=9))
    await play(context, question, {ALICE: "C", BOB: "B"}, NOON)
    assert members(await figures(context, "testing/number-1")) == (0, 1, 1, 0)


async def test_versions_are_one_where_the_same_was_asked(context: Context) -> None:
    await play(context, numbered(1), {1: "A", 2: "A"})
    await play(context, numbered(1, topic="Other"), {3: "B", 2: "B"}, NOON + timedelta(days=1))
    assert members(await figures(context, "number-1")) == (2, 1, 0, 0)
    await play(context, numbered(1, prompt="Reworded?"), {4: "C"})
    newest, before = await items.asked(context, SERVER)
    assert (newest.prompt, before.prompt) == ("Reworded?", "Question 1?")
    assert len(before.rows) == 2
    assert members(await figures(context, "number-1")) == (0, 0, 1, 0)
    assert members(await figures(context, str(before.id))) == (2, 1, 0, 0)


async def test_banks_of_one_name_and_different_owners_are_not_mixed(context: Context) -> None:
    await play(context, numbered(1), {1: "A"})
    own = numbered(1, prompt="Our own?")

    def move(connection: sa.Connection) -> None:
        newest = sa.select(sa.func.max(t.questions.c.id)).scalar_subquery()
        connection.execute(
            sa.update(t.questions).where(t.questions.c.id == newest).values(server_id=SERVER)
        )

    await play(context, own, {2: "B"})
    await context.store.write(move)
    await play(context, numbered(1), {}, state=State.OPEN, revealed_at=None)
    (left,) = await items.asked(context, SERVER)
    assert (left.owner, left.prompt) == (SERVER, "Our own?")


async def test_the_rest_score_is_of_other_questions(context: Context) -> None:
    for n in range(2, 2 + LEAST_OTHERS):
        await play(context, numbered(n), {ALICE: "A", BOB: "A" if n == 2 else "B", 3: "B"})
    await play(context, numbered(1), {ALICE: "A", BOB: "B", 4: "A"})
    # Another version of it is no other question.
    await play(context, numbered(1, prompt="Reworded?"), {ALICE: "C", BOB: "A"})
    newest, before, *_ = await items.asked(context, SERVER)
    assert before.prompt == "Question 1?"
    item = await figures(context, str(before.id))
    first, second = 1.0, 1 / LEAST_OTHERS
    spread = ((first - second) / 2) ** 2
    assert item.chosen[0] == Chosen(2, 1, pytest.approx(first), pytest.approx(spread), 1)
    assert item.chosen[1] == Chosen(1, 1, pytest.approx(second), pytest.approx(spread), 0)
    assert point_biserial(item) == pytest.approx(1)
    assert (await figures(context, str(newest.id))).ranked == 2


async def test_too_few_other_questions_give_no_rest_score(context: Context) -> None:
    for n in range(1, 1 + LEAST_OTHERS):
        await play(context, numbered(n), {ALICE: "A"})
    assert (await figures(context, "number-1")).ranked == 0
    await play(context, numbered(99), {ALICE: "B"})
    assert (await figures(context, "number-1")).ranked == 1


async def test_members_that_are_all_alike_do_neither_well_nor_badly(context: Context) -> None:
    everybody = range(1, 8)
    for n in range(7):  # sevenths are no exact floats
        await play(context, numbered(n), dict.fromkeys(everybody, "A" if n < 3 else "B"))
    item = await figures(context, "number-6")
    assert (item.ranked, item.well) == (7, 0)


numbers = count(1)


@settings(
    derandomize=True,
    database=None,
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(st.sampled_from("ABCD "), min_size=7, max_size=7), min_size=3, max_size=9))
async def test_the_database_sums_what_python_sums(context: Context, table: list[list[str]]) -> None:
    # `table` is members by questions; each example has a server of its own.
    server = SERVER + next(numbers)
    for n in range(7):
        chosen = {user + 1: row[n] for user, row in enumerate(table) if row[n] != " "}
        await play(context, numbered(n), chosen, server_id=server)
    every = await context.store.read(items.queries.asked, server_id=server)
    found = await context.store.read(items.queries.figures, server_id=server, found=every)
    for n, one in enumerate(every):
        rests: list[tuple[str, float | None]] = []
        for row in table:
            others = [letter for k, letter in enumerate(row) if k != n and letter != " "]
            rest = sum(letter == "A" for letter in others) / len(others) if others else 0
            if row[n] != " ":
                rests.append((row[n], rest if len(others) >= LEAST_OTHERS else None))
        ranked = [rest for _, rest in rests if rest is not None]
        mean = sum(ranked) / max(len(ranked), 1)
        for option, letter in enumerate("ABCD"):
            mine = [rest for chosen, rest in rests if chosen == letter]
            known = [rest for rest in mine if rest is not None]
            assert found[one.id].chosen[option] == Chosen(
                len(mine),
                len(known),
                pytest.approx(sum(known)),
                pytest.approx(sum((rest - mean) ** 2 for rest in known), abs=1e-9),
                sum(rest > mean + 1e-9 for rest in known),
            )


async def test_hints_and_explanations_are_summed_up(context: Context) -> None:
    round_ = await play(context, numbered(1), {ALICE: "A", BOB: "B"})
    other = await play(context, numbered(2), {ALICE: "A"}, state=State.CANCELLED)

    def change(connection: sa.Connection) -> None:
        ids = {"server_id": SERVER, "round_id": round_.id}
        for user_id, level in ((ALICE, 1), (ALICE, 2), (BOB, 1)):
            who = ids | {"user_id": user_id}
            taken = {"level": level, "cost": 10, "taken_at": NOON}
            connection.execute(t.hints.insert().values(who | taken))
        for number, label, score in ((1, "correct", 0.9), (2, "incorrect", 0.2), (3, None, 0)):
            text = {"id": number, "user_id": ALICE, "attempt": number, "text": "Because."}
            connection.execute(t.explanations.insert().values(ids | text | {"submitted_at": NOON}))
            if label:
                grade = {"label": label, "score": score, "confidence": 1.0, "needs_review": False}
                grade |= {"flags": [], "key_points": [], "model": "fake", "graded_at": NOON}
                connection.execute(
                    t.grades.insert().values(
                        grade | {"explanation_id": number, "server_id": SERVER}
                    )
                )
        late = {"server_id": SERVER, "round_id": other.id, "user_id": BOB, "level": 1}
        connection.execute(t.hints.insert().values(late | {"cost": 10, "taken_at": NOON}))

    await context.store.write(change)
    item = await figures(context, "number-1")
    assert (item.hints, item.hinted) == (3, 2)
    assert (item.graded, item.correct, item.score) == (2, 1, pytest.approx(1.1))


async def test_the_gravest_question_comes_first(context: Context) -> None:
    crowd = range(1, LEAST_TRIED + 1)
    await play(context, numbered(1), dict.fromkeys(crowd, "A"))
    await play(context, numbered(2), dict.fromkeys(crowd, "B"))
    await play(context, numbered(3), {n: "A" if n % 2 else "B" for n in crowd})
    await play(context, numbered(4), dict.fromkeys(range(1, LEAST_TRIED), "A"))
    looked = await items.look_at(context, SERVER)
    assert [(one.asked.slug, one.findings[0].reason) for one in looked.found] == [
        ("number-2", Reason.TOO_HARD),
        ("number-1", Reason.TOO_EASY),
    ]
    assert (looked.judged, looked.asked) == (3, 4)


async def test_an_empty_server(context: Context) -> None:
    looked = await items.look_at(context, SERVER)
    assert (looked.found, looked.judged, looked.asked) == ((), 0, 0)
