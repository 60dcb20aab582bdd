"""A posted round gets another key, or is cancelled: who gains and loses by it, and doing it.

Points are worked out anew from what members did; streaks are never stored, so they follow.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain.correction import corrected
from bot.domain.question import Question
from bot.domain.round import Round, State
from bot.errors import ModeratorError
from bot.store.queries import answers, audit, results, rounds, streaks
from bot.store.queries import questions as question_queries
from bot.store.queries.streaks import Shift
from bot.store.tables import SHIPPED, questions
from bot.store.tables import rounds as round_table

_r = round_table.c


@dataclass(frozen=True, slots=True)
class Change:
    """A member whose points change."""

    user_id: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a new key, or a cancellation, does to a round."""

    round: Round
    """As it was before."""
    key: str | None
    """The letter of the new key; None: the round is cancelled."""
    shipped: bool
    """Whether the question comes from a bank's file, which later rounds follow."""
    answers: int
    """How many members answered."""
    changes: tuple[Change, ...]
    """Of a revealed round, whose points change, those who gain or lose most first."""
    streaks: Shift

    @property
    def gaining(self) -> int:
        """How many members gain points."""
        return sum(one.after > one.before for one in self.changes)

    @property
    def losing(self) -> int:
        """How many members lose points."""
        return len(self.changes) - self.gaining

    @property
    def mark(self) -> str:
        """Eight hex digits that are others when something else would change. Of an open round they
        follow from neither its key nor anybody's answer.
        """
        what: list[object] = [self.round.id, self.round.state, self.key]
        if self.round.state is State.REVEALED:
            what.append(self.round.question_id)
            what += [[one.user_id, one.before, one.after] for one in self.changes]
        return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:8]


def look(conn: sa.Connection, *, server_id: int, round_id: int, key: str | None) -> Effect:
    """Return what a new key would do to a round of this server; None: what cancelling it would.

    Raises ModeratorError: round_unknown, round_not_posted, key_not_an_option, key_is_that.
    """
    round_ = rounds.get(conn, round_id=round_id)
    if round_ is None or round_.server_id != server_id:
        raise ModeratorError("round_unknown")
    if round_.state not in (State.OPEN, State.REVEALED):
        raise ModeratorError("round_not_posted")
    question = round_.question
    if key is not None and key not in question.letters:
        raise ModeratorError("key_not_an_option", letters=", ".join(question.letters))
    if key == question.answer and round_.state is State.REVEALED:
        # Of an open round nobody is told, not even by this.
        raise ModeratorError("key_is_that", key=key)
    stored = question_queries.get(conn, question_id=round_.question_id)
    assert stored is not None
    return Effect(
        round=round_,
        key=key,
        shipped=stored.server_id == SHIPPED,
        answers=len(answers.of_round(conn, round_id=round_id)),
        changes=_changes(conn, round_, key) if round_.state is State.REVEALED else (),
        streaks=Shift() if key else streaks.without(conn, round_id=round_id),
    )


def apply(
    conn: sa.Connection,
    *,
    server_id: int,
    round_id: int,
    key: str | None,
    mark: str,
    by: int,
    now: datetime,
    explanation: str | None = None,
) -> tuple[Effect, bool]:
    """Do what `look` told, if `mark` says that it is still that; return what changes, and whether
    it was done. With a key, `explanation` takes the place of the question's. All of it is one
    transaction with its entry in the audit.

    Raises what `look` raises.
    """
    effect = look(conn, server_id=server_id, round_id=round_id, key=key)
    if effect.mark != mark:
        return effect, False
    revealed = effect.round.state is State.REVEALED
    before: audit.Fields = {}
    after: audit.Fields = {}
    if key is None:
        rounds.cancel(conn, round_id=round_id)
        results.take_back(conn, round_id=round_id)
        before, after = {"state": effect.round.state}, {"state": State.CANCELLED}
        after |= {
            "streaks_shorter": effect.streaks.shorter,
            "streaks_longer": effect.streaks.longer,
        }
    else:
        old = effect.round.question
        new = corrected(old, key, explanation)
        question_id = _store(conn, effect.round, new, now)
        shown = {"shown_at": None} if revealed else {}
        conn.execute(
            sa.update(round_table).where(_r.id == round_id).values(question_id=question_id, **shown)
        )
        if revealed:
            results.settle_all(conn, round_id=round_id)
        before, after = {"key": old.answer}, {"key": key}
        if new.explanation != old.explanation:
            before["explanation"], after["explanation"] = old.explanation, new.explanation
    if revealed:
        after |= {"members_gaining": effect.gaining, "members_losing": effect.losing}
    audit.note(
        conn,
        server_id=server_id,
        by=by,
        action="quiz cancel" if key is None else "quiz key",
        now=now,
        round_id=round_id,
        before=before,
        after=after,
    )
    return effect, True


def newest(conn: sa.Connection, *, channel_id: int) -> Round | None:
    """Return the open round of a channel that opened last, or else the revealed one."""
    here = _r.channel_id == channel_id
    found = rounds.newest_open(conn, channel_id=channel_id)
    return found or next(iter(_posted(conn, here, 1)), None)


def recent(conn: sa.Connection, *, server_id: int, limit: int) -> list[Round]:
    """Return a server's open and revealed rounds, those that opened last first."""
    return _posted(conn, _r.server_id == server_id, limit)


def _posted(conn: sa.Connection, condition: sa.ColumnElement[bool], limit: int) -> list[Round]:
    ids = conn.scalars(
        sa.select(_r.id)
        .where(condition, _r.state.in_((State.OPEN, State.REVEALED)))
        .order_by(_r.opened_at.desc(), _r.id.desc())
        .limit(limit)
    ).all()
    found = (rounds.get(conn, round_id=round_id) for round_id in ids)
    return [round_ for round_ in found if round_ is not None]


def _changes(conn: sa.Connection, round_: Round, key: str | None) -> tuple[Change, ...]:
    before = results.of_round(conn, round_id=round_.id)
    after: dict[int, results.Earned] = {}
    if key is not None:
        question = corrected(round_.question, key)
        after = results.earned(conn, round_id=round_.id, question=question)
    nothing = results.Earned(right=False, points=0)
    changes = [
        Change(user_id, before.get(user_id, nothing).points, after.get(user_id, nothing).points)
        for user_id in before.keys() | after.keys()
    ]
    changes = [one for one in changes if one.before != one.after]
    return tuple(sorted(changes, key=lambda one: (-abs(one.after - one.before), one.user_id)))


def _store(conn: sa.Connection, round_: Round, question: Question, now: datetime) -> int:
    """Store a corrected copy of a round's question and return its id.

    A shipped question is what its file says: the copy is this round's alone, unless the file has
    it. In a server's own bank it takes the place of the one that was wrong.
    """
    if question == round_.question:
        return round_.question_id
    row = sa.select(questions).where(questions.c.id == round_.question_id)
    old = conn.execute(row).mappings().one()
    digest = question_queries.digest(question)
    same = {name: old[name] for name in ("server_id", "bank", "slug")} | {"digest": digest}
    asked = old["server_id"] != SHIPPED and old["retired_at"] is None
    known = conn.scalar(sa.select(questions.c.id).filter_by(**same))
    if known is None:
        values = dict(old) | same | {"content": question.model_dump(mode="json")}
        values |= {"retired_at": None if asked else now}
        del values["id"]
        known = conn.execute(
            sa.insert(questions).values(values).returning(questions.c.id)
        ).scalar_one()
    if asked:
        retired = {old["id"]: now, known: None}
        for question_id, at in retired.items():
            conn.execute(
                sa.update(questions).where(questions.c.id == question_id).values(retired_at=at)
            )
    return known
