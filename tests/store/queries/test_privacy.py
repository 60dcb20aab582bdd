"""Everything of a member is found: a table that somebody adds and forgets here fails."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.round import State
from bot.services.context import Context
from bot.store import tables as t
from bot.store.instants import Utc
from bot.store.queries import exports, privacy
from tests.support.contexts import rows
from tests.support.questions import a_question

MEMBER, OTHER = 777_000_000_000_000_001, 888_000_000_000_000_002


def names_a_member(column: sa.Column[Any]) -> bool:
    return column.name.endswith(("user_id", "_by", "member_id"))


def points_to_a_member(table: sa.Table) -> bool:
    return any(key.column.table in privacy.OWNED for key in table.foreign_keys)


def test_every_table_that_knows_a_member_is_covered() -> None:
    knowing = {
        table
        for table in t.metadata.sorted_tables
        if any(names_a_member(column) for column in table.columns) or points_to_a_member(table)
    }
    assert {table.name for table in knowing} == {table.name for table in privacy.COVERED}
    for table in privacy.OWNED:
        assert [column.name for column in table.columns if names_a_member(column)] == ["user_id"]


class Filler:
    """Fills every table with rows of random values that name one member wherever one is named."""

    def __init__(self, connection: sa.Connection, seed: int) -> None:
        self.connection = connection
        self.random = random.Random(seed)
        self.keys: dict[sa.Column[Any], list[Any]] = {}
        self.texts: list[str] = []

    def fill(self, member: int, count: int) -> None:
        for table in t.metadata.sorted_tables:
            once = all(names_a_member(column) for column in table.primary_key)
            for number in range(1 if once else count):
                values = {
                    column.name: self.value(table, column, member, number)
                    for column in table.columns
                    if not (column.primary_key and column.name == "id")
                }
                inserted = self.connection.execute(table.insert().values(values))
                for column, key in zip(
                    table.primary_key, inserted.inserted_primary_key or (), strict=True
                ):
                    self.keys.setdefault(column, []).append(key)

    def value(self, table: sa.Table, column: sa.Column[Any], member: int, number: int) -> Any:
        if names_a_member(column):
            return member
        for key in column.foreign_keys:
            # The newest rows, one each: whatever is unique stays so.
            return self.keys[key.column][-1 - number]
        match table.name, column.name:
            case ("rounds", "state"):
                return State.REVEALED
            case ("questions", "content"):
                return a_question(prompt=self.text()).model_dump(mode="json")
            case ("grades", "key_points"):
                return [{"text": self.text(), "state": "missing", "score": 0.1}]
            case ("audit", "before" | "after"):
                return {"reason": self.text()}
            case ("answers", "option"):
                return self.random.randrange(4)
            case ("hints", "level"):
                return self.random.randrange(1, 4)
            case _:
                return self.by_type(column.type)

    def by_type(self, kind: sa.types.TypeEngine[Any]) -> Any:
        match kind:
            case Utc():
                return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(
                    seconds=self.random.randrange(10_000_000)
                )
            case sa.Boolean():
                return self.random.random() < 0.5
            case sa.Date():
                return date(2020, 1, 1) + timedelta(days=self.random.randrange(100_000))
            case sa.Integer():
                return self.random.randrange(1, 10_000_000)
            case sa.Float():
                return self.random.random()
            case sa.JSON():
                return [self.text()]
            case sa.Text():
                return self.text()
            case _:
                raise AssertionError(f"no random value for {kind!r}")

    def text(self) -> str:
        self.texts.append(f"text {self.random.getrandbits(64):x}")
        return self.texts[-1]


def fill(connection: sa.Connection, seed: int) -> None:
    filler = Filler(connection, seed)
    filler.fill(OTHER, 2)
    filler.fill(MEMBER, 3)


def everything(connection: sa.Connection) -> Iterator[tuple[str, str, str]]:
    """Every value of every table, raw, as (table, column, text)."""
    for table in t.metadata.sorted_tables:
        for row in connection.exec_driver_sql(f"SELECT * FROM {table.name}").mappings():
            for name, value in row.items():
                yield table.name, str(name), str(value)


def whereabouts(connection: sa.Connection, member: int) -> set[str]:
    """The tables that hold the member's id in any column, within JSON too."""
    return {table for table, _, value in everything(connection) if str(member) in value}


def census(connection: sa.Connection) -> dict[str, int]:
    return {
        table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in t.metadata.sorted_tables
    }


@pytest.mark.parametrize("seed", range(5))
async def test_a_deleted_member_is_nowhere_and_everybody_else_untouched(
    context: Context, seed: int
) -> None:
    store = context.store
    await store.write(fill, seed)
    assert await store.read(whereabouts, MEMBER) == {
        table.name for table in privacy.COVERED if table not in (t.grades, t.appeals)
    }
    others_export = await store.read(exports.of_member, user_id=OTHER)
    before = await store.read(census)
    tallies = [row["tally"] for row in await store.read(rows, t.rounds)]

    deleted = await store.write(privacy.delete, user_id=MEMBER)

    assert await store.read(whereabouts, MEMBER) == set()
    assert await store.read(exports.of_member, user_id=OTHER) == others_export
    after = await store.read(census)
    gone = {name: before[name] - after[name] for name in before if before[name] != after[name]}
    assert gone == {
        "answers": 3,
        "hints": 3,
        "explanations": 3,
        "grades": 3,
        "appeals": 3,
        "reviews": 3,
        "review_skips": 3,
        "results": 3,
        "consents": 1,
        "drafts": 3,
    }
    gone["skips"] = gone.pop("review_skips")
    kept_without_name = {"schedules": 3, "decided": 3, "audit": 3}
    assert gone | kept_without_name == {
        name: getattr(deleted, name) for name in (*gone, *kept_without_name)
    }
    assert [row["tally"] for row in await store.read(rows, t.rounds)] == tallies
    assert (await store.read(privacy.count, user_id=MEMBER)).nothing


@pytest.mark.parametrize("seed", range(5))
async def test_the_export_holds_every_value_of_the_members_rows(
    context: Context, seed: int
) -> None:
    store = context.store
    await store.write(fill, seed)
    exported = await store.read(exports.of_member, user_id=MEMBER)
    text = json.dumps(exported, ensure_ascii=False)
    assert {name: len(found) for name, found in exported.items()} == {
        "answers": 3,
        "hints": 3,
        "explanations": 3,
        "points": 3,
        "drafts": 3,
        "schedules_made": 3,
        "reviews_decided": 3,
        "reviews_skipped": 3,
        "training_consent": 1,
        "moderator_actions": 3,
    }
    for row in await store.read(rows, t.audit, done_by=MEMBER):
        for value in (row["action"], row["subject"], *row["before"].values()):
            assert value in text
    for row in await store.read(rows, t.explanations, user_id=MEMBER):
        assert row["text"] in text
        (grade,) = await store.read(rows, t.grades, explanation_id=row["id"])
        for value in (grade["label"], grade["model"], *grade["flags"]):
            assert value in text
        assert grade["key_points"][0]["text"] in text
        (appeal,) = await store.read(rows, t.appeals, explanation_id=row["id"])
        (review,) = await store.read(rows, t.reviews, explanation_id=row["id"])
        assert appeal["reason"] in text
        assert review["decision"] in text
        assert str(grade["score"]) in text
    for row in await store.read(rows, t.drafts, user_id=MEMBER):
        for value in (row["kind"], row["bank_title"], *row["content"]):
            assert value in text
    for row in await store.read(rows, t.results, user_id=MEMBER):
        assert any(point["points"] == row["points"] for point in exported["points"])
    for table, column in (
        (t.answers, "answered_at"),
        (t.hints, "taken_at"),
        (t.consents, "given_at"),
    ):
        for row in await store.read(rows, table, user_id=MEMBER):
            assert row[column].isoformat().replace("+00:00", "Z") in text
    for row in await store.read(rows, t.explanations, user_id=OTHER):
        assert row["text"] not in text
