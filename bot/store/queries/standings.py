"""Standings: points, ranks and a member's own figures.

Points and right answers are counted of revealed rounds only: a round that still takes answers tells
nobody, its members included, who is right.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from bot.domain.round import State
from bot.store.queries import worth
from bot.store.tables import answers, explanations, hints, questions, results, rounds

BEST_EXPLANATIONS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A member's place in a server; members with as many points share a rank."""

    rank: int
    user_id: int
    points: int
    right: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the places, and the place of the member who asked, wherever it is."""

    places: tuple[Place, ...]
    page: int
    """From 0; the last page when a later one was asked for."""
    pages: int
    """At least 1."""
    members: int
    own: Place | None
    """None: no points yet."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A member's answers to the revealed rounds of a topic."""

    name: str
    right: int
    answered: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A member's best explanation of a revealed round."""

    prompt: str
    score: float
    """0..1."""
    channel_id: int
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Days:
    """Local dates in the server's zone, for the streak."""

    study: frozenset[date]
    answered: frozenset[date]
    open: frozenset[date]


def page(
    conn: sa.Connection,
    *,
    server_id: int,
    user_id: int,
    since: datetime | None,
    number: int,
    size: int,
) -> Page:
    """Return a page (`number` from 0) of who earned points in rounds revealed `since` then (UTC;
    None: ever), with `user_id`'s own place.
    """
    # In one pass, because a year of a large server is many results: everybody's number in line,
    # then the lines of the page and the asker's own.
    places = _places(server_id, since).subquery()
    line = sa.func.row_number().over(
        order_by=(places.c.rank, places.c.right.desc(), places.c.user_id)
    )
    members = sa.func.count().over()
    lines = sa.select(places, line.label("line"), members.label("members")).subquery()
    last = (lines.c.members - 1) // size
    shown = sa.case((last < number, last), else_=number)
    on_page = (lines.c.line - 1) // size == shown
    rows = conn.execute(
        sa.select(lines, shown.label("page"), on_page.label("on_page"))
        .where(on_page | (lines.c.user_id == user_id))
        .order_by(lines.c.line)
    ).all()
    found = [(row, Place(row.rank, row.user_id, row.points, row.right)) for row in rows]
    return Page(
        places=tuple(place for row, place in found if row.on_page),
        page=rows[0].page if rows else 0,
        pages=-(-rows[0].members // size) if rows else 1,
        members=rows[0].members if rows else 0,
        own=next((place for _, place in found if place.user_id == user_id), None),
    )


def place(
    conn: sa.Connection, *, server_id: int, user_id: int, since: datetime | None
) -> Place | None:
    """Return one member's place; None without points."""
    places = _places(server_id, since).subquery()
    row = conn.execute(sa.select(places).where(places.c.user_id == user_id)).mappings().first()
    return None if row is None else Place(**row)


def _places(server_id: int, since: datetime | None) -> sa.Select[int, int, int, int]:
    total = sa.func.sum(results.c.points)
    query = (
        sa.select(
            sa.func.rank().over(order_by=total.desc()).label("rank"),
            results.c.user_id,
            total.label("points"),
            sa.func.sum(sa.cast(results.c.right, sa.Integer)).label("right"),
        )
        .join(rounds, rounds.c.id == results.c.round_id)
        .where(results.c.server_id == server_id, rounds.c.state == State.REVEALED)
        .group_by(results.c.user_id)
        .having(total > 0)
    )
    return query if since is None else query.where(rounds.c.revealed_at >= since)


def earned(
    conn: sa.Connection, *, server_id: int, user_id: int, since: datetime
) -> list[tuple[datetime, int]]:
    """Return when a member earned points (the reveal, UTC) and how many, since then."""
    rows = conn.execute(
        sa.select(rounds.c.revealed_at, results.c.points)
        .join(rounds, rounds.c.id == results.c.round_id)
        .where(
            results.c.server_id == server_id,
            results.c.user_id == user_id,
            rounds.c.state == State.REVEALED,
            rounds.c.revealed_at >= since,
        )
    )
    return [(row[0], row[1]) for row in rows]


def topics(conn: sa.Connection, *, server_id: int, user_id: int) -> list[Topic]:
    """Return a member's right answers by topic, the most answered topic first."""
    counted = sa.func.count().label("answered")
    rows = conn.execute(
        sa.select(
            questions.c.topic.label("name"),
            sa.func.sum(sa.cast(results.c.right, sa.Integer)).label("right"),
            counted,
        )
        .select_from(results)
        .join(rounds, rounds.c.id == results.c.round_id)
        .join(questions, questions.c.id == rounds.c.question_id)
        # Who explained without choosing has a result too, but no answer to be right with.
        .join(
            answers,
            (answers.c.round_id == results.c.round_id) & (answers.c.user_id == results.c.user_id),
        )
        .where(
            results.c.server_id == server_id,
            results.c.user_id == user_id,
            rounds.c.state == State.REVEALED,
        )
        .group_by(questions.c.topic)
        .order_by(counted.desc(), questions.c.topic)
    )
    return [Topic(**row) for row in rows.mappings()]


def days(conn: sa.Connection, *, server_id: int, user_id: int) -> Days:
    """Return the study days of a server and those on which the member answered."""
    posted = sa.select(rounds.c.study_day, rounds.c.state).where(
        rounds.c.server_id == server_id,
        rounds.c.state.in_((State.OPEN, State.REVEALED)),
        rounds.c.study_day.is_not(None),
    )
    answered = posted.join(answers, answers.c.round_id == rounds.c.id).where(
        answers.c.user_id == user_id
    )
    all_days = conn.execute(posted.distinct()).all()
    return Days(
        study=frozenset(row[0] for row in all_days),
        answered=frozenset(row[0] for row in conn.execute(answered.distinct())),
        open=frozenset(row[0] for row in all_days if row[1] == State.OPEN),
    )


def counts(conn: sa.Connection, *, server_id: int, user_id: int) -> Mapping[str, int]:
    """Return how many 'hints' a member took, 'explanations' they gave, and answers are 'waiting'
    for their reveal.
    """
    found: Counter[str] = Counter()
    for name, table in (("hints", hints), ("explanations", explanations)):
        found[name] = (
            conn.scalar(
                sa.select(sa.func.count())
                .select_from(table)
                .where(table.c.server_id == server_id, table.c.user_id == user_id)
            )
            or 0
        )
    found["waiting"] = (
        conn.scalar(
            sa.select(sa.func.count())
            .select_from(answers)
            .join(rounds, rounds.c.id == answers.c.round_id)
            .where(
                answers.c.server_id == server_id,
                answers.c.user_id == user_id,
                rounds.c.state == State.OPEN,
            )
        )
        or 0
    )
    return found


def best_explanations(conn: sa.Connection, *, server_id: int, user_id: int) -> list[Explained]:
    """Return a member's best explanations that earn points, one a revealed round."""
    score = sa.func.max(worth.SHARE).label("score")
    rows = conn.execute(
        sa.select(questions.c.content, score, rounds.c.channel_id, rounds.c.message_id)
        .select_from(worth.GRADED)
        .join(rounds, rounds.c.id == explanations.c.round_id)
        .join(questions, questions.c.id == rounds.c.question_id)
        .where(
            explanations.c.server_id == server_id,
            explanations.c.user_id == user_id,
            worth.SHARE > 0,
            rounds.c.state == State.REVEALED,
        )
        .group_by(rounds.c.id, questions.c.id)
        .order_by(score.desc(), rounds.c.id.desc())
        .limit(BEST_EXPLANATIONS)
    )
    return [Explained(row[0]["prompt"], row[1], row[2], row[3]) for row in rows]
