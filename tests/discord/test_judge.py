"""The judge sees what it is there to see: each promise that is broken by hand is found."""

import copy
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.discord import crash
from tests.discord.case import Case
from tests.discord.judge import judge
from tests.discord.plays import questions, write_questions
from tests.discord.proof import database, settle
from tests.discord.remote import loopback

Break = Callable[[dict[str, Any], sqlite3.Connection], None]


def sql(statement: str) -> Break:
    """Break the database."""

    def broken(_: dict[str, Any], connection: sqlite3.Connection) -> None:
        done = connection.execute(statement)
        assert done.rowcount > 0, f"nothing was broken by {statement}"

    return broken


def a_second_post(record: dict[str, Any], _: sqlite3.Connection) -> None:
    held = next(
        c for c in record["channels"].values() if any(m["attachments"] for m in c["messages"])
    )
    held["messages"].append(copy.deepcopy(held["messages"][0]) | {"id": "77"})


def a_post_that_vanished(record: dict[str, Any], _: sqlite3.Connection) -> None:
    for held in record["channels"].values():
        if held["kind"] == 0:
            held["messages"] = [one for one in held["messages"] if not one["attachments"]]


def a_second_beginning(record: dict[str, Any], _: sqlite3.Connection) -> None:
    thread = next(held for held in record["channels"].values() if held["kind"] == 11)
    thread["messages"].append(thread["messages"][0])


def a_key_point_told(record: dict[str, Any], _: sqlite3.Connection) -> None:
    posted = [one for one in record["log"] if "tutor:hint:1" in one.get("raw", "")]
    number = posted[0]["raw"].split("Question number ")[1][0]
    posted[-1]["raw"] += f" Pointtwo{number} is said next."


def words_that_discord_does_not_know(record: dict[str, Any], _: sqlite3.Connection) -> None:
    record["findings"].append("POST /x: unknown")


BREAKS: dict[str, tuple[str, Break]] = {
    "an answer": ("lost", sql("DELETE FROM answers WHERE rowid = 1")),
    "another answer": (
        "wrong",
        sql("UPDATE answers SET option = (option + 1) % 3 WHERE rowid = 1"),
    ),
    "a hint": ("lost", sql("DELETE FROM hints")),
    "a text": ("lost", sql("UPDATE explanations SET text = 'x'")),
    "a text twice": (
        "doubled",
        sql(
            "INSERT INTO explanations (server_id, round_id, user_id, attempt, text, submitted_at)"
            " SELECT server_id, round_id, user_id, 3, text, submitted_at FROM explanations"
        ),
    ),
    "a grade": ("lost", sql("DELETE FROM grades")),
    "a grade that nobody saw": ("lost", sql("UPDATE explanations SET told_at = NULL")),
    "points": ("lost", sql("UPDATE results SET points = points + 1")),
    "a round": ("lost", sql("UPDATE rounds SET due_at = due_at + 1")),
    "a reveal": ("lost", sql("UPDATE rounds SET shown_at = NULL")),
    "a reference": ("wrong", sql("UPDATE rounds SET schedule_id = 99")),
    "a post": ("lost", a_post_that_vanished),
    "a post twice": ("doubled", a_second_post),
    "a thread begun twice": ("doubled", a_second_beginning),
    "a secret": ("leaked", a_key_point_told),
    "a request": ("wrong", words_that_discord_does_not_know),
}


async def test_every_broken_promise_is_found(tmp_path: Path) -> None:
    async with loopback(tmp_path, write_questions(tmp_path)) as discord:
        play = await crash.daily(discord, tmp_path / "play")
        await play.begin()
        await play.round()
        await play.end()
        assert await settle(play.driver) == []
        record = await discord.do("record")
        await discord.stop()
        whole = database(discord)
    assert judge(Case(record, play.driver.seen, play.due, questions(), whole)) == []

    for name, (kind, broken) in BREAKS.items():
        file, told = tmp_path / "broken.db", copy.deepcopy(record)
        shutil.copy(whole, file)
        with closing(sqlite3.connect(file)) as connection, connection:
            broken(told, connection)
        found = judge(Case(told, play.driver.seen, play.due, questions(), file))
        assert kind in {one.kind for one in found}, f"{name} broken: {found}"

    play.driver.seen.streaks[0]["streak"] += 1
    (found,) = judge(Case(record, play.driver.seen, play.due, questions(), whole))
    assert found.what.endswith("would be right")
