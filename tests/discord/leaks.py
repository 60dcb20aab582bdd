"""The judge on what was given away: it reads every byte that the bot sent before a reveal, and
every review before its decision.
"""

import re
from collections.abc import Iterator
from typing import Any

from bot.domain.question import Question
from tests.discord.case import Case, Finding, micros, requests

EARLY = re.compile(r"tutor:review:[a-z]+:1:")
"""The buttons under a question that is still open."""
TOLD = "A moderator read it"
"""How every decision begins that a member is told."""
WITHHELD = re.compile(r"\\n(key|decision): ")
"""Lines of an entry in the audit that tell of an answer, in JSON."""


def leaks(case: Case) -> Iterator[Finding]:
    """Before a round's reveal nothing that the bot sent holds what only the reveal may tell.

    The reveal is when it is stored: from then on no answer counts. What an earlier round's reveal
    told before this one was posted is out, though it is told again. The bot names a key point that
    a member said; here that is the first one at most. A moderator who says that they do not play
    may look at what is appealed while a question is open.
    """
    looking = _looking(case)
    for round_ in case.rounds.values():
        question = case.question(round_)
        asked_before, told_at = _asked(case, round_), _told_at(case, round_)
        out = _out(case, round_, question)
        secrets = [
            question.explanation,
            *question.key_points[1:],
            *question.misconceptions.values(),
            question.reading,
        ]
        for entry in requests(case):
            if told_at and micros(entry["at"]) >= told_at:
                break
            if entry["n"] < asked_before or _names(entry, out):
                continue
            yield from _hints(entry, question)
            if _token(entry) in looking:
                continue
            for secret in secrets:
                if secret in entry["raw"]:
                    yield Finding("leaked", f"{secret!r} before the reveal, by {entry['route']}")


def early_words(case: Case) -> Iterator[Finding]:
    """Before a round's reveal no member is told what a moderator decided on their explanation, and
    no entry of the audit tells of a decision or a key.
    """
    for round_ in case.rounds.values():
        link = f"/{round_['channel_id']}/{round_['message_id']}"
        for entry in requests(case):
            if round_["revealed_at"] and micros(entry["at"]) >= round_["revealed_at"]:
                break
            if link in entry["raw"] and (TOLD in entry["raw"] or WITHHELD.search(entry["raw"])):
                yield Finding("leaked", f"a moderator's word on round {round_['id']}, before it")


def names(case: Case) -> Iterator[Finding]:
    """No member's name stands on a review before it is decided."""
    members = {
        id_: one["name"]
        for id_, one in case.record["people"].items()
        if not one["bot"] and not one["moderator"]
    }
    for entry in requests(case):
        if "tutor:review:reject" in entry["raw"]:
            for id_, name in members.items():
                if id_ in entry["raw"] or name in entry["raw"]:
                    yield Finding("leaked", f"{name} on a review that is not decided")


def _hints(entry: dict[str, Any], question: Question) -> Iterator[Finding]:
    if entry["route"].startswith("POST /channels") and any(
        hint in entry["raw"] for hint in question.hints
    ):
        yield Finding("leaked", f"a hint of {question.id} in public")


def _looking(case: Case) -> set[str]:
    """Return the interactions of moderators who asked for open questions too."""
    people = case.record.get("people", {})
    return {
        token
        for token, one in case.record.get("interactions", {}).items()
        if people[str(one["user"])]["moderator"] and _is_early(one["data"])
    }


def _is_early(data: dict[str, Any]) -> bool:
    if EARLY.match(data.get("custom_id", "")):
        return True
    (first,) = data.get("options") or [{}]
    return data.get("name") == "review" and bool(first.get("options"))


def _token(entry: dict[str, Any]) -> str | None:
    return entry["params"].get("webhook_token") or entry["params"].get("interaction_token")


def _told_at(case: Case, round_: dict[str, Any]) -> int | None:
    """Return when a round's secrets were told: at its reveal; of one that was cancelled before it,
    at the next reveal of its question.
    """
    if round_["revealed_at"]:
        return round_["revealed_at"]
    slug = case.question(round_).id
    later = [
        one["revealed_at"]
        for one in case.rounds.values()
        if case.question(one).id == slug
        and one["revealed_at"]
        and one["revealed_at"] > round_["opened_at"]
    ]
    return min(later, default=None)


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
    """Return whether a request is about one of these posts: about itself, or with its address, as a
    grade has that is told late.
    """
    return entry["params"].get("message_id") in posts or any(
        f"/{post})" in entry["raw"] or f'/{post}"' in entry["raw"] for post in posts
    )


def _asked(case: Case, round_: dict[str, Any]) -> int:
    """Return the number of the request that posted the round."""
    return next(
        (
            entry["n"]
            for entry in requests(case)
            if entry["route"] == "POST /channels/{channel_id}/messages"
            and f'tutor:hint:{round_["id"]}"' in entry["raw"]
        ),
        0,
    )
