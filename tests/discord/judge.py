"""The judge: what Discord and its members saw, against what the database and the channels hold.

Shares no code with the bot but the bank's questions; reads the database file as it lies there.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from bot.domain.question import Bank, Question
from tests.discord.driver import LETTERS, Seen
from tests.discord.world import THREAD

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
        with sqlite3.connect(self.database) as connection:
            connection.row_factory = sqlite3.Row
            for table in ("rounds", "answers", "hints", "explanations", "grades", "results"):
                self.rows[table] = [
                    dict(row) for row in connection.execute(f"SELECT * FROM {table}")
                ]
            self.questions = {
                row["id"]: row["slug"]
                for row in connection.execute("SELECT id, slug FROM questions")
            }
        connection.close()
        self.rounds = {row["message_id"]: row for row in self.rows["rounds"] if row["message_id"]}

    def question(self, round_: dict[str, Any]) -> Question:
        """The question that a round asked."""
        slug = self.questions[round_["question_id"]]
        return next(one for one in self.bank.questions if one.id == slug)


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
        *leaks(case),
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


def pending(database: Path) -> list[str]:
    """Return what the bot has still to do: steps begun and not ended, texts without a grade."""
    connection = sqlite3.connect(database)
    found = [
        f"round {row[0]} is {row[1]} and not shown"
        for row in connection.execute(
            "SELECT id, state FROM rounds WHERE state = 'sending'"
            " OR (state IN ('revealed', 'cancelled') AND shown_at IS NULL)"
        )
    ]
    found += [
        f"explanation {row[0]} is not graded or told"
        for row in connection.execute(
            "SELECT id FROM explanations LEFT JOIN grades ON explanation_id = id"
            " WHERE explanation_id IS NULL OR told_at IS NULL"
        )
    ]
    connection.close()
    return found


def unfinished(case: Case) -> Iterator[Finding]:
    """Nothing is left half done."""
    for one in pending(case.database):
        yield Finding("lost", one)


def posts(case: Case) -> Iterator[Finding]:
    """Each due occurrence has exactly one post, and one round that knows it."""
    wanted = Counter((channel, _micros(when)) for channel, when in case.due)
    of_rounds = Counter((row["channel_id"], row["due_at"]) for row in case.rounds.values())
    yield from _differ("rounds of the occurrence", wanted, of_rounds)
    standing: Counter[int] = Counter()
    for channel, held in case.record["channels"].items():
        for message in held["messages"]:
            if _is_post(message):
                standing[int(channel)] += 1
                if int(message["id"]) not in case.rounds:
                    yield Finding("doubled", f"post {message['id']} that no round knows")
    expected = Counter(channel for channel, _ in case.due)
    yield from _differ("posts in the channel", expected, standing)


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
        for user in kept.keys() | meant.keys():
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
        and (revealed_at is None or _micros(one["at"]) < revealed_at)
    }


def _standing(case: Case, post: dict[str, Any]) -> dict[int, int]:
    message = _message(case, post["channel"], post["message"])
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
    yield from _differ("hints", wanted, kept)


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
    """Points follow from answers, hints and grades, by the rule in README's words."""
    grades = {row["explanation_id"]: row for row in case.rows["grades"]}
    for round_ in case.rounds.values():
        if round_["state"] != "revealed":
            continue
        question = case.question(round_)
        of_round = {
            name: [row for row in case.rows[name] if row["round_id"] == round_["id"]]
            for name in ("answers", "hints", "explanations", "results")
        }
        chosen = {row["user_id"]: row["option"] for row in of_round["answers"]}
        taken = Counter(row["user_id"] for row in of_round["hints"])
        best: dict[int, float] = {}
        for row in of_round["explanations"]:
            grade = grades.get(row["id"])
            score = grade["score"] if grade and grade["label"] == "correct" else 0.0
            best[row["user_id"]] = max(best.get(row["user_id"], 0.0), score)
        wanted: Counter[tuple[int, int]] = Counter()
        for user in chosen.keys() | best.keys():
            share = (chosen.get(user) == question.key) + best.get(user, 0.0) / 2
            wanted[user, round(20 * question.difficulty * share * (1 - taken[user] / 4))] += 1
        got = Counter((row["user_id"], row["points"]) for row in of_round["results"])
        yield from _differ(f"points of round {round_['id']}", wanted, got)


def leaks(case: Case) -> Iterator[Finding]:
    """Before a round's reveal nothing that the bot sent holds what only the reveal may tell.

    The reveal is when it is stored: from then on no answer counts. What an earlier round's reveal
    told before this one was posted is out, though it is told again. The bot names a key point that
    a member said; here that is the first one at most.
    """
    for round_ in case.rounds.values():
        question = case.question(round_)
        asked_before = _asked(case, round_)
        out = _out(case, round_, question)
        secrets = [
            question.explanation,
            *question.key_points[1:],
            *question.misconceptions.values(),
            question.reading,
        ]
        for entry in _requests(case):
            if round_["revealed_at"] and _micros(entry["at"]) >= round_["revealed_at"]:
                break
            if entry["n"] < asked_before or _names(entry, out):
                continue
            for secret in secrets:
                if secret in entry["raw"]:
                    yield Finding("leaked", f"{secret!r} before the reveal, by {entry['route']}")
            if entry["route"].startswith("POST /channels") and any(
                hint in entry["raw"] for hint in question.hints
            ):
                yield Finding("leaked", f"a hint of {question.id} in public")


def _out(case: Case, round_: dict[str, Any], question: Question) -> set[str]:
    """Return the posts that had told the question's secrets when a round was opened."""
    return {
        str(one["message_id"])
        for one in case.rounds.values()
        if case.question(one).id == question.id
        and one["revealed_at"]
        and one["revealed_at"] < round_["opened_at"]
    }


def _names(entry: dict[str, Any], posts: set[str]) -> bool:
    return entry["params"].get("message_id") in posts


def _asked(case: Case, round_: dict[str, Any]) -> int:
    """Return the number of the request that posted the round."""
    return next(
        (
            entry["n"]
            for entry in _requests(case)
            if entry["route"] == "POST /channels/{channel_id}/messages"
            and f'tutor:hint:{round_["id"]}"' in entry["raw"]
        ),
        0,
    )


def _requests(case: Case) -> Iterable[dict[str, Any]]:
    return (one for one in case.record["log"] if one["what"] == "request")


def _message(case: Case, channel: int, message: int) -> dict[str, Any]:
    held = case.record["channels"][str(channel)]["messages"]
    return next(one for one in held if one["id"] == str(message))


def _is_post(message: dict[str, Any]) -> bool:
    return "tutor:hint:" in json.dumps(message["components"]) or bool(message["attachments"])


def _differ(what: str, wanted: Counter[Any], got: Counter[Any]) -> Iterator[Finding]:
    for key, count in (wanted - got).items():
        yield Finding("lost", f"{what}: {key} ({count} fewer)")
    for key, count in (got - wanted).items():
        yield Finding("doubled", f"{what}: {key} ({count} more)")


def _micros(when: str) -> int:
    moment = datetime.fromisoformat(when).astimezone(UTC)
    return round(moment.timestamp() * 1_000_000)
