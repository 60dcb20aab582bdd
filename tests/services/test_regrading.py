"""A key is put right, a round is taken back: seen first, then done whole, then shown once."""

import asyncio
import re
from typing import Any

import pytest

from bot.domain.correction import corrected
from bot.domain.round import Outcome, Round, State
from bot.errors import DiscordError, ModeratorError
from bot.services import questions, regrading, rounds
from bot.services.context import Context
from bot.services.waking import Waker
from bot.store import tables as t
from bot.store.queries import audit
from bot.store.queries import questions as question_queries
from bot.ui import regrading as ui
from tests.support.contexts import (
    ALICE,
    BOB,
    CARLA,
    CHANNEL,
    MONA,
    SERVER,
    add_open_round,
    clock_of,
    publisher_of,
    regrade,
    rows,
)
from tests.support.questions import a_bank, a_question

AWAY = DiscordError("Discord answered 503")
WHY = "Because it learns from labelled pairs."


async def played(context: Context, *, revealed: bool = True, **columns: Any) -> Round:
    """A round with the key A: ALICE chose A, BOB and CARLA B."""
    round_ = await add_open_round(context, **columns)
    for user_id, option in ((ALICE, 0), (BOB, 1), (CARLA, 1)):
        publisher_of(context).react(round_, user_id, option)
    if revealed:
        await rounds.close(context, round_.id)
    return round_


async def earned(context: Context) -> dict[int, int]:
    return {row["user_id"]: row["points"] for row in await context.store.read(rows, t.results)}


async def row_of(context: Context, round_id: int) -> dict[str, Any]:
    (row,) = await context.store.read(rows, t.rounds, id=round_id)
    return row


async def refusal(context: Context, round_id: int, key: str | None, server_id: int = SERVER) -> str:
    with pytest.raises(ModeratorError) as caught:
        await regrading.look(context, server_id, round_id, key)
    return caught.value.code


async def test_a_new_key_moves_points_and_the_post_shows_it(context: Context) -> None:
    round_ = await played(context)
    assert await earned(context) == {ALICE: 40, BOB: 0, CARLA: 0}
    effect = await regrading.look(context, SERVER, round_.id, "B")
    assert [(one.user_id, one.before, one.after) for one in effect.changes] == [
        (ALICE, 40, 0),
        (BOB, 0, 40),
        (CARLA, 0, 40),
    ]
    assert (effect.gaining, effect.losing, effect.shipped) == (2, 1, True)
    assert await earned(context) == {ALICE: 40, BOB: 0, CARLA: 0}  # looking changes nothing

    await regrade(context, round_.id, "B")

    assert await earned(context) == {ALICE: 0, BOB: 40, CARLA: 40}
    shown, outcome = publisher_of(context).reveals[-1]
    assert shown.question.answer == "B"
    assert outcome.tally.right == 2
    assert outcome.best == ((BOB, 40), (CARLA, 40))
    assert (await row_of(context, round_.id))["shown_at"] is not None
    (entry,) = await context.store.read(rows, t.audit)
    assert (entry["action"], entry["done_by"], entry["round_id"]) == ("quiz key", MONA, round_.id)
    assert (entry["before"], entry["after"]) == (
        {"key": "A"},
        {"key": "B", "members_gaining": 2, "members_losing": 1},
    )


async def test_an_explanation_that_fits_goes_with_the_key(context: Context) -> None:
    round_ = await played(context)
    effect = await regrading.look(context, SERVER, round_.id, "B")
    what: dict[str, Any] = {"mark": effect.mark, "by": MONA, "explanation": f"  {WHY} "}
    _, done = await regrading.apply(context, SERVER, round_.id, "B", **what)
    assert done
    shown, _ = publisher_of(context).reveals[-1]
    assert (shown.question.answer, shown.question.explanation) == ("B", WHY)
    assert await earned(context) == {ALICE: 0, BOB: 40, CARLA: 40}
    (entry,) = await context.store.read(rows, t.audit)
    assert entry["before"] == {"key": "A", "explanation": round_.question.explanation}
    assert (entry["after"]["key"], entry["after"]["explanation"]) == ("B", WHY)
    # One that is as it was is no change, and one that does not fit is none either.
    effect = await regrading.look(context, SERVER, round_.id, "C")
    what = {"mark": effect.mark, "by": MONA}
    with pytest.raises(ModeratorError) as caught:
        await regrading.apply(context, SERVER, round_.id, "C", **what, explanation="x" * 1201)
    assert caught.value.code == "key_explanation_too_long"
    await regrading.apply(context, SERVER, round_.id, "C", **what, explanation=WHY)
    *_, entry = await context.store.read(rows, t.audit)
    assert (entry["before"], entry["after"]["key"]) == ({"key": "B"}, "C")


async def test_an_open_rounds_explanation_is_told_after_the_reveal_alone(context: Context) -> None:
    round_ = await played(context, revealed=False)
    for key in "AB":  # the one it has, and another
        effect = await regrading.look(context, SERVER, round_.id, key)
        what: dict[str, Any] = {"mark": effect.mark, "by": MONA, "explanation": WHY}
        assert (await regrading.apply(context, SERVER, round_.id, key, **what))[1]
    page = await context.store.read(audit.page, server_id=SERVER, number=0, size=2)
    assert [(one.before, one.after) for one in page.entries] == [({}, {}), ({}, {})]
    await rounds.close(context, round_.id)
    shown, _ = publisher_of(context).reveals[-1]
    assert (shown.question.answer, shown.question.explanation) == ("B", WHY)
    page = await context.store.read(audit.page, server_id=SERVER, number=0, size=2)
    assert [one.after for one in page.entries] == [{"key": "B"}, {"key": "A", "explanation": WHY}]


async def test_an_open_rounds_new_key_tells_the_channel_nothing(context: Context) -> None:
    round_ = await played(context, revealed=False)
    calls = list(publisher_of(context).calls)
    await regrade(context, round_.id, "B")
    assert publisher_of(context).calls == calls
    assert await earned(context) == {}
    await rounds.close(context, round_.id)
    assert await earned(context) == {ALICE: 0, BOB: 40, CARLA: 40}


async def test_of_an_open_round_the_right_guess_and_a_wrong_one_look_the_same(
    context: Context,
) -> None:
    """Moderators play too: asking for a key, and even setting it, must not tell the one it had."""
    seen: set[tuple[object, ...]] = set()
    for key in "ABCD":
        round_ = await played(context, revealed=False)
        effect = await regrading.look(context, SERVER, round_.id, key)
        embed, view = ui.question(None, effect)
        done = await regrade(context, round_.id, key)
        again, _ = ui.question(None, await regrading.look(context, SERVER, round_.id, key))
        assert again.description == embed.description
        ids = [item.custom_id for item in view.children]
        assert all(re.fullmatch(r"tutor:regrade(-both)?:\d+:[A-D]:[0-9a-f]{8}", one) for one in ids)
        for entry in (
            await context.store.read(audit.page, server_id=SERVER, number=0, size=1)
        ).entries:
            assert entry.before == entry.after == {}
            assert entry.withheld
        sign = ui._letter(key)
        texts = (embed.description or "", ui.told(None, done))
        seen.add(tuple(re.sub(r"/\d+", "", text.replace(sign, "?")) for text in texts))
    assert len(seen) == 1


async def test_a_revealed_round_is_taken_back(context: Context) -> None:
    round_ = await played(context)
    effect = await regrade(context, round_.id)
    assert [(one.user_id, one.before, one.after) for one in effect.changes] == [(ALICE, 40, 0)]
    assert effect.streaks.shorter == 3
    assert await earned(context) == {}
    row = await row_of(context, round_.id)
    assert (row["state"], row["tally"]) == (State.CANCELLED, None)
    assert row["shown_at"] is not None
    assert [shown.id for shown in publisher_of(context).cancelled] == [round_.id]
    assert len(await context.store.read(rows, t.answers)) == 3  # what members did is not lost


async def test_an_open_round_is_taken_back(context: Context) -> None:
    round_ = await played(context, revealed=False)
    effect = await regrade(context, round_.id)
    assert effect.changes == ()
    assert (await row_of(context, round_.id))["state"] == State.CANCELLED
    assert await earned(context) == {}


async def test_what_cannot_be_done_is_said(context: Context) -> None:
    round_ = await played(context)
    assert await refusal(context, round_.id, "A") == "key_is_that"
    assert await refusal(context, round_.id, "F") == "key_not_an_option"
    assert await refusal(context, round_.id, "B", SERVER + 1) == "round_unknown"
    assert await refusal(context, 99, None) == "round_unknown"
    await regrade(context, round_.id)
    assert await refusal(context, round_.id, None) == "round_not_posted"
    assert await refusal(context, round_.id, "B") == "round_not_posted"


async def test_what_changed_since_it_was_asked_is_not_done(context: Context) -> None:
    round_ = await played(context, revealed=False)
    asked = await regrading.look(context, SERVER, round_.id, "B")
    await rounds.close(context, round_.id)
    what: dict[str, Any] = {"mark": asked.mark, "by": MONA}
    effect, done = await regrading.apply(context, SERVER, round_.id, "B", **what)
    assert not done
    assert effect.losing == 1
    assert await earned(context) == {ALICE: 40, BOB: 0, CARLA: 0}
    assert await context.store.read(rows, t.audit) == []


async def test_of_two_moderators_the_second_is_asked_again(context: Context) -> None:
    round_ = await played(context)
    marks = [(await regrading.look(context, SERVER, round_.id, key)).mark for key in "BC"]
    outcomes = await asyncio.gather(
        *(
            regrading.apply(context, SERVER, round_.id, key, mark=mark, by=MONA)
            for key, mark in zip("BC", marks, strict=True)
        )
    )
    done = {key: done for key, (_, done) in zip("BC", outcomes, strict=True)}
    assert sorted(done.values()) == [False, True]
    points = 40 if done["B"] else 0
    assert await earned(context) == {ALICE: 0, BOB: points, CARLA: points}


@pytest.mark.parametrize("key", ["B", None])
async def test_it_is_done_whole_or_not_at_all(
    context: Context, key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_ = await played(context)
    before = await row_of(context, round_.id)
    count = len(await context.store.read(rows, t.questions))

    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(audit, "note", fails)
    with pytest.raises(ZeroDivisionError):
        await regrade(context, round_.id, key)
    assert await row_of(context, round_.id) == before
    assert await earned(context) == {ALICE: 40, BOB: 0, CARLA: 0}
    assert len(await context.store.read(rows, t.questions)) == count


@pytest.mark.parametrize("key", ["B", None])
async def test_a_post_that_was_not_changed_in_time_is_changed_later(
    context: Context, key: str | None
) -> None:
    round_ = await played(context, thread=True)
    thread_id = (await row_of(context, round_.id))["thread_id"]
    publisher_of(context).fail_next = [AWAY]
    with pytest.raises(DiscordError):
        await regrade(context, round_.id, key)
    assert (await row_of(context, round_.id))["shown_at"] is None
    await Waker(context).step()
    publisher = publisher_of(context)
    if key is None:
        assert [shown.id for shown in publisher.cancelled] == [round_.id]
    else:
        assert publisher.reveals[-1][0].question.answer == key
    row = await row_of(context, round_.id)
    assert row["shown_at"] is not None
    assert row["thread_id"] == thread_id


async def test_a_reveal_on_its_way_does_not_hide_the_new_key(context: Context) -> None:
    """What is noted as shown is what stands in the channel."""
    round_ = await played(context, revealed=False)
    publisher = publisher_of(context)
    under_way, go_on = asyncio.Event(), asyncio.Event()
    reveal = publisher.reveal

    async def slow(shown: Round, outcome: Outcome) -> int | None:
        under_way.set()
        await go_on.wait()
        return await reveal(shown, outcome)

    publisher.reveal = slow
    closing = asyncio.create_task(rounds.close(context, round_.id))
    await under_way.wait()
    changing = asyncio.create_task(regrade(context, round_.id, "B"))
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(closing, changing)
    assert [shown.question.answer for shown, _ in publisher.reveals] == ["A", "B"]
    assert (await row_of(context, round_.id))["shown_at"] is not None


async def test_a_shipped_question_is_corrected_for_this_round_alone(context: Context) -> None:
    round_ = await played(context)
    await regrade(context, round_.id, "B")
    old, new = await context.store.read(rows, t.questions)
    assert (old["retired_at"], new["retired_at"]) == (None, clock_of(context)())
    assert (await rounds.get(context, round_.id)).question_id == new["id"]
    # For "was it asked here" it is the same question still.
    for name in ("server_id", "bank", "slug", "topic", "difficulty", "bank_title"):
        assert old[name] == new[name]
    # And back again: no third copy is made of what there is.
    await regrade(context, round_.id, "A")
    await regrade(context, round_.id, "B")
    assert len(await context.store.read(rows, t.questions)) == 3  # the tests' digest is another


async def test_the_file_that_is_corrected_later_brings_the_copy_back(context: Context) -> None:
    question = a_question()
    await questions.sync(context, [a_bank(question)])
    (stored,) = await context.store.read(rows, t.questions)
    round_ = await played(context)
    await context.store.write(
        lambda conn: conn.execute(t.rounds.update().values(question_id=stored["id"]))
    )
    await regrade(context, round_.id, "B")
    synced = await questions.sync(context, [a_bank(corrected(question, "B"))])
    assert (synced.added, synced.returned) == (0, 1)


async def test_a_servers_own_bank_takes_the_correction(context: Context) -> None:
    round_ = await played(context)
    await context.store.write(
        lambda conn: conn.execute(t.questions.update().values(server_id=SERVER))
    )
    effect = await regrade(context, round_.id, "B")
    assert not effect.shipped
    old, new = await context.store.read(rows, t.questions)
    assert (old["retired_at"] is None, new["retired_at"]) == (False, None)
    chosen = await context.store.read(
        question_queries.choose,
        server_id=SERVER,
        channel_id=CHANNEL,
        banks=(),
        topics=(),
        difficulty_min=1,
        difficulty_max=5,
        random=context.random,
    )
    assert chosen == new["id"]


async def test_the_round_that_is_meant(context: Context) -> None:
    with pytest.raises(ModeratorError) as caught:
        await regrading.find(context, SERVER, CHANNEL, None)
    assert caught.value.code == "no_posted_round"
    first = await played(context)
    clock_of(context).advance(hours=1)
    second = await played(context)
    clock_of(context).advance(hours=1)
    still_open = await played(context, revealed=False)
    assert (await regrading.find(context, SERVER, CHANNEL, None)).id == still_open.id
    await regrade(context, still_open.id)
    assert (await regrading.find(context, SERVER, CHANNEL, None)).id == second.id
    assert (await regrading.find(context, SERVER, CHANNEL, first.message_id)).id == first.id
    assert [one.id for one in await regrading.recent(context, SERVER)] == [second.id, first.id]
    for server_id, message_id in ((SERVER + 1, first.message_id), (SERVER, 5)):
        with pytest.raises(ModeratorError) as caught:
            await regrading.find(context, server_id, CHANNEL, message_id)
        assert caught.value.code == "post_unknown"


def test_a_corrected_question_differs_in_its_key_alone() -> None:
    question = a_question()
    right = corrected(question, "C")
    assert right.answer == "C"
    assert set(right.misconceptions) == {"B", "D"}, "nobody wrote what A gets wrong"
    assert right.misconceptions["B"] == question.misconceptions["B"]
    same = {"answer", "misconceptions"}
    assert right.model_dump(exclude=same) == question.model_dump(exclude=same)
    assert corrected(question, "A") is question
