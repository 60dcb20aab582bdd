"""Every table. Times are UTC, ids of Discord are integers, and every table that is about a server
carries `server_id`; the server with the id 0 owns the shipped banks. A member's
consent holds in all servers.

An occurrence has no table of its own: it is the pair (schedule_id, local_date) of a round, and its
UNIQUE constraint is what makes a post happen once.
"""

from typing import Any

import sqlalchemy as sa

from bot.store.instants import Utc

SHIPPED = 0
"""The server_id of the banks that come as files."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(name: str, *args: Any, **kwargs: Any) -> sa.Column[int]:
    # SQLite gives rowids to INTEGER PRIMARY KEY only.
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer, "sqlite"), *args, **kwargs)


def _server() -> sa.Column[int]:
    return sa.Column("server_id", sa.BigInteger, nullable=False)


def _round(**kwargs: Any) -> sa.Column[int]:
    return _id("round_id", sa.ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False, **kwargs)


def _graded() -> sa.Column[int]:
    return _id(
        "explanation_id",
        sa.ForeignKey("explanations.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )


meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    comment="The process's own notes: hash of the synced commands, the latest time seen.",
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True, comment="what is leased"),
    sa.Column("host", sa.Text, nullable=False, comment="the machine's name, for people"),
    sa.Column("machine", sa.Text, nullable=False, comment="its boot and space of pids"),
    sa.Column("process", sa.BigInteger, nullable=False, comment="the process id"),
    sa.Column("began", sa.Text, nullable=False, comment="tells it from a later same id"),
    sa.Column("taken_at", Utc, nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    comment="Which process runs on this database; see bot/store/lease.py.",
)

servers = sa.Table(
    "servers",
    metadata,
    sa.Column("server_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("zone", sa.Text, nullable=False, comment="IANA zone of the study day"),
    sa.Column("moderator_role_id", sa.BigInteger),
    sa.Column("notice_channel_id", sa.BigInteger, comment="where moderators are told of trouble"),
    sa.Column("audit_channel_id", sa.BigInteger, comment="where moderators' actions are told"),
)

questions = sa.Table(
    "questions",
    metadata,
    _id("id", primary_key=True),
    _server(),
    sa.Column("bank", sa.Text, nullable=False),
    sa.Column("bank_title", sa.Text, nullable=False),
    sa.Column("slug", sa.Text, nullable=False, comment="the question's id in its bank"),
    sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of the content"),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("difficulty", sa.Integer, nullable=False),
    sa.Column("content", sa.JSON, nullable=False, comment="the Question, as JSON"),
    sa.Column("retired_at", Utc, comment="no longer asked; rounds may still refer to it"),
    sa.UniqueConstraint("server_id", "bank", "slug", "digest"),
)

drafts = sa.Table(
    "drafts",
    metadata,
    _id("id", primary_key=True),
    _server(),
    sa.Column("user_id", sa.BigInteger, nullable=False, comment="the moderator"),
    sa.Column("kind", sa.Text, nullable=False, comment="question, import"),
    _id("question_id", sa.ForeignKey("questions.id"), comment="what is edited; null: a new one"),
    sa.Column("bank", sa.Text, nullable=False),
    sa.Column("bank_title", sa.Text, nullable=False),
    sa.Column("content", sa.JSON, nullable=False, comment="[values of a question]"),
    sa.Column("kept_at", Utc, nullable=False),
    comment="What a moderator wrote or uploaded and has not saved in the server's bank yet.",
    # Never the id of an older one again: buttons of that may still stand.
    sqlite_autoincrement=True,
)
sa.Index(None, drafts.c.server_id, drafts.c.user_id)

schedules = sa.Table(
    "schedules",
    metadata,
    _id("id", primary_key=True),
    _server(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("cron", sa.Text, nullable=False, comment="minute hour day month weekday"),
    sa.Column("zone", sa.Text, nullable=False, comment="IANA zone of the cron line"),
    sa.Column("banks", sa.JSON, nullable=False, comment="names; empty: every bank"),
    sa.Column("topics", sa.JSON, nullable=False, comment="empty: every topic"),
    sa.Column("difficulty_min", sa.Integer, nullable=False),
    sa.Column("difficulty_max", sa.Integer, nullable=False),
    sa.Column("open_minutes", sa.Integer, nullable=False),
    sa.Column("manner", sa.Text, nullable=False),
    sa.Column("role_id", sa.BigInteger),
    sa.Column("thread", sa.Boolean, nullable=False),
    sa.Column("catch_up_minutes", sa.Integer, nullable=False),
    sa.Column("created_by", sa.BigInteger, nullable=False, comment="0: forgotten"),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("active_since", Utc, nullable=False, comment="no occurrence before it is due"),
    sa.Column("paused_at", Utc),
    sa.Column("pause_reason", sa.Text, nullable=False, server_default=""),
    sa.Column("deleted_at", Utc),
)
sa.Index(
    "uq_schedules_name",
    schedules.c.server_id,
    schedules.c.name,
    unique=True,
    sqlite_where=schedules.c.deleted_at.is_(None),
    postgresql_where=schedules.c.deleted_at.is_(None),
)

rounds = sa.Table(
    "rounds",
    metadata,
    _id("id", primary_key=True),
    _server(),
    _id("schedule_id", sa.ForeignKey("schedules.id")),
    sa.Column("local_date", sa.Date),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("manner", sa.Text, nullable=False),
    sa.Column("open_minutes", sa.Integer, nullable=False),
    sa.Column("role_id", sa.BigInteger),
    sa.Column("thread", sa.Boolean, nullable=False),
    _id("question_id", sa.ForeignKey("questions.id"), comment="chosen when it starts sending"),
    sa.Column("message_id", sa.BigInteger),
    sa.Column("thread_id", sa.BigInteger),
    sa.Column("study_day", sa.Date, comment="the day it opened, in the server's zone"),
    sa.Column("late", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("opened_at", Utc),
    sa.Column("closes_at", Utc),
    sa.Column("revealed_at", Utc),
    sa.Column("shown_at", Utc, comment="when the reveal was seen to stand in the channel"),
    sa.Column("note", sa.Text, nullable=False, server_default="", comment="why not shown"),
    sa.Column("tally", sa.JSON, comment="the Tally, from the reveal on"),
    sa.UniqueConstraint("schedule_id", "local_date"),
)
sa.Index("ix_rounds_state_due_at", rounds.c.state, rounds.c.due_at)
sa.Index("ix_rounds_message_id", rounds.c.message_id)
sa.Index("ix_rounds_server_id_study_day", rounds.c.server_id, rounds.c.study_day)

answers = sa.Table(
    "answers",
    metadata,
    _server(),
    _round(primary_key=True),
    sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("option", sa.Integer, nullable=False, comment="index from 0"),
    sa.Column("answered_at", Utc, nullable=False),
    sa.Column(
        "processed",
        sa.JSON,
        nullable=False,
        server_default="[]",
        comment="options whose reactions were dealt with and not seen to go",
    ),
)

hints = sa.Table(
    "hints",
    metadata,
    _server(),
    _round(primary_key=True),
    sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("cost", sa.Integer, nullable=False, comment="in points"),
    sa.Column("taken_at", Utc, nullable=False),
)

explanations = sa.Table(
    "explanations",
    metadata,
    _id("id", primary_key=True),
    _server(),
    _round(),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, comment="from 1"),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("submitted_at", Utc, nullable=False),
    sa.Column("told_at", Utc, comment="when the member was shown the grade"),
    sa.UniqueConstraint("round_id", "user_id", "attempt"),
    # Never the id of a deleted one again: its grade may still be on the way.
    sqlite_autoincrement=True,
)

grades = sa.Table(
    "grades",
    metadata,
    _graded(),
    _server(),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("needs_review", sa.Boolean, nullable=False),
    sa.Column("flags", sa.JSON, nullable=False),
    sa.Column("key_points", sa.JSON, nullable=False, comment="[{text, state, score}]"),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("graded_at", Utc, nullable=False),
)

appeals = sa.Table(
    "appeals",
    metadata,
    _graded(),
    _server(),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("appealed_at", Utc, nullable=False),
    comment="A member's request for a review, once a grade.",
)

reviews = sa.Table(
    "reviews",
    metadata,
    _graded(),
    _server(),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column(
        "remembered", sa.Boolean, nullable=False, comment="the grader knows the wording as right"
    ),
    sa.Column("decided_by", sa.BigInteger, nullable=False, comment="0: forgotten"),
    sa.Column("decided_at", Utc, nullable=False),
    sa.Column("told_at", Utc, comment="when the member was shown it; never before the reveal"),
    comment="A moderator's word on a grade; it wins.",
)

review_skips = sa.Table(
    "review_skips",
    metadata,
    _graded(),
    _server(),
    sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("skipped_at", Utc, nullable=False),
    comment="Which moderator wants to see a grade after the rest.",
)

review_reminders = sa.Table(
    "review_reminders",
    metadata,
    sa.Column("server_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("local_date", sa.Date, nullable=False, comment="the study day of its post"),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("begun_at", Utc, nullable=False, comment="what waits since then is new"),
    sa.Column("waiting", sa.Integer, nullable=False, comment="how many, as its post says"),
    sa.Column("oldest_at", Utc, comment="since when the oldest waits"),
    sa.Column("message_id", sa.BigInteger, comment="none: it may not stand yet"),
    comment="Each server's latest post that reviews wait.",
)

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("given_at", Utc, nullable=False),
    comment="Members whose reviewed explanations may train the grader, in every server.",
)

results = sa.Table(
    "results",
    metadata,
    _server(),
    _round(primary_key=True),
    sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("right", sa.Boolean, nullable=False),
    sa.Column("points", sa.Integer, nullable=False),
    comment="What each member earned; written at the reveal, again at a late grade or review.",
)
sa.Index("ix_results_server_id_user_id", results.c.server_id, results.c.user_id)

audit = sa.Table(
    "audit",
    metadata,
    _id("id", primary_key=True),
    _server(),
    sa.Column("done_by", sa.BigInteger, nullable=False, comment="0: forgotten"),
    sa.Column("done_at", Utc, nullable=False),
    sa.Column("action", sa.Text, nullable=False, comment="the command: 'schedule pause'"),
    sa.Column("subject", sa.Text, nullable=False, comment="a name, where there is one"),
    _id("round_id", sa.ForeignKey("rounds.id"), comment="what it was done to, if to a round"),
    sa.Column("before", sa.JSON, nullable=False, comment="{field: value}"),
    sa.Column("after", sa.JSON, nullable=False, comment="{field: value}"),
    sa.Column("channel_id", sa.BigInteger, comment="where to post it; none: nowhere"),
    sa.Column("posted_at", Utc, comment="when it was seen to stand in that channel"),
    comment="What moderators did. Only ever added to; the last two columns tell of its post.",
)
sa.Index("ix_audit_server_id", audit.c.server_id, audit.c.id)
sa.Index(
    "ix_audit_unposted",
    audit.c.id,
    sqlite_where=audit.c.posted_at.is_(None),
    postgresql_where=audit.c.posted_at.is_(None),
)
for _table in (answers, hints, explanations):
    sa.Index(None, _table.c.server_id, _table.c.user_id)
