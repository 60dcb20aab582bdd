"""The judge: what Discord and its members saw, against what the database and the channels hold."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.discord.case import Case, Finding, Kind, differ, is_post, message_of, micros
from tests.discord.driver import LETTERS
from tests.discord.entries import entries
from tests.discord.leaks import early_words, leaks, names
from tests.discord.rulings import rulings
from tests.discord.world import THREAD


def judge(case: Case) -> list[Finding]:
    """Return every promise that was not kept, in no order."""
    return [
        *sound(case.database),
        *unfinished(case),
        *posts(case),
        *threads(case),
        *answers(case),
        *hints(case),
        *explanations(case),
        *points(case),
        *streaks(case),
        *leaks(case),
        *early_words(case),
        *names(case),
        *rulings(case),
        *entries(case),
        *(
            Finding("wrong", f"Discord would not understand: {one}")
            for one in case.record["findings"]
        ),
    ]


def sound(database: Path) -> Iterator[Finding]:
    """The file is whole, and every reference in it leads somewhere."""
    connection = sqlite3.connect(database)
    for row in connection.execute("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield Finding("wrong", f"integrity_check: {row[0]}")
    for row in connection.execute("PRAGMA foreign_key_check"):
        yield Finding("wrong", f"foreign_key_check: {tuple(row)}")
    connection.close()


def pending(database: Path, now: str) -> list[str]:
    """Return what the bot has still to do at `now` (ISO): steps that are due, or begun and not
    ended, and texts whose grade was not told.
    """
    connection = sqlite3.connect(database)
    found = [
        f"round {row[0]} is still {row[1]}"
        for row in connection.execute(
            "SELECT id, state FROM rounds WHERE state = 'sending'"
            " OR (state = 'planned' AND due_at <= :now) OR (state = 'open' AND closes_at <= :now)"
            " OR (state IN ('revealed', 'cancelled') AND shown_at IS NULL)",
            {"now": micros(now)},
        )
    ]
    found += [
        f"explanation {row[0]} is not graded or told"
        for row in connection.execute(
            "SELECT id FROM explanations LEFT JOIN grades ON explanation_id = id"
            " WHERE explanation_id IS NULL OR told_at IS NULL"
        )
    ]
    found += [
        f"the review of explanation {row[0]} is not told"
        for row in connection.execute(
            "SELECT explanation_id FROM reviews JOIN explanations ON explanations.id ="
            " explanation_id JOIN rounds ON rounds.id = round_id"
            " WHERE rounds.state = 'revealed' AND reviews.told_at IS NULL"
        )
    ]
    found += [
        f"entry {row[0]} of the audit is not posted"
        for row in connection.execute(
            "SELECT id FROM audit WHERE channel_id IS NOT NULL AND posted_at IS NULL"
        )
    ]
    connection.close()
    return found


def unfinished(case: Case) -> Iterator[Finding]:
    """Nothing is left half done."""
    for one in pending(case.database, case.record["now"]):
        yield Finding("lost", one)


def posts(case: Case) -> Iterator[Finding]:
    """Each due occurrence has exactly one post, and one round that knows it."""
    wanted = Counter((channel, micros(when)) for channel, when in case.due)
    of_rounds = Counter((row["channel_id"], row["due_at"]) for row in case.rounds.values())
    yield from differ("rounds of the occurrence", wanted, of_rounds)
    standing: Counter[int] = Counter()
    for channel, held in case.record["channels"].items():
        for message in held["messages"]:
            if is_post(message):
                standing[int(channel)] += 1
                if int(message["id"]) not in case.rounds:
                    yield Finding("doubled", f"post {message['id']} that no round knows")
    expected = Counter(channel for channel, _ in case.due)
    yield from differ("posts in the channel", expected, standing)


def threads(case: Case) -> Iterator[Finding]:
    """Each discussion has been begun, once."""
    for channel, held in case.record["channels"].items():
        begun = [one for one in held["messages"] if int(one["author"]["id"]) == case.record["bot"]]
        if held["kind"] == THREAD and len(begun) != 1:
            kind: Kind = "doubled" if begun else "lost"
            yield Finding(kind, f"{len(begun)} first messages in the thread {channel}")


def answers(case: Case) -> Iterator[Finding]:
    """The stored answer of each member is the last one that Discord delivered before the reveal: in
    the concealed manner their last reaction, in the open one what stands under the post.
    """
    for post in case.seen.posts:
        round_ = case.rounds.get(post["message"])
        if round_ is None:
            continue  # `posts` says so
        stored = [row for row in case.rows["answers"] if row["round_id"] == round_["id"]]
        kept = {row["user_id"]: row["option"] for row in stored}
        meant = _concealed(case, post) if post["manner"] == "concealed" else _standing(case, post)
        standing = _reactors(case, post) if case.is_cancelled(post["message"]) else set[int]()
        for user in kept.keys() | meant.keys():
            if user not in kept and user in standing:
                continue  # of a cancelled post nobody's answer counts that was not taken before
            if user not in kept:
                yield Finding("lost", f"the answer {meant[user]} of {user} to {post['due']}")
            elif kept[user] != meant.get(user):
                yield Finding(
                    "wrong",
                    f"{user} answered {meant.get(user)} to {post['due']}: {kept[user]} is kept",
                )


def _concealed(case: Case, post: dict[str, Any]) -> dict[int, int]:
    revealed_at = case.rounds[post["message"]]["revealed_at"]
    return {
        one["user"]: LETTERS.index(one["emoji"])
        for one in case.record["log"]
        if one["what"] == "react"
        and one["message"] == post["message"]
        and (revealed_at is None or micros(one["at"]) < revealed_at)
    }


def _reactors(case: Case, post: dict[str, Any]) -> set[int]:
    message = message_of(case, post["channel"], post["message"])
    return {user for users in message["reactors"].values() for user in users}


def _standing(case: Case, post: dict[str, Any]) -> dict[int, int]:
    message = message_of(case, post["channel"], post["message"])
    in_time = _concealed(case, post)
    return {
        user: LETTERS.index(emoji)
        for emoji, users in message["reactors"].items()
        for user in users
        if user in in_time
    }


def hints(case: Case) -> Iterator[Finding]:
    """Each hint that a member saw is kept once, and none that they did not take."""
    wanted = Counter((one["message"], one["user"], one["level"]) for one in case.seen.hints)
    by_round = {row["id"]: row["message_id"] for row in case.rounds.values()}
    kept = Counter(
        (by_round.get(row["round_id"]), row["user_id"], row["level"]) for row in case.rows["hints"]
    )
    yield from differ("hints", wanted, kept)


def explanations(case: Case) -> Iterator[Finding]:
    """Each text that a member saw stored is there once, with a grade, and they were told it."""
    kept = Counter((row["user_id"], row["text"]) for row in case.rows["explanations"])
    known = {(one["user"], one["text"]) for one in case.seen.explanations}
    for one in case.seen.explanations:
        count = kept[one["user"], one["text"]]
        if count > 1:
            yield Finding("doubled", f"explanation {one['text']!r}")
        if not count and one["stored"]:
            yield Finding("lost", f"explanation {one['text']!r}")
    for key in kept.keys() - known:
        yield Finding("wrong", f"an explanation that nobody wrote: {key}")
    graded = Counter(row["explanation_id"] for row in case.rows["grades"])
    for row in case.rows["explanations"]:
        if graded[row["id"]] != 1:
            yield Finding("lost", f"the grade of explanation {row['id']}")


def points(case: Case) -> Iterator[Finding]:
    """Points follow from answers, hints, grades, reviews and the key, by the rule in README's
    words; of a cancelled round there are none.
    """
    grades = {row["explanation_id"]: row for row in case.rows["grades"]}
    decisions = {row["explanation_id"]: row["decision"] for row in case.rows["reviews"]}
    for round_ in case.rounds.values():
        cancelled = case.is_cancelled(round_["message_id"])
        if cancelled is not (round_["state"] == "cancelled"):
            yield Finding("lost", f"round {round_['id']} is {round_['state']}: {cancelled=}")
        if round_["state"] not in ("revealed", "cancelled"):
            continue
        question, key = case.question(round_), case.key(round_)
        of_round = {
            name: [row for row in case.rows[name] if row["round_id"] == round_["id"]]
            for name in ("answers", "hints", "explanations", "results")
        }
        chosen = {row["user_id"]: row["option"] for row in of_round["answers"]}
        taken = Counter(row["user_id"] for row in of_round["hints"])
        best: dict[int, float] = {}
        for row in of_round["explanations"]:
            worth = _worth(grades.get(row["id"]), decisions.get(row["id"]))
            best[row["user_id"]] = max(best.get(row["user_id"], 0.0), worth)
        wanted: Counter[tuple[int, int]] = Counter()
        for user in chosen.keys() | best.keys() if not cancelled else ():
            share = (chosen.get(user) == key) + best.get(user, 0.0) / 2
            wanted[user, round(20 * question.difficulty * share * (1 - taken[user] / 4))] += 1
        got = Counter((row["user_id"], row["points"]) for row in of_round["results"])
        yield from differ(f"points of round {round_['id']}", wanted, got)


def _worth(grade: dict[str, Any] | None, decision: str | None) -> float:
    """Return what an explanation is worth, 0..1: a moderator's word wins over the grader's."""
    if decision is not None:
        return {"accepted": 1.0, "partly": 0.5, "rejected": 0.0}[decision]
    return grade["score"] if grade and grade["label"] == "correct" else 0.0


def streaks(case: Case) -> Iterator[Finding]:
    """The streak that `/me` shows is the number of study days in a row, up to the newest, on which
    the member answered. Study days here are days of UTC; a cancelled round makes none.
    """
    days: dict[date, list[dict[str, Any]]] = {}
    for post in case.seen.posts:
        if not case.is_cancelled(post["message"]):
            days.setdefault(_day(post["due"]), []).append(post)
    for shown in case.seen.streaks:
        streak, longest = 0, 0
        for day in sorted(days):
            answered = any(shown["user"] in _concealed(case, post) for post in days[day])
            streak = streak + 1 if answered else 0
            longest = max(longest, streak)
        if (shown["streak"], shown["longest"]) != (streak, longest):
            yield Finding("wrong", f"{shown}: {streak} days, longest {longest}, would be right")


def _day(when: str) -> date:
    return datetime.fromisoformat(when).astimezone(UTC).date()
