"""Explanations: a member's text is stored at once, and graded when the grader gets to it.

Stored and graded are two steps: between them the process may die or the grader be away, and the
text waits in the store as pending. `telling.keep_grading` sees to those.
"""

import logging
from dataclasses import asdict, dataclass, replace

from bot.domain.question import Verdict
from bot.domain.review import Decision
from bot.domain.round import Round, State
from bot.errors import MemberError
from bot.grading import Grade, KeyPoint, KeyPointState, Submission
from bot.grading.service import GraderBusy, GraderUnavailable
from bot.services import links
from bot.services.context import Context
from bot.store.queries import explanations as queries
from bot.store.queries import wordings
from bot.store.queries.explanations import Stored, StoredGrade

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempts:
    """What a member has used of a round's attempts."""

    round: Round
    used: int
    allowed: int

    @property
    def left(self) -> int:
        """How many more the member may give; 0 once the round is closed."""
        return max(0, self.allowed - self.used) if self.round.state is State.OPEN else 0


@dataclass(frozen=True, slots=True)
class Graded:
    """An explanation as its member is told of it."""

    id: int
    round: Round
    user_id: int
    attempt: int
    """From 1."""
    attempts: Attempts
    grade: Grade | None
    """None: stored, and not graded yet. After a review it is what the moderator made of it."""
    best: Grade | None
    """The best grade of this member in this round: the one that counts."""
    decision: Decision | None = None
    """What a moderator decided. Before the reveal it is None, whatever was decided: the grader may
    be wrong, a moderator's word would as good as name the key.
    """
    appealed: bool = False

    @property
    def revealed(self) -> bool:
        """Whether the key, and with it what is missing, may be told."""
        return self.round.state is State.REVEALED


async def begin(ctx: Context, round_id: int, user_id: int, server_id: int) -> Attempts:
    """Return a member's attempts in a round of this server: open, or with explanations of theirs.

    Raises MemberError: round_unknown, round_cancelled, explanations_closed, no_explanations.
    """
    found = await ctx.store.read(queries.attempts, round_id=round_id, user_id=user_id)
    attempts = _checked(ctx, found, server_id)
    if attempts.round.state is not State.OPEN and not attempts.used:
        raise MemberError("explanations_closed", link=links.to_post(attempts.round))
    return attempts


async def submit(ctx: Context, round_id: int, user_id: int, server_id: int, text: str) -> int:
    """Store an explanation as pending and return its id once it is on the disk.

    The text is stored as it was written, white space around it aside; `grade` is expected to
    follow. Raises MemberError: explanation_empty, explanation_too_long, round_unknown,
    round_cancelled, explanations_closed, no_explanations, no_attempts_left.
    """
    text = text.strip()
    longest, allowed = (
        ctx.settings.explanations.max_characters,
        ctx.settings.explanations.attempts,
    )
    if not text:
        raise MemberError("explanation_empty")
    if len(text) > longest:
        raise MemberError("explanation_too_long", length=len(text), longest=longest)
    found = await ctx.store.write(
        queries.submit,
        round_id=round_id,
        server_id=server_id,
        user_id=user_id,
        text=text,
        allowed=allowed,
        now=ctx.clock(),
    )
    attempts = _checked(ctx, found, server_id)
    if found is not None and found.stored_id is not None:
        ctx.being_graded.add(found.stored_id)
        return found.stored_id
    if attempts.round.state is not State.OPEN:
        raise MemberError("explanations_closed", link=links.to_post(attempts.round))
    raise MemberError("no_attempts_left", n=allowed)


async def grade(ctx: Context, explanation_id: int) -> Graded:
    """Wait for the grader, store the grade, and return it; one that is stored already is returned.

    Where the grader is away or too busy the explanation stays pending: its `grade` is None, and
    `telling.keep_grading` will see to it. Raises MemberError (explanation_gone) where it was
    deleted.
    """
    ctx.being_graded.add(explanation_id)
    try:
        stored = await _stored(ctx, explanation_id)
        if stored.grade is None:
            known = await ctx.store.read(wordings.remembered, round_id=stored.round.id)
            given = await ctx.grader.grade(
                Submission.about(stored.round.question, stored.text, known)
            )
            await ctx.store.write(
                queries.store_grade,
                explanation_id=explanation_id,
                grade=_to_store(given),
                now=ctx.clock(),
            )
    except (GraderUnavailable, GraderBusy) as error:
        log.info("Explanation %d stays pending: %s", explanation_id, error)
    finally:
        ctx.being_graded.discard(explanation_id)
    return await graded(ctx, explanation_id)


async def graded(ctx: Context, explanation_id: int) -> Graded:
    """Return an explanation as it stands. Raises MemberError (explanation_gone)."""
    stored = await _stored(ctx, explanation_id)
    of_member = await ctx.store.read(
        queries.of_member, round_id=stored.round.id, user_id=stored.user_id
    )
    return _graded(ctx, stored, of_member)


async def best(ctx: Context, round_id: int, user_id: int) -> Graded | None:
    """Return the member's explanation of a round that counts, or the last one while none has a
    grade; None where there is no explanation.
    """
    of_member = await ctx.store.read(queries.of_member, round_id=round_id, user_id=user_id)
    if not of_member:
        return None
    chosen = max(of_member, key=lambda one: (_worth(_ruled(one)), one.attempt))
    return _graded(ctx, chosen, of_member)


def _checked(ctx: Context, found: queries.Attempts | None, server_id: int) -> Attempts:
    if found is None or found.round.server_id != server_id:
        raise MemberError("round_unknown")
    if found.round.state is State.CANCELLED:
        raise MemberError("round_cancelled")
    if found.round.state is State.OPEN and not found.round.question.references:
        raise MemberError("no_explanations")
    return Attempts(found.round, found.used, ctx.settings.explanations.attempts)


async def _stored(ctx: Context, explanation_id: int) -> Stored:
    stored = await ctx.store.read(queries.get, explanation_id=explanation_id)
    if stored is None:
        raise MemberError("explanation_gone")
    return stored


def _graded(ctx: Context, stored: Stored, of_member: list[Stored]) -> Graded:
    grades = [grade for one in of_member if (grade := _ruled(one)) is not None]
    return Graded(
        id=stored.id,
        round=stored.round,
        user_id=stored.user_id,
        attempt=stored.attempt,
        attempts=Attempts(stored.round, len(of_member), ctx.settings.explanations.attempts),
        grade=_ruled(stored),
        best=max(grades, key=_worth, default=None),
        decision=_decision(stored),
        appealed=stored.appealed,
    )


def _decision(stored: Stored) -> Decision | None:
    """Return what a moderator decided, once it may be told."""
    if stored.decision is None or stored.round.state is not State.REVEALED:
        return None
    return Decision(stored.decision)


def _ruled(stored: Stored) -> Grade | None:
    """Return the grade as its member may know it: a moderator's word beats the grader's."""
    grade, decision = from_store(stored.grade), _decision(stored)
    if grade is None or decision is None:
        return grade
    earns = decision.share > 0
    wrong = Verdict.INCORRECT if grade.label is Verdict.CORRECT else grade.label
    return replace(
        grade,
        label=Verdict.CORRECT if earns else wrong,
        score=decision.share,
        needs_review=False,
    )


def _worth(grade: Grade | None) -> tuple[bool, float]:
    """Order grades as points do: only a correct explanation earns any."""
    if grade is None:
        return (False, -1.0)
    return (grade.label is Verdict.CORRECT, grade.score)


def _to_store(grade: Grade) -> StoredGrade:
    return StoredGrade(
        label=grade.label,
        score=grade.score,
        confidence=grade.confidence,
        needs_review=grade.needs_review,
        flags=list(grade.flags),
        key_points=[asdict(point) for point in grade.key_points],
        model=grade.model,
    )


def from_store(stored: StoredGrade | None) -> Grade | None:
    """Return what the grader said, whatever a moderator said since; None where it said nothing."""
    if stored is None:
        return None
    return Grade(
        label=Verdict(stored.label),
        score=stored.score,
        confidence=stored.confidence,
        needs_review=stored.needs_review,
        flags=tuple(stored.flags),
        key_points=tuple(
            KeyPoint(
                point["text"], KeyPointState(point["state"]), point["score"], point.get("quote", "")
            )
            for point in stored.key_points
        ),
        model=stored.model,
    )
