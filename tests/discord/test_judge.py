"""The judge sees what it is there to see: each promise that is broken by hand is found."""

import copy
import json
import pickle
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.discord.case import Case
from tests.discord.judge import judge
from tests.discord.kills import moderated
from tests.discord.plays import questions, write_questions
from tests.discord.proof import database, settle
from tests.discord.remote import loopback
from tests.discord.seen import Seen

Record = dict[str, Any]
Break = Callable[[Record, sqlite3.Connection, Seen], None]
MEMBER = "bob"


def sql(statement: str) -> Break:
    """Break the database."""

    def broken(_: Record, connection: sqlite3.Connection, seen: Seen) -> None:
        done = connection.execute(statement)
        assert done.rowcount > 0, f"nothing was broken by {statement}"

    return broken


def a_second_post(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    held = next(
        c for c in record["channels"].values() if any(m["attachments"] for m in c["messages"])
    )
    held["messages"].append(copy.deepcopy(held["messages"][0]) | {"id": "77"})


def a_post_that_vanished(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    for held in record["channels"].values():
        if held["kind"] == 0:
            held["messages"] = [one for one in held["messages"] if not one["attachments"]]


def a_second_beginning(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    thread = next(held for held in record["channels"].values() if held["kind"] == 11)
    thread["messages"].append(thread["messages"][0])


def a_key_point_told(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    posted = requests_with(record, "tutor:hint:1")
    number = posted[0]["raw"].split("Question number ")[1][0]
    posted[-1]["raw"] += f" Pointtwo{number} is said next."


def words_that_discord_does_not_know(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    record["findings"].append("POST /x: unknown")


def another_streak(_: Record, __: sqlite3.Connection, seen: Seen) -> None:
    seen.streaks[0]["streak"] += 1


# What moderators are promised


def an_appeal_that_nobody_made(_: Record, __: sqlite3.Connection, seen: Seen) -> None:
    seen.appeals.pop()


def a_wrong_winner(_: Record, __: sqlite3.Connection, seen: Seen) -> None:
    late = next(one for one in seen.words if one["told"] == "late")
    late["winner"] = late["moderator"]


def two_winners(_: Record, __: sqlite3.Connection, seen: Seen) -> None:
    late = next(one for one in seen.words if one["told"] == "late")
    late["told"] = "done"


def a_skip_in_vain(_: Record, __: sqlite3.Connection, seen: Seen) -> None:
    seen.skips[0]["then"] = seen.skips[0]["explanation"]


def an_untold_decision(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    held = direct(record)
    held["messages"] = held["messages"][:-1]


def a_decision_told_again(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    held = direct(record)
    held["messages"].append(held["messages"][-1])


def a_decision_told_early(record: Record, _: sqlite3.Connection, seen: Seen) -> None:
    early = requests_with(record, "tutor:review:accept:1:")[0]
    post = seen.posts[0]
    early["raw"] += f"/{post['channel']}/{post['message']} A moderator read it and says"


def a_name_on_a_review(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    (bob,) = (id_ for id_, one in record["people"].items() if one["name"] == MEMBER)
    requests_with(record, "tutor:review:reject:")[0]["raw"] += f"<@{bob}>"


def a_secret_in_a_member_s_reply(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    """What a moderator may see who looks at open questions, a member may not."""
    early = requests_with(record, "tutor:review:accept:1:")[0]
    token = early["params"]["webhook_token"]
    (bob,) = (id_ for id_, one in record["people"].items() if one["name"] == MEMBER)
    record["interactions"][token]["user"] = int(bob)


def a_missing_entry_s_post(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    audit_channel(record)["messages"].pop()


def a_second_entry_s_post(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    held = audit_channel(record)["messages"]
    held.append(held[-1])


def a_key_told_by_an_entry(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    early = requests_with(record, "-# Entry", "/quiz key")[0]
    early["raw"] = early["raw"].replace("\\n-# ", "\\nkey: A → B\\n-# ")


def an_old_key_under_the_post(record: Record, _: sqlite3.Connection, __: Seen) -> None:
    held = next(c for c in record["channels"].values() if str(c).count("The answer is"))
    for message in held["messages"]:
        for embed in message["embeds"]:
            embed["title"] = "The answer is none of them"


def direct(record: Record) -> Record:
    """Return the direct messages of a member who was told a decision there."""
    return next(c for c in record["channels"].values() if c["recipient"] and c["messages"])


def audit_channel(record: Record) -> Record:
    """Return the channel with the entries."""
    return next(c for c in record["channels"].values() if "-# Entry" in json.dumps(c["messages"]))


def requests_with(record: Record, *parts: str) -> list[Record]:
    """Return the bot's requests that hold all of these."""
    return [one for one in record["log"] if all(part in one.get("raw", "") for part in parts)]


_ENTRY = "server_id, done_by, done_at, action, subject, round_id, before, after"
_TEXT = "server_id, round_id, user_id, text, submitted_at"
BREAKS: dict[str, Break] = {
    "lost: the answer": sql("DELETE FROM answers WHERE rowid = 1"),
    "is kept": sql("UPDATE answers SET option = (option + 1) % 3 WHERE rowid = 1"),
    "lost: hints": sql("DELETE FROM hints"),
    "lost: explanation ": sql("UPDATE explanations SET text = 'x'"),
    "doubled: explanation ": sql(
        f"INSERT INTO explanations (attempt, {_TEXT}) SELECT attempt + 7, {_TEXT} FROM explanations"
    ),
    "lost: the grade of": sql("DELETE FROM grades"),
    "lost: explanation 1 is not graded or told": sql("UPDATE explanations SET told_at = NULL"),
    "lost: points": sql("UPDATE results SET points = points + 1"),
    "lost: rounds": sql("UPDATE rounds SET due_at = due_at + 1"),
    "is still revealed": sql("UPDATE rounds SET shown_at = NULL"),
    "wrong: foreign_key_check": sql("UPDATE rounds SET schedule_id = 99 WHERE id = 1"),
    "lost: posts": a_post_that_vanished,
    "doubled: posts": a_second_post,
    "doubled: 2 first messages": a_second_beginning,
    "leaked: 'Pointtwo": a_key_point_told,
    "wrong: Discord would not": words_that_discord_does_not_know,
    "would be right": another_streak,
    "lost: the appeal of": sql("DELETE FROM appeals WHERE explanation_id = 1"),
    "wrong: the reason of": sql("UPDATE appeals SET reason = 'no reason'"),
    "wrong: an appeal of": an_appeal_that_nobody_made,
    "lost: the decision on": sql("DELETE FROM reviews WHERE explanation_id = 1"),
    "accepted', 0)": sql("UPDATE reviews SET remembered = 1 - remembered"),
    "wrong: nobody decided": sql(
        "UPDATE reviews SET decision = CASE decision WHEN 'partly' THEN 'rejected'"
        " ELSE 'partly' END"
    ),
    "had decided": a_wrong_winner,
    "'told': 'done'": two_winners,
    "was shown again": a_skip_in_vain,
    "lost: the skip": sql(
        "INSERT INTO review_skips SELECT explanation_id, reviews.server_id, done_by, 0"
        " FROM reviews, audit GROUP BY 1, 3"
    ),
    "lost: the review of explanation": sql("UPDATE reviews SET told_at = NULL"),
    "lost: the telling": an_untold_decision,
    "decisions were told again": a_decision_told_again,
    "leaked: a moderator's word": a_decision_told_early,
    "leaked: bob on a review": a_name_on_a_review,
    "leaked: 'Reference": a_secret_in_a_member_s_reply,
    "cancelled=True": sql("UPDATE rounds SET state = 'revealed' WHERE state = 'cancelled'"),
    "doubled: points": sql(
        "INSERT INTO results SELECT server_id, 2, user_id, 0, 0 FROM results WHERE round_id = 1"
    ),
    "lost: entries": sql("DELETE FROM audit WHERE action = 'quiz cancel'"),
    "doubled: entries": sql(f"INSERT INTO audit ({_ENTRY}) SELECT {_ENTRY} FROM audit"),
    "lost: the key": sql("""UPDATE audit SET after = '{"key": "F"}' WHERE action = 'quiz key'"""),
    "stood": sql("""UPDATE audit SET before = '{"key": "F"}' WHERE action = 'quiz key'"""),
    "lost: decisions in the audit": sql(
        """UPDATE audit SET after = '{"decision": "partly", "remembered": true}'"""
        " WHERE action = 'review next'"
    ),
    "is not posted": sql("UPDATE audit SET posted_at = NULL"),
    "lost: posts of the audit": a_missing_entry_s_post,
    "doubled: posts of the audit": a_second_entry_s_post,
    "on round 1, before it": a_key_told_by_an_entry,
    "under the post of": an_old_key_under_the_post,
}
"""Part of the finding -> what brings it about."""


async def test_every_broken_promise_is_found(tmp_path: Path) -> None:
    async with loopback(tmp_path, write_questions(tmp_path)) as discord:
        play = await moderated(discord, tmp_path / "play")
        await play.begin()
        await play.round()
        await play.end()
        assert await settle(play.driver) == []
        record = await discord.do("record")
        await discord.stop()
        whole, seen = database(discord), play.driver.seen
    assert judge(Case(record, seen, play.due, questions(), whole)) == []
    kept = pickle.dumps((record, seen))  # the quickest copy

    for part, broken in BREAKS.items():
        file = tmp_path / "broken.db"
        told, known = pickle.loads(kept)
        shutil.copy(whole, file)
        with closing(sqlite3.connect(file)) as connection, connection:
            broken(told, connection, known)
        found = judge(Case(told, known, play.due, questions(), file))
        assert any(part in str(one) for one in found), f"{part}: {found}"
