"""Reviews: what the grader is unsure of, what members appeal, and what disagrees with a right
answer waits for a moderator, whose word wins.

Before the reveal nobody is told a decision: the grader may be wrong, so its grade gives no key
away, and a moderator's word would. So a decision that comes early counts at the reveal and is told
after it. Whoever plays a question in an open round is shown nothing of it here.
"""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.review import Decision
from bot.domain.round import Round, State
from bot.errors import MemberError, ModeratorError
from bot.grading import Grade, checks
from bot.services import explanations, reminders, telling
from bot.services.context import Context
from bot.store.queries import appeals
from bot.store.queries import explanations as explanation_queries
from bot.store.queries import reviews as queries
from bot.store.queries.appeals import Appealed
from bot.store.queries.reviews import Judged, Review, Waiting

LONGEST_REASON = 400
"""Characters of an appeal."""

_REFUSALS = {
    Appealed.GONE: "explanation_gone",
    Appealed.AGAIN: "appeal_again",
    Appealed.DECIDED: "appeal_decided",
    Appealed.CANCELLED: "round_cancelled",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A grade as a moderator looks at it. It names nobody."""

    waiting: Waiting
    round: Round
    text: str
    grade: Grade
    """What the grader said."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one moderator."""

    item: Item | None
    """The next one."""
    left: int
    """How many this moderator can decide now, the next one included."""
    held: int
    """How many more there are of open questions that this moderator does not play."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in a server, whoever looks."""

    ready: int
    oldest: datetime | None
    """Since when (UTC) the one of them waits that waits longest."""
    held: int
    """How many more there are of questions that are still open."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision came to."""

    explanation_id: int
    round: Round
    user_id: int
    """Whose explanation it is."""
    review: Review
    """The one that stands."""
    is_new: bool
    """False: somebody else had decided before, and nothing was changed."""
    points_before: int | None
    """The member's points in the round; None before the reveal."""
    points_after: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How reviews go, of a bank or of all."""

    title: str
    """The bank's; empty for all."""
    waiting: int
    decided: int
    agreed: int
    """How often the moderators said what the grader had said."""
    median_wait: timedelta | None
    """Of the decided ones; None without any."""
    oldest: datetime | None
    """Since when (UTC) the one waits that waits longest."""


async def next_item(
    ctx: Context, server_id: int, moderator_id: int, *, include_open: bool
) -> Queue:
    """Return what a moderator may look at next: appeals first, then the oldest; skipped ones last.

    Their own explanations are somebody else's to review, and so is every question that they play in
    an open round. Items of other open rounds show the key too: they come with `include_open`.
    """
    found = await ctx.store.read(queries.waiting, server_id=server_id, refused=checks.REFUSING)
    played = await ctx.store.read(queries.played, server_id=server_id, user_id=moderator_id)
    skipped = await ctx.store.read(queries.skipped, server_id=server_id, user_id=moderator_id)
    theirs = [one for one in found if one.user_id != moderator_id and one.question_id not in played]
    shown = [one for one in theirs if include_open or not one.is_open]
    first_skipped = datetime.min.replace(tzinfo=ctx.clock().tzinfo)
    shown.sort(key=lambda one: skipped.get(one.explanation_id, first_skipped))
    for one in shown:
        stored = await ctx.store.read(explanation_queries.get, explanation_id=one.explanation_id)
        grade = explanations.from_store(stored.grade) if stored else None
        if stored is not None and grade is not None:  # else it was deleted a moment ago
            item = Item(one, stored.round, stored.text, grade)
            return Queue(item, len(shown), len(theirs) - len(shown))
    return Queue(None, 0, len(theirs) - len(shown))


async def skip(ctx: Context, explanation_id: int, server_id: int, moderator_id: int) -> None:
    """Put a grade behind the rest for this moderator."""
    await ctx.store.write(
        queries.skip,
        explanation_id=explanation_id,
        server_id=server_id,
        user_id=moderator_id,
        now=ctx.clock(),
    )


async def decide(
    ctx: Context,
    explanation_id: int,
    server_id: int,
    moderator_id: int,
    decision: Decision,
    *,
    remember: bool = False,
) -> Outcome:
    """Decide on a grade, unless somebody has; then what they decided is returned.

    The member's points follow at once, or at the reveal where that is still to come, and the member
    is told by direct message after it. With `remember`, which accepts, the grader holds the next
    explanations of this question in this server against the wording too.

    Raises ModeratorError: review_gone, review_own, review_cancelled.
    """
    stored = await ctx.store.read(explanation_queries.get, explanation_id=explanation_id)
    if stored is None or stored.round.server_id != server_id or stored.grade is None:
        raise ModeratorError("review_gone")
    if stored.user_id == moderator_id:
        raise ModeratorError("review_own")
    if stored.round.state is State.CANCELLED:
        raise ModeratorError("review_cancelled")
    decided = await ctx.store.write(
        queries.decide,
        explanation_id=explanation_id,
        server_id=server_id,
        moderator_id=moderator_id,
        decision=decision,
        remember=remember and decision is Decision.ACCEPTED,
        now=ctx.clock(),
    )
    if decided is None:
        raise ModeratorError("review_gone")
    if decided.is_new:
        reminders.look_again(ctx, server_id)  # and the audit has an entry to post
        # Before the reveal this tells nothing; the reveal does.
        ctx.start(
            telling.tell_reviews(ctx, stored.round.id, explanation_id),
            name=f"tell-review-{explanation_id}",
        )
    return Outcome(
        explanation_id=explanation_id,
        round=stored.round,
        user_id=stored.user_id,
        review=decided.review,
        is_new=decided.is_new,
        points_before=decided.points_before,
        points_after=decided.points_after,
    )


async def may_appeal(ctx: Context, explanation_id: int, user_id: int) -> None:
    """Raise MemberError where a member could not appeal a grade: explanation_gone, appeal_again,
    appeal_decided, round_cancelled.
    """
    _check(await ctx.store.read(appeals.may_appeal, explanation_id=explanation_id, user_id=user_id))


async def appeal(ctx: Context, explanation_id: int, user_id: int, reason: str) -> bool:
    """Store a member's appeal of their own grade; return whether the round is revealed already.

    Raises MemberError: appeal_empty, appeal_too_long, and those of `may_appeal`.
    """
    reason = reason.strip()
    if not reason:
        raise MemberError("appeal_empty")
    if len(reason) > LONGEST_REASON:
        raise MemberError("appeal_too_long", length=len(reason), longest=LONGEST_REASON)
    _check(
        await ctx.store.write(
            appeals.appeal,
            explanation_id=explanation_id,
            user_id=user_id,
            reason=reason,
            now=ctx.clock(),
        )
    )
    graded = await explanations.graded(ctx, explanation_id)
    reminders.look_again(ctx, graded.round.server_id)
    return graded.revealed


async def backlog(ctx: Context, server_id: int) -> Backlog:
    """Return how much waits in a server."""
    found = await ctx.store.read(queries.waiting, server_id=server_id, refused=checks.REFUSING)
    ready = [one.since for one in found if not one.is_open]
    return Backlog(len(ready), min(ready, default=None), len(found) - len(ready))


async def stats(ctx: Context, server_id: int) -> tuple[Figures, list[Figures]]:
    """Return a server's figures: of all banks together, and of each by title."""
    waiting = await ctx.store.read(queries.waiting, server_id=server_id, refused=checks.REFUSING)
    judged = await ctx.store.read(queries.judged, server_id=server_id)
    by_bank: defaultdict[str, tuple[list[Waiting], list[Judged]]] = defaultdict(lambda: ([], []))
    titles: dict[str, str] = {}
    for one in waiting:
        by_bank[one.bank][0].append(one)
        titles[one.bank] = one.bank_title
    for one in judged:
        by_bank[one.bank][1].append(one)
        titles.setdefault(one.bank, one.bank_title)
    order = sorted(by_bank, key=lambda bank: (titles[bank], bank))
    each = [_figures(titles[bank], *by_bank[bank]) for bank in order]
    return _figures("", waiting, judged), each


def _check(appealed: Appealed) -> None:
    if appealed in _REFUSALS:
        raise MemberError(_REFUSALS[appealed])


def _figures(title: str, waiting: Sequence[Waiting], judged: Sequence[Judged]) -> Figures:
    waits = [(one.decided_at - one.since).total_seconds() for one in judged]
    return Figures(
        title=title,
        waiting=len(waiting),
        decided=len(judged),
        agreed=sum(one.agrees for one in judged),
        median_wait=timedelta(seconds=statistics.median(waits)) if waits else None,
        oldest=min((one.since for one in waiting), default=None),
    )
