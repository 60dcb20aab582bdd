"""What the judge looks at: Discord's record, what people saw, and the database file as it lies.

Shares no code with the bot but the bank's questions.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from bot.domain.question import LETTERS, Bank, Question
from tests.discord.seen import Seen

TABLES = (
    *("rounds", "answers", "hints", "explanations", "grades", "results"),
    *("appeals", "reviews", "review_skips", "audit"),
)
CANCELLED = "This question was cancelled"
Kind = Literal["lost", "doubled", "leaked", "wrong"]


@dataclass(frozen=True)
class Finding:
    """One promise that was not kept. `wrong`: neither lost nor doubled, and not as it must be."""

    kind: Kind
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


@dataclass
class Case:
    """All that the judge looks at."""

    record: dict[str, Any]
    """Discord's (stage.record)."""
    seen: Seen
    due: list[tuple[int, str]]
    """(channel, when) of every occurrence that was due within its window."""
    bank: Bank
    database: Path

    def __post_init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            for table in TABLES:
                self.rows[table] = [
                    dict(row) for row in connection.execute(f"SELECT * FROM {table}")
                ]
            self.questions = {
                row["id"]: row["slug"]
                for row in connection.execute("SELECT id, slug FROM questions")
            }
        self.rounds = {row["message_id"]: row for row in self.rows["rounds"] if row["message_id"]}

    def question(self, round_: dict[str, Any]) -> Question:
        """The question that a round asked."""
        slug = self.questions[round_["question_id"]]
        return next(one for one in self.bank.questions if one.id == slug)

    def key(self, round_: dict[str, Any]) -> int:
        """The option (from 0) that is right: what a moderator made it last, or the bank's."""
        keys = [
            one["key"]
            for one in self.seen.regrades
            if one["message"] == round_["message_id"] and one["key"]
        ]
        return LETTERS.index(keys[-1]) if keys else self.question(round_).key

    def is_cancelled(self, message: int | None) -> bool:
        """Whether a moderator took a post back."""
        return any(one["message"] == message and one["key"] is None for one in self.seen.regrades)


def requests(case: Case) -> Iterable[dict[str, Any]]:
    """Yield every request of the bot, in order."""
    return (one for one in case.record["log"] if one["what"] == "request")


def message_of(case: Case, channel: int, message: int) -> dict[str, Any]:
    """Return a message as it stands, or stood when it was deleted."""
    held = case.record["channels"][str(channel)]["messages"]
    return next(one for one in held if one["id"] == str(message))


def is_post(message: dict[str, Any]) -> bool:
    """Return whether a message is a round's post: open, revealed or cancelled."""
    return (
        "tutor:hint:" in json.dumps(message["components"])
        or bool(message["attachments"])
        or CANCELLED in json.dumps(message["embeds"])
    )


def differ(what: str, wanted: Counter[Any], got: Counter[Any]) -> Iterator[Finding]:
    """Yield what is wanted and not there, and what is there and not wanted."""
    for key, count in (wanted - got).items():
        yield Finding("lost", f"{what}: {key} ({count} fewer)")
    for key, count in (got - wanted).items():
        yield Finding("doubled", f"{what}: {key} ({count} more)")


def micros(when: str) -> int:
    """Return an ISO time as the database keeps it: microseconds since 1970."""
    moment = datetime.fromisoformat(when).astimezone(UTC)
    return round(moment.timestamp() * 1_000_000)
