"""The judge on what was given away: it reads every byte that the bot sent before a reveal."""

from collections.abc import Iterator
from typing import Any

from bot.domain.question import Question
from tests.discord.case import Case, Finding, micros, requests


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
        for entry in requests(case):
            if round_["revealed_at"] and micros(entry["at"]) >= round_["revealed_at"]:
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
            for entry in requests(case)
            if entry["route"] == "POST /channels/{channel_id}/messages"
            and f'tutor:hint:{round_["id"]}"' in entry["raw"]
        ),
        0,
    )
