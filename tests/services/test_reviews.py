"""Reviews: a moderator's word wins, counts, and is told after the reveal and not before."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.question import Verdict
from bot.domain.review import Decision, Why
from bot.domain.round import Round, State
from bot.domain.scoring import points
from bot.errors import DiscordError, MemberError, ModeratorError
from bot.services import answers, explanations, privacy, reviews, rounds, standings, telling
from bot.services.context import Context
from bot.services.reviews import Queue
from bot.store import tables as t
from bot.store.queries import results
from bot.store.queries import reviews as queries
from tests.support.contexts import (
    ALICE,
    BOB,
    CARLA,
    SERVER,
    add_open_round,
    clock_of,
    grader_of,
    open_context,
    publisher_of,
    regrade,
    rows,
)
from tests.support.fakes import UNSURE, a_grade
from tests.support.questions import a_question

MONA, NILS = 4001, 4002
WRONG: dict[str, Any] = {"label": Verdict.INCORRECT, "score": 0.2}


async def explain(
    context: Context, round_: Round, user_id: int = ALICE, text: str = "It learns.", **grade: Any
) -> int:
    grader_of(context).judge = lambda _: a_grade(**grade)
    id_ = await explanations.submit(context, round_.id, user_id, round_.server_id, text)
    await explanations.grade(context, id_)
    await telling.told(context, id_)
    return id_


async def choose(context: Context, round_: Round, user_id: int, option: int = 0) -> None:
    assert round_.message_id is not None
    await answers.answer(context, round_.message_id, user_id, option)


async def reveal(context: Context, round_: Round) -> None:
    await rounds.close(context, round_.id)
    await context.finish()


async def look(context: Context, moderator_id: int = MONA, include_open: bool = True) -> Queue:
    return await reviews.next_item(context, SERVER, moderator_id, include_open=include_open)


async def shown(context: Context, moderator_id: int = MONA, include_open: bool = True) -> int:
    item = (await look(context, moderator_id, include_open)).item
    return item.waiting.explanation_id if item else 0


async def decide(
    context: Context, id_: int, decision: Decision, moderator_id: int = MONA, **options: Any
) -> reviews.Outcome:
    outcome = await reviews.decide(context, id_, SERVER, moderator_id, decision, **options)
    await context.finish()
    return outcome


async def refused(work: Any) -> str:
    with pytest.raises((MemberError, ModeratorError)) as error:
        await work
    return error.value.code


async def earned(context: Context, round_: Round, user_id: int = ALICE) -> int:
    (row,) = await context.store.read(rows, t.results, round_id=round_.id, user_id=user_id)
    return row["points"]


# --- What waits


async def test_a_sure_grade_waits_for_nobody(context: Context) -> None:
    round_ = await add_open_round(context)
    await explain(context, round_)
    await explain(context, round_, BOB, **WRONG)
    await reveal(context, round_)
    assert await look(context) == Queue(None, 0, 0)


async def test_an_unsure_grade_waits_with_what_a_moderator_needs(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, text="Hm.", **UNSURE)
    item = (await look(context)).item
    assert item is not None
    assert (item.waiting.explanation_id, item.waiting.whys) == (id_, (Why.UNSURE,))
    assert (item.text, item.grade.score) == ("Hm.", 0.4)
    assert item.round.question == round_.question


async def test_what_disagrees_with_a_right_answer_waits_from_the_reveal_on(
    context: Context,
) -> None:
    round_ = await add_open_round(context)
    for member, option in ((ALICE, 0), (BOB, 1)):
        await choose(context, round_, member, option)
        await explain(context, round_, member, **WRONG)
        last = await explain(context, round_, member, "It learns, and adapts.", **WRONG)
    # Whoever sees that it waits would know what its member chose.
    assert await shown(context) == 0
    await reveal(context, round_)
    queue = await look(context)
    assert queue.left == 1
    assert queue.item is not None
    assert queue.item.waiting.explanation_id == last - 2  # of ALICE, the last one
    assert queue.item.waiting.whys == (Why.DISAGREES,)


async def test_a_text_that_was_accepted_or_refused_disagrees_with_nothing(
    context: Context,
) -> None:
    round_ = await add_open_round(context)
    for member in (ALICE, BOB, CARLA):
        await choose(context, round_, member)
    await explain(context, round_, ALICE)
    await explain(context, round_, ALICE, **WRONG)
    await explain(context, round_, BOB, "asdf", **WRONG, flags=("gibberish",))
    partly = await explain(context, round_, CARLA, **UNSURE)
    await explain(context, round_, CARLA, **WRONG)
    await decide(context, partly, Decision.PARTLY)
    await reveal(context, round_)
    assert await shown(context) == 0


async def test_a_rejected_text_is_no_accepted_one(context: Context) -> None:
    round_ = await add_open_round(context)
    await choose(context, round_, ALICE)
    first = await explain(context, round_, needs_review=True)
    last = await explain(context, round_, **WRONG)
    await decide(context, first, Decision.REJECTED)
    await reveal(context, round_)
    assert await shown(context) == last


async def test_appeals_come_first_then_the_oldest_and_skipped_ones_last(context: Context) -> None:
    ids: list[int] = []
    for member in (ALICE, BOB, CARLA):
        round_ = await add_open_round(context)
        ids.append(await explain(context, round_, member, **UNSURE))
        clock_of(context).advance(minutes=5)
    await reviews.appeal(context, ids[2], CARLA, "I said it.")
    order: list[int] = []
    for _ in range(4):
        order.append(await shown(context))
        await reviews.skip(context, order[-1], SERVER, MONA)
        clock_of(context).advance(minutes=1)
    assert order == [ids[2], ids[0], ids[1], ids[2]]
    assert await shown(context, NILS) == ids[2], "a skip is one moderator's own"
    await decide(context, ids[2], Decision.ACCEPTED, NILS)
    assert len(await context.store.read(rows, t.review_skips)) == 2
    # What is gone or decided meanwhile is not put anywhere.
    await reviews.skip(context, ids[2], SERVER, MONA)
    await reviews.skip(context, 999, SERVER, MONA)
    await reviews.skip(context, ids[0], SERVER + 1, NILS)
    assert len(await context.store.read(rows, t.review_skips)) == 2


async def test_a_skip_outlives_the_process(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        round_ = await add_open_round(context)
        ids = [await explain(context, round_, member, **UNSURE) for member in (ALICE, BOB)]
        await reviews.skip(context, ids[0], SERVER, MONA)
    async with open_context(tmp_path) as context:
        assert await shown(context) == ids[1]


async def test_open_rounds_are_shown_on_demand_and_never_to_who_plays(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, **UNSURE)
    assert await look(context, include_open=False) == Queue(None, 0, 1)
    assert await shown(context) == id_
    await choose(context, round_, MONA, 2)
    assert await look(context) == Queue(None, 0, 0)
    again = await add_open_round(context)  # the same question in another channel
    await explain(context, again, NILS)
    assert await shown(context, NILS) == 0
    await reveal(context, round_)
    assert await shown(context, MONA, include_open=False) == id_
    assert await shown(context, NILS) == 0, "they still play it"


async def test_nobody_reviews_their_own(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, MONA, **UNSURE)
    await reveal(context, round_)
    assert await shown(context) == 0
    assert await refused(decide(context, id_, Decision.ACCEPTED)) == "review_own"
    assert await shown(context, NILS) == id_


async def test_other_servers_and_cancelled_rounds_are_left_alone(context: Context) -> None:
    elsewhere = await add_open_round(context, server_id=SERVER + 1)
    theirs = await explain(context, elsewhere, **UNSURE)
    cancelled = await add_open_round(context)
    id_ = await explain(context, cancelled, **UNSURE)
    await regrade(context, cancelled.id)
    assert await shown(context) == 0
    assert await refused(decide(context, theirs, Decision.ACCEPTED)) == "review_gone"
    assert await refused(decide(context, 999, Decision.ACCEPTED)) == "review_gone"
    assert await refused(decide(context, id_, Decision.ACCEPTED)) == "review_cancelled"
    assert await context.store.read(rows, t.reviews) == []


# --- What a decision does


@pytest.mark.parametrize("early", [True, False])
async def test_a_moderators_word_wins_before_the_reveal_and_after_it(
    context: Context, early: bool
) -> None:
    for decision, member in zip(Decision, (ALICE, BOB, CARLA), strict=True):
        round_ = await add_open_round(context)
        await choose(context, round_, member)
        id_ = await explain(context, round_, member, score=0.7, needs_review=True)
        difficulty = round_.question.difficulty
        expected = points(difficulty, right=True, hints=0, explanation=decision.share)
        if early:
            outcome = await decide(context, id_, decision)
            assert (outcome.points_before, outcome.points_after) == (None, None)
            await reveal(context, round_)
        else:
            await reveal(context, round_)
            outcome = await decide(context, id_, decision)
            before = points(difficulty, right=True, hints=0, explanation=0.7)
            assert (outcome.points_before, outcome.points_after) == (before, expected)
        assert outcome.is_new
        assert await earned(context, round_, member) == expected
        (best,) = (await standings.of_member(context, SERVER, member)).best or (None,)
        assert (best.score if best else 0) == decision.share
        assert publisher_of(context).told_members[-1] == (member, id_)
        (row,) = await context.store.read(rows, t.reviews, explanation_id=id_)
        assert (row["decided_by"], row["told_at"]) == (MONA, context.clock())
    assert len(publisher_of(context).told_members) == 3


async def test_the_best_of_several_counts_after_reviews_too(context: Context) -> None:
    round_ = await add_open_round(context)
    graded = [await explain(context, round_, score=score) for score in (0.9, 0.3)]
    await decide(context, graded[0], Decision.REJECTED)
    await reveal(context, round_)
    difficulty = round_.question.difficulty
    assert await earned(context, round_) == points(difficulty, False, 0, 0.3)
    best = await explanations.best(context, round_.id, ALICE)
    assert best is not None
    assert (best.id, best.decision) == (graded[1], None)
    await decide(context, graded[1], Decision.PARTLY)
    assert await earned(context, round_) == points(difficulty, False, 0, 0.5)


async def test_before_the_reveal_the_member_learns_nothing_of_it(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, **UNSURE)
    before = await explanations.graded(context, id_)
    kept = json.loads(await privacy.export(context, ALICE))
    await decide(context, id_, Decision.ACCEPTED, remember=True)
    assert await explanations.graded(context, id_) == before
    assert json.loads(await privacy.export(context, ALICE)) == kept
    assert await telling.untold(context, SERVER, ALICE) == []
    await telling.tell_untold(context)
    assert publisher_of(context).told_members == []

    await reveal(context, round_)
    after = await explanations.graded(context, id_)
    assert after.decision is Decision.ACCEPTED
    assert after.grade is not None
    assert (after.grade.label, after.grade.score, after.grade.needs_review) == (
        Verdict.CORRECT,
        1.0,
        False,
    )
    (exported,) = json.loads(await privacy.export(context, ALICE))["explanations"]
    assert (exported["review"]["decision"], exported["review"]["remembered"]) == ("accepted", True)
    assert str(MONA) not in json.dumps(exported)


async def test_of_two_moderators_the_first_wins(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, **UNSURE)
    await reveal(context, round_)
    both = await asyncio.gather(
        decide(context, id_, Decision.ACCEPTED, MONA),
        decide(context, id_, Decision.REJECTED, NILS, remember=True),
    )
    winner = next(one for one in both if one.is_new)
    (loser,) = (one for one in both if not one.is_new)
    assert loser.review == winner.review
    assert loser.points_before == loser.points_after == winner.points_after
    (row,) = await context.store.read(rows, t.reviews)
    assert (row["decision"], row["decided_by"]) == (
        winner.review.decision,
        winner.review.decided_by,
    )
    assert publisher_of(context).told_members == [(ALICE, id_)]


async def test_who_takes_no_direct_messages_reads_it_when_they_come_back(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, **UNSURE)
    await reveal(context, round_)
    publisher_of(context).closed_dms = {ALICE}
    await decide(context, id_, Decision.ACCEPTED)
    publisher_of(context).fail_next = [DiscordError("away")]
    await telling.tell_reviews(context, round_.id)
    (waiting,) = await telling.untold(context, SERVER, ALICE)
    assert (waiting.id, waiting.decision) == (id_, Decision.ACCEPTED)
    await telling.told(context, id_)
    assert await telling.untold(context, SERVER, ALICE), "what was seen was the grade alone"
    await telling.told(context, id_, review=True)
    assert await telling.untold(context, SERVER, ALICE) == []


@pytest.mark.parametrize("early", [True, False])
async def test_a_decision_that_died_before_it_was_told_is_told_at_the_next_start(
    tmp_path: Path, early: bool
) -> None:
    async with open_context(tmp_path) as context:
        round_ = await add_open_round(context)
        id_ = await explain(context, round_, **UNSURE)
        decision: dict[str, Any] = {"explanation_id": id_, "server_id": SERVER}
        decision |= {"moderator_id": MONA, "decision": Decision.ACCEPTED, "remember": False}
        # What is on the disk when the process dies right after each step.
        steps = [
            lambda: context.store.write(queries.decide, **decision, now=context.clock()),
            lambda: context.store.write(results.reveal, round_id=round_.id, now=context.clock()),
        ]
        for step in steps if early else reversed(steps):
            assert await step()
        assert publisher_of(context).told_members == []
    async with open_context(tmp_path) as context:
        await telling.tell_untold(context)
        await telling.tell_untold(context)
        assert publisher_of(context).told_members == [(ALICE, id_)]


async def test_who_is_to_be_told_by_several_at_once_is_told_once(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, **UNSURE)
    decision: dict[str, Any] = {"explanation_id": id_, "server_id": SERVER}
    decision |= {"moderator_id": MONA, "decision": Decision.ACCEPTED, "remember": False}
    assert await context.store.write(queries.decide, **decision, now=context.clock())
    assert await context.store.write(results.reveal, round_id=round_.id, now=context.clock())
    await asyncio.gather(
        telling.tell_reviews(context, round_.id),
        telling.tell_reviews(context, round_.id, id_),
        telling.tell_untold(context),
    )
    assert publisher_of(context).told_members == [(ALICE, id_)]
    assert context.being_told == {}


async def test_a_review_that_comes_while_its_grade_is_told_is_told_after_it(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_ = await add_open_round(context)
    grader_of(context).judge = lambda _: a_grade(**UNSURE)
    id_ = await explanations.submit(context, round_.id, ALICE, SERVER, "It learns.")
    await explanations.grade(context, id_)
    await reveal(context, round_)
    tell_member, begun, sent = publisher_of(context).tell_member, asyncio.Event(), asyncio.Event()

    async def slowly(user_id: int, explanation_id: int) -> bool:
        reached = await tell_member(user_id, explanation_id)
        begun.set()
        await sent.wait()
        return reached

    monkeypatch.setattr(publisher_of(context), "tell_member", slowly)
    telling_grade = asyncio.create_task(telling.tell(context, id_))
    await begun.wait()
    await reviews.decide(context, id_, SERVER, MONA, Decision.ACCEPTED)
    sent.set()
    await telling_grade
    await context.finish()
    assert publisher_of(context).told_members == [(ALICE, id_), (ALICE, id_)]
    assert not await telling.untold(context, SERVER, ALICE)


async def test_a_review_of_long_ago_is_not_tried_at_every_start(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, **UNSURE)
    publisher_of(context).closed_dms = {ALICE}
    await reveal(context, round_)
    await decide(context, id_, Decision.ACCEPTED)
    publisher_of(context).closed_dms = set()
    clock_of(context).advance(days=1, seconds=1)
    await telling.tell_untold(context)
    assert publisher_of(context).told_members == []


# --- Remembered wordings


async def known(context: Context, round_: Round) -> tuple[str, ...]:
    await explain(context, round_, CARLA, "Something else.")
    return grader_of(context).submissions[-1].wordings


async def test_a_remembered_wording_is_known_to_the_next_explanation(context: Context) -> None:
    round_ = await add_open_round(context)
    first = await explain(context, round_, ALICE, "It soaks up the general shape.", **UNSURE)
    other = await explain(context, round_, BOB, "Not this one.", **UNSURE)
    assert await known(context, round_) == ()
    await decide(context, first, Decision.ACCEPTED, remember=True)
    await decide(context, other, Decision.REJECTED, remember=True)
    assert await known(context, round_) == ("It soaks up the general shape.",)
    again = await add_open_round(context, a_question(hints=("Other.", "Hints.", "Here.")))
    assert await known(context, again) == ("It soaks up the general shape.",)


async def test_a_wording_stays_with_its_question_and_its_server(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, ALICE, "It soaks up the general shape.", **UNSURE)
    await decide(context, id_, Decision.ACCEPTED, remember=True)
    turned = await add_open_round(context, a_question(answer="B"))
    other_bank = await add_open_round(context, bank="others")
    elsewhere = await add_open_round(context, server_id=SERVER + 1)
    for place in (turned, other_bank, elsewhere):
        assert await known(context, place) == ()


async def test_a_wording_goes_with_its_members_data(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, ALICE, "It soaks up the general shape.", **UNSURE)
    await decide(context, id_, Decision.ACCEPTED, remember=True)
    assert (await privacy.delete(context, ALICE)).kept.reviews == 1
    assert await known(context, round_) == ()
    assert await context.store.read(rows, t.reviews) == []


async def test_a_moderators_decisions_stay_without_their_name(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, **UNSURE)
    await reveal(context, round_)
    await decide(context, id_, Decision.ACCEPTED)
    (theirs,) = json.loads(await privacy.export(context, MONA))["reviews_decided"]
    assert (theirs["decision"], theirs["server_id"]) == ("accepted", str(SERVER))
    kept = (await privacy.delete(context, MONA)).kept
    assert (kept.decided, kept.reviews) == (1, 0)
    (row,) = await context.store.read(rows, t.reviews)
    assert (row["decision"], row["decided_by"]) == ("accepted", 0)


# --- Appeals


async def test_a_member_appeals_once_and_only_their_own(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, **WRONG)
    assert await refused(reviews.appeal(context, id_, BOB, "Mine.")) == "explanation_gone"
    assert await refused(reviews.appeal(context, id_, ALICE, " \n ")) == "appeal_empty"
    assert await refused(reviews.appeal(context, id_, ALICE, "x" * 401)) == "appeal_too_long"
    both = await asyncio.gather(
        *(reviews.appeal(context, id_, ALICE, f" Reason {n}. ") for n in range(2)),
        return_exceptions=True,
    )
    assert [getattr(one, "code", one) for one in both] == [False, "appeal_again"]
    (row,) = await context.store.read(rows, t.appeals)
    assert (row["reason"], row["server_id"]) == ("Reason 0.", SERVER)
    item = (await look(context)).item
    assert item is not None
    assert (item.waiting.whys, item.waiting.reason) == ((Why.APPEALED,), "Reason 0.")
    assert (await explanations.graded(context, id_)).appealed


async def test_what_is_decided_cancelled_or_not_graded_takes_no_appeal(context: Context) -> None:
    round_ = await add_open_round(context)
    decided = await explain(context, round_, **UNSURE)
    await decide(context, decided, Decision.PARTLY)
    pending = await explanations.submit(context, round_.id, BOB, SERVER, "It learns.")
    gone = await add_open_round(context)
    cancelled = await explain(context, gone, CARLA, **UNSURE)
    await regrade(context, gone.id)
    for id_, member, code in (
        (decided, ALICE, "appeal_decided"),
        (pending, BOB, "explanation_gone"),
        (cancelled, CARLA, "round_cancelled"),
        (999, ALICE, "explanation_gone"),
    ):
        assert await refused(reviews.may_appeal(context, id_, member)) == code
        assert await refused(reviews.appeal(context, id_, member, "Because.")) == code
    assert await context.store.read(rows, t.appeals) == []


async def test_an_appeal_after_the_reveal_says_so(context: Context) -> None:
    round_ = await add_open_round(context)
    id_ = await explain(context, round_, **WRONG)
    await reveal(context, round_)
    assert (await explanations.graded(context, id_)).round.state is State.REVEALED
    assert await reviews.appeal(context, id_, ALICE, "Because.")


# --- Figures


async def test_figures_count_by_bank(context: Context) -> None:
    first = await add_open_round(context)
    second = await add_open_round(context, bank="others")
    unsure = [await explain(context, first, member, **UNSURE) for member in (ALICE, BOB, CARLA)]
    accepted = await explain(context, second, needs_review=True)
    began = context.clock()
    for hours, id_, decision in (
        (1, unsure[0], Decision.REJECTED),  # the grader said incorrect: they agree
        (2, unsure[1], Decision.ACCEPTED),
        (3, accepted, Decision.PARTLY),  # the grader said correct
    ):
        clock_of(context).now = began + timedelta(hours=hours)
        await decide(context, id_, decision)
    every, banks = await reviews.stats(context, SERVER)
    assert [(one.waiting, one.decided, one.agreed) for one in (every, *banks)] == [
        (1, 3, 1),
        (0, 1, 0),
        (1, 2, 1),
    ]
    assert every.median_wait == timedelta(hours=2)
    assert every.oldest == began
    nothing, none = await reviews.stats(context, SERVER + 1)
    assert (nothing.decided, nothing.median_wait, nothing.oldest, none) == (0, None, None, [])
