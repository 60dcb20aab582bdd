"""After any change of a key and any cancellation everything is as if it had been so all along."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

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


_PART = st.builds(
    Part,
    option=st.none() | st.integers(0, 3),
    hints=st.integers(0, 3),
    grades=st.lists(
        st.tuples(st.sampled_from(Verdict), st.sampled_from((0.0, 0.25, 0.5, 1.0))), max_size=2
    ),
)
_ROUND = st.builds(
    Told,
    day=st.integers(0, 4),
    difficulty=st.integers(1, 5),
    key=st.sampled_from("ABCD"),
    revealed=st.booleans(),
    parts=st.dictionaries(st.sampled_from(MEMBERS), _PART),
)
_ACTIONS = st.lists(st.tuples(st.integers(0, 5), st.none() | st.sampled_from("ABCD")), max_size=4)


@contextmanager
def a_database() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    try:
        with engine.begin() as conn:
            t.metadata.create_all(conn)
            yield conn
    finally:
        engine.dispose()


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


@settings(derandomize=True, deadline=None, database=None, max_examples=60)
@given(told=st.lists(_ROUND, min_size=1, max_size=6), actions=_ACTIONS)
def test_points_and_streaks_are_those_of_a_fresh_count(
    told: list[Told], actions: list[tuple[int, str | None]]
) -> None:
    history = dict(enumerate(told, start=1))
    states = {n: State.REVEALED if one.revealed else State.OPEN for n, one in history.items()}
    with a_database() as conn:
        for number, one in history.items():
            put(conn, number, one)
        for index, key in actions:
            number = index % len(told) + 1
            if states[number] is State.CANCELLED or key == history[number].key:
                continue
            before = {user_id: streak(history, states, user_id) for user_id in MEMBERS}
            earned = stored(conn)
            what: dict[str, Any] = {"server_id": SERVER, "round_id": number, "key": key}
            effect = regrading.look(conn, **what)
            _, done = regrading.apply(conn, **what, mark=effect.mark, by=MONA, now=NOON)
            assert done

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
        assert len(rows(conn, t.audit)) <= len(actions)


def points_of(
    before: dict[tuple[int, int], Any], after: dict[tuple[int, int], Any], number: int, user_id: int
) -> tuple[int, int] | None:
    pair = tuple(one.get((number, user_id), (False, 0))[1] for one in (before, after))
    return None if pair[0] == pair[1] else (pair[0], pair[1])
