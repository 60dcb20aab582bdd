"""After any change of a key and any cancellation everything is as if it had been so all along."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain import streaks
from bot.domain.question import LETTERS, Verdict
from bot.domain.round import State
from bot.domain.scoring import points
from bot.store import tables as t
from bot.store.queries import regrading, results, rounds, standings
from tests.support.contexts import MONA, SERVER, rows
from tests.support.fakes import NOON
from tests.support.questions import a_question

MEMBERS = (1, 2, 3, 4)


@dataclass
class Part:
    """What one member does in a round."""

    option: int | None
    hints: int
    grades: list[tuple[Verdict, float]]


@dataclass
class Told:
    """A round, and what becomes of it."""

    day: int
    difficulty: int
    key: str
    revealed: bool
    parts: dict[int, Part] = field(default_factory=dict[int, Part])


def a_history(chance: random.Random) -> dict[int, Told]:
    """Some rounds of a few days, in which most members do something."""
    return {
        number: Told(
            day=chance.randrange(5),
            difficulty=chance.randint(1, 5),
            key=chance.choice("ABCD"),
            revealed=chance.random() < 0.7,
            parts={user_id: a_part(chance) for user_id in MEMBERS if chance.random() < 0.75},
        )
        for number in range(1, chance.randint(2, 7))
    }


def a_part(chance: random.Random) -> Part:
    return Part(
        option=chance.randrange(4) if chance.random() < 0.85 else None,
        hints=chance.randint(0, 3),
        grades=[
            (chance.choice(list(Verdict)), chance.choice((0.0, 0.25, 0.5, 1.0)))
            for _ in range(chance.randint(0, 2))
        ],
    )


@pytest.fixture(scope="module")
def database() -> Iterator[sa.Connection]:
    """An empty database; every test takes back what it did to it."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as conn:
        t.metadata.create_all(conn)
        conn.commit()
        yield conn
    engine.dispose()


@pytest.fixture
def conn(database: sa.Connection) -> Iterator[sa.Connection]:
    with database.begin() as transaction:
        yield database
        transaction.rollback()


def put(conn: sa.Connection, number: int, told: Told) -> None:
    question = a_question(id=f"q-{number}", difficulty=told.difficulty, answer=told.key)
    add(
        conn,
        t.questions,
        server_id=t.SHIPPED,
        id=number,
        bank="testing",
        bank_title="Testing",
        slug=question.id,
        digest=str(number),
        topic=question.topic,
        difficulty=told.difficulty,
        content=question.model_dump(mode="json"),
    )
    opened = NOON + timedelta(days=told.day)
    add(
        conn,
        t.rounds,
        id=number,
        due_at=opened,
        opened_at=opened,
        closes_at=opened + timedelta(hours=20),
        study_day=opened.date(),
        state=State.OPEN,
        channel_id=1,
        message_id=number,
        manner="concealed",
        open_minutes=1200,
        thread=False,
        question_id=number,
    )
    for user_id, part in told.parts.items():
        whose = {"round_id": number, "user_id": user_id}
        if part.option is not None:
            add(conn, t.answers, **whose, option=part.option, answered_at=opened)
        for level in range(1, part.hints + 1):
            add(conn, t.hints, **whose, level=level, cost=5, taken_at=opened)
        for attempt, (label, score) in enumerate(part.grades, start=1):
            made = conn.execute(
                t.explanations.insert().values(
                    server_id=SERVER, **whose, attempt=attempt, text="so", submitted_at=opened
                )
            )
            grade: dict[str, Any] = {"confidence": 1.0, "needs_review": False, "flags": []}
            grade |= {"key_points": [], "model": "fake", "graded_at": opened}
            assert made.inserted_primary_key is not None
            id_ = made.inserted_primary_key[0]
            add(conn, t.grades, explanation_id=id_, label=label, score=score, **grade)
    if told.revealed:
        assert results.reveal(conn, round_id=number, now=opened) is not None


def add(conn: sa.Connection, table: sa.Table, **values: Any) -> None:
    conn.execute(table.insert().values({"server_id": SERVER} | values))


def expected(history: dict[int, Told], states: dict[int, State]) -> dict[tuple[int, int], Any]:
    """(right, points) by round and member, from nothing but what members did."""
    found: dict[tuple[int, int], Any] = {}
    for number, told in history.items():
        if states[number] is not State.REVEALED:
            continue
        for user_id, part in told.parts.items():
            if part.option is None and not part.grades:
                continue
            right = part.option is not None and LETTERS[part.option] == told.key
            best = max((s for label, s in part.grades if label is Verdict.CORRECT), default=0.0)
            earned = points(told.difficulty, right=right, hints=part.hints, explanation=best)
            found[number, user_id] = (right, earned)
    return found


def streak(history: dict[int, Told], states: dict[int, State], user_id: int) -> int:
    alive = {
        number: told
        for number, told in history.items()
        if states[number] in (State.OPEN, State.REVEALED)
    }
    first = NOON.date()
    answered = [
        first + timedelta(days=told.day)
        for told in alive.values()
        if user_id in told.parts and told.parts[user_id].option is not None
    ]
    return streaks.current(
        [first + timedelta(days=told.day) for told in alive.values()],
        answered,
        [
            first + timedelta(days=told.day)
            for number, told in alive.items()
            if states[number] is State.OPEN
        ],
    )


def stored_streak(conn: sa.Connection, user_id: int) -> int:
    days = standings.days(conn, server_id=SERVER, user_id=user_id)
    return streaks.current(days.study, days.answered, days.open)


def stored(conn: sa.Connection) -> dict[tuple[int, int], Any]:
    return {
        (row["round_id"], row["user_id"]): (row["right"], row["points"])
        for row in rows(conn, t.results)
    }


@pytest.mark.parametrize("seed", range(40))
def test_points_and_streaks_are_those_of_a_fresh_count(conn: sa.Connection, seed: int) -> None:
    chance = random.Random(seed)
    history = a_history(chance)
    states = {n: State.REVEALED if one.revealed else State.OPEN for n, one in history.items()}
    done_so_far = 0
    for number, one in history.items():
        put(conn, number, one)
    for _ in range(5):
        number, key = chance.choice(list(history)), chance.choice((None, *"ABCD"))
        if states[number] is State.CANCELLED or key == history[number].key:
            continue
        before = {user_id: streak(history, states, user_id) for user_id in MEMBERS}
        earned = stored(conn)
        what: dict[str, Any] = {"server_id": SERVER, "round_id": number, "key": key}
        effect = regrading.look(conn, **what)
        _, done = regrading.apply(conn, **what, mark=effect.mark, by=MONA, now=NOON)
        assert done
        done_so_far += 1

        if key is None:
            states[number] = State.CANCELLED
        else:
            history[number].key = key
        after = {user_id: streak(history, states, user_id) for user_id in MEMBERS}
        assert stored(conn) == expected(history, states)
        assert {user_id: stored_streak(conn, user_id) for user_id in MEMBERS} == after
        assert effect.streaks.shorter == sum(after[one] < before[one] for one in MEMBERS)
        assert effect.streaks.longer == sum(after[one] > before[one] for one in MEMBERS)
        assert {one.user_id: (one.before, one.after) for one in effect.changes} == {
            user_id: change
            for user_id in MEMBERS
            if (change := points_of(earned, stored(conn), number, user_id)) is not None
        }
        tally = rounds.tally(conn, round_id=number)
        if states[number] is State.REVEALED:
            assert tally is not None
            assert tally.right == sum(
                right for (n, _), (right, _) in stored(conn).items() if n == number
            )
        else:
            assert tally is None
    assert len(rows(conn, t.audit)) == done_so_far


def points_of(
    before: dict[tuple[int, int], Any], after: dict[tuple[int, int], Any], number: int, user_id: int
) -> tuple[int, int] | None:
    pair = tuple(one.get((number, user_id), (False, 0))[1] for one in (before, after))
    return None if pair[0] == pair[1] else (pair[0], pair[1])
