"""The judge on the audit: each action of a moderator has its entry, in the database and in the
channel, and none has two.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

from bot.domain.question import LETTERS
from tests.discord.case import Case, Finding, differ

Key: TypeAlias = tuple[str, int, str, int | None]
"""(action, moderator, subject, round)"""


def entries(case: Case) -> Iterator[Finding]:
    """Yield what is wrong with the entries, their posts, and what they tell."""
    yield from counts(case)
    yield from keys(case)
    yield from decisions(case)
    yield from posts(case)
    yield from shown(case)


def counts(case: Case) -> Iterator[Finding]:
    """Each action that a moderator saw done has one entry. Of an open question nobody is told that
    a key was that already: there every press of the button may be one.
    """
    got = Counter(_key(row) for row in case.rows["audit"])
    wanted: Counter[Key] = Counter()
    most: Counter[Key] = Counter()
    for one in case.seen.acts:
        wanted[one["action"], one["moderator"], one["subject"], _round(case, one["message"])] += 1
    by_explanation = {row["id"]: row["round_id"] for row in case.rows["explanations"]}
    for row in case.rows["reviews"]:
        round_id = by_explanation[row["explanation_id"]]
        wanted["review next", row["decided_by"], "", round_id] += 1
    for one in case.seen.regrades:
        action = "quiz key" if one["key"] else "quiz cancel"
        key = (action, one["moderator"], "", _round(case, one["message"]))
        wanted[key] += one["done"]
        if one["key"]:
            most[key] += one["clicks"] - 1
    yield from differ("entries of the audit", wanted, wanted & got)
    yield from differ("entries of the audit", got & (wanted + most), got)


def keys(case: Case) -> Iterator[Finding]:
    """The entries of a round's key lead from the bank's to the one that stands, one after another,
    and once it is revealed none leads nowhere.
    """
    for round_ in case.rounds.values():
        stands = LETTERS[case.question(round_).key]
        for row in case.rows["audit"]:
            if row["round_id"] != round_["id"] or row["action"] != "quiz key":
                continue
            before, after = (json.loads(row[name])["key"] for name in ("before", "after"))
            revealed = round_["revealed_at"] and row["done_at"] >= round_["revealed_at"]
            if before != stands or (revealed and before == after):
                yield Finding("wrong", f"an entry of {before} to {after}, where {stands} stood")
            stands = after
        if stands != LETTERS[case.key(round_)]:
            yield Finding("lost", f"the key {LETTERS[case.key(round_)]} of round {round_['id']}")


def decisions(case: Case) -> Iterator[Finding]:
    """What the entries say that moderators decided is what they decided."""
    by_explanation = {row["id"]: row["round_id"] for row in case.rows["explanations"]}
    wanted = Counter(
        (by_explanation[row["explanation_id"]], row["decision"], bool(row["remembered"]))
        for row in case.rows["reviews"]
    )
    got: Counter[tuple[int, str, bool]] = Counter()
    for row in case.rows["audit"]:
        if row["action"] == "review next":
            after = json.loads(row["after"])
            got[row["round_id"], after["decision"], after["remembered"]] += 1
    yield from differ("decisions in the audit", wanted, got)


def posts(case: Case) -> Iterator[Finding]:
    """Each entry that is to stand in a channel stands there once, and none that is not kept."""
    marks = {
        f"-# Entry {row['id']}-{row['done_at'] // 1_000_000:x}": row for row in case.rows["audit"]
    }
    standing: Counter[tuple[str, str]] = Counter()
    for channel, held in case.record["channels"].items():
        for message in held["messages"]:
            mark = message["content"].rpartition("\n")[2]
            if not mark.startswith("-# Entry "):
                continue
            standing[channel, mark] += 1
            row = marks.get(mark)
            if row and f"**/{row['action']}**" not in message["content"]:
                yield Finding("wrong", f"{mark}: {message['content']!r}")
    wanted = Counter(
        (str(row["channel_id"]), mark) for mark, row in marks.items() if row["channel_id"]
    )
    yield from differ("posts of the audit", wanted, standing)


def shown(case: Case) -> Iterator[Finding]:
    """Under each post stands what moderators made of it: the key that counts, or that it counts no
    more.
    """
    for post in case.seen.posts:
        round_ = case.rounds.get(post["message"])
        if (
            round_ is None
            or round_["note"]
            or not any(one["message"] == post["message"] for one in case.seen.regrades)
        ):
            continue
        held = case.record["channels"][str(post["channel"])]["messages"]
        embeds = [one["embeds"] for one in held if one["id"] == str(post["message"])]
        stands = json.dumps(embeds, ensure_ascii=False)
        words = "was cancelled" if case.is_cancelled(post["message"]) else "The answer is "
        words += "" if case.is_cancelled(post["message"]) else "🇦🇧🇨🇩🇪🇫"[case.key(round_)]
        if words not in stands:
            yield Finding("lost", f"{words!r} under the post of round {round_['id']}")


def _key(row: dict[str, Any]) -> Key:
    return row["action"], row["done_by"], row["subject"], row["round_id"]


def _round(case: Case, message: int | None) -> int | None:
    return case.rounds[message]["id"] if message in case.rounds else None
