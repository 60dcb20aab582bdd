"""The judge on what members asked moderators for, and what they said: appeals, reviews, and that
they were told.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.discord.case import Case, Finding

DECISIONS = {
    "accept": ("accepted", 0),
    "remember": ("accepted", 1),
    "partly": ("partly", 0),
    "reject": ("rejected", 0),
}
"""What a button stores: the decision, and whether the wording is remembered."""
TOLD = {
    "accepted": "A moderator read it and says that it is right.**",
    "partly": "A moderator read it and says that it is right in part.**",
    "rejected": "A moderator read it and does not count it",
}


def rulings(case: Case) -> Iterator[Finding]:
    """Yield what is wrong with appeals, decisions, skips and their telling."""
    yield from appeals(case)
    yield from decisions(case)
    yield from skips(case)
    yield from telling(case)


def appeals(case: Case) -> Iterator[Finding]:
    """Each appeal that a member saw stored is there once, with its reason, and none besides."""
    kept = Counter(row["explanation_id"] for row in case.rows["appeals"])
    by_id = {row["explanation_id"]: row["reason"] for row in case.rows["appeals"]}
    owners = {row["id"]: row["user_id"] for row in case.rows["explanations"]}
    for one in case.seen.appeals:
        number = one["explanation"]
        if not kept[number] and one["stored"]:
            yield Finding("lost", f"the appeal of explanation {number}")
        if kept[number] > 1:
            yield Finding("doubled", f"the appeal of explanation {number}")
        if kept[number] and by_id[number] not in one["reasons"]:
            yield Finding("wrong", f"the reason of explanation {number}: {by_id[number]!r}")
        if owners.get(number) != one["user"]:
            yield Finding("wrong", f"explanation {number} is not {one['user']}'s")
    for number in kept.keys() - {one["explanation"] for one in case.seen.appeals}:
        yield Finding("wrong", f"an appeal of explanation {number} that nobody made")


def decisions(case: Case) -> Iterator[Finding]:
    """Each explanation on which a moderator saw a decision has one, and it is the first: whoever
    was told that theirs is stored decided it, and everybody else was told who did.
    """
    kept = {row["explanation_id"]: row for row in case.rows["reviews"]}
    if len(kept) != len(case.rows["reviews"]):
        yield Finding("doubled", "two reviews of one explanation")
    said: dict[int, list[dict[str, Any]]] = {}
    for one in case.seen.words:
        said.setdefault(one["explanation"], []).append(one)
    for number, words in said.items():
        row = kept.get(number)
        if row is None:
            if any(one["told"] for one in words):
                yield Finding("lost", f"the decision on explanation {number}")
            continue
        stored = (row["decided_by"], row["decision"], int(row["remembered"]))
        if stored not in [(one["moderator"], *DECISIONS[one["act"]]) for one in words]:
            yield Finding("wrong", f"nobody decided {stored} on explanation {number}")
        for one in words:
            winner = one["moderator"] if one["told"] == "done" else one["winner"]
            if one["told"] and winner != row["decided_by"]:
                yield Finding("wrong", f"{one}: {row['decided_by']} had decided")
    for number in kept.keys() - said.keys():
        yield Finding("wrong", f"a decision on explanation {number} that nobody made")


def skips(case: Case) -> Iterator[Finding]:
    """Who skipped an explanation was shown the other one that waited; a skip stays until the
    decision.
    """
    decided = {row["explanation_id"] for row in case.rows["reviews"]}
    kept = {(row["explanation_id"], row["user_id"]) for row in case.rows["review_skips"]}
    for one in case.seen.skips:
        if one["then"] in (None, one["explanation"]):
            yield Finding("wrong", f"explanation {one['explanation']} was shown again: {one}")
        there = (one["explanation"], one["moderator"]) in kept
        if there is (one["explanation"] in decided):
            yield Finding("lost", f"the skip of explanation {one['explanation']}: {there=}")


def telling(case: Case) -> Iterator[Finding]:
    """From the reveal on each decision was told to its member privately: once, and again only where
    the process died, or Discord's answer was lost, before it could be noted.
    """
    told = Counter(
        (one["user"], one["embeds"][0].get("url"), decision)
        for one in _private(case)
        for decision, words in TOLD.items()
        if one["embeds"] and words in one["embeds"][0].get("description", "")
    )
    of = {row["id"]: row for row in case.rows["explanations"]}
    rounds = {row["id"]: row for row in case.rounds.values()}
    wanted: Counter[tuple[int, str, str]] = Counter()
    for row in case.rows["reviews"]:
        explained = of[row["explanation_id"]]
        round_ = rounds[explained["round_id"]]
        link = f"https://discord.com/channels/{case.record['guild']}"
        link += f"/{round_['channel_id']}/{round_['message_id']}"
        if round_["state"] == "revealed":
            wanted[explained["user_id"], link, row["decision"]] += 1
        elif not row["told_at"]:
            told.pop((explained["user_id"], link, row["decision"]), None)
    for key, count in (wanted - told).items():
        yield Finding("lost", f"the telling of a decision: {key} ({count} fewer)")
    again = (told - wanted).total()
    if again > interruptions(case):
        yield Finding("doubled", f"{again} decisions were told again: {told - wanted}")


def interruptions(case: Case) -> int:
    """Return how often the bot was started again, and how many requests were harmed."""
    return case.record["identified"] - 1 + len(case.record["harmed"])


def _private(case: Case) -> Iterator[dict[str, Any]]:
    """Yield what somebody alone can read, with that `user`."""
    yield from case.record["private"]
    for held in case.record["channels"].values():
        for message in held["messages"] if held["recipient"] else ():
            yield message | {"user": held["recipient"]}
