"""Reviews and appeals, as members and moderators do them."""

from typing import Any

import discord
import pytest
import simcord
from simcord.results import InteractionResult

from bot.domain.question import Verdict
from bot.domain.round import Round
from bot.services import rounds
from bot.store import tables as t
from bot.ui.texts import errors as error_texts
from bot.ui.texts import explanations as explanation_texts
from bot.ui.texts import reviews as texts
from bot.ui.texts import say
from tests.support.contexts import grader_of, rows
from tests.support.fakes import a_grade
from tests.support.world import World, privately

TEXT = "It soaks up the general shape of things."


def direct_messages(world: World, member: simcord.MemberActor) -> list[discord.Message]:
    channel = world.env.backend.get_dm_channel(member.id)
    return list(simcord.ChannelHandle(world.env, None, channel).history())


async def unsure(
    world: World, member: simcord.MemberActor | None = None, **changes: Any
) -> InteractionResult:
    """A member explains, and the grader is not sure; returns the reply with the grade."""
    grade = {"label": Verdict.INCORRECT, "score": 0.4, "needs_review": True} | changes
    grader_of(world.context).judge = lambda submission: a_grade(submission, **grade)
    return await world.explain(member or world.alice, TEXT)


async def reveal(world: World, round_: Round) -> None:
    await world._as_bot(rounds.close(world.context, round_.id))
    await world.env.settle()


async def next_one(
    world: World, member: simcord.MemberActor | None = None, **options: Any
) -> tuple[str, discord.Message]:
    shown = await world.slash(member or world.moderator, "review next", **options)
    assert shown.response is not None
    return privately(shown), shown.response.message


async def press(
    world: World, message: discord.Message, act: str, member: simcord.MemberActor | None = None
) -> str:
    label = texts.BUTTONS[act]
    return privately(await world.click(member or world.moderator, label, message))


async def stored(world: World, table: Any) -> list[dict[str, Any]]:
    return await world.context.store.read(rows, table)


async def test_a_moderator_reviews_and_the_member_is_told(world: World) -> None:
    round_ = await world.ask()
    await unsure(world)
    await reveal(world, round_)
    shown, message = await next_one(world)
    assert TEXT in shown
    assert texts.WHY[texts.Why.UNSURE] in shown
    assert str(world.alice.id) not in shown
    decided = await press(world, message, "accept")
    assert f"<@{world.alice.id}>" in decided
    await world.env.settle()
    (told,) = direct_messages(world, world.alice)
    assert explanation_texts.ACCEPTED in str(told.embeds[0].description)
    (review,) = await stored(world, t.reviews)
    assert (review["decision"], review["decided_by"]) == ("accepted", world.moderator.id)
    assert review["told_at"] is not None
    assert texts.NOTHING in await press(world, message, "next")


async def test_moderators_are_told_that_some_wait_and_not_what(world: World) -> None:
    round_ = await world.ask()
    await unsure(world)
    await unsure(world, world.bob)
    status = privately(await world.slash(world.moderator, "tutor status"))
    assert "none waits for a moderator\n2 of questions that are still open" in status
    await reveal(world, round_)
    status = privately(await world.slash(world.moderator, "tutor status"))
    assert "2 grades wait for a moderator; the oldest came <t:" in status
    assert "Once /tutor settings names a channel" in status
    await world.slash(world.moderator, "tutor settings", notice_channel=world.corner)
    (posted,) = world.corner.history()
    assert posted.content.startswith("**2 grades wait for a moderator**; the oldest came <t:")
    assert "`/review next`" in posted.content
    for secret in (TEXT, str(world.alice.id), round_.question.explanation):
        assert secret not in posted.content
    (sent,) = [r for r in world.env.http_requests if r.path.endswith(f"{world.corner.id}/messages")]
    assert sent.json["allowed_mentions"] == {"parse": []}

    _, message = await next_one(world)
    await press(world, message, "accept")
    assert world.corner.last_message.content.startswith(
        "**1 grade waits for a moderator**; it came"
    )
    await press(world, message, "next")
    await press(world, message, "reject")
    await world.restart()
    await world.pass_time(hours=30)
    (posted,) = world.corner.history()
    assert posted.content.startswith("No grade waits for a moderator any more.")
    status = privately(await world.slash(world.moderator, "tutor status"))
    assert "none waits for a moderator" in status


async def test_a_decision_before_the_reveal_is_told_after_it(world: World) -> None:
    round_ = await world.ask()
    await unsure(world)
    held, _ = await next_one(world)
    assert TEXT not in held
    assert round_.question.explanation not in held
    shown, message = await next_one(world, open=True)
    assert TEXT in shown
    decided = await press(world, message, "remember")
    assert texts.TOLD_LATER in decided
    assert texts.REMEMBERED in decided
    await world.explain(world.bob, "Another text.")
    assert TEXT in grader_of(world.context).submissions[-1].wordings
    await world.env.settle()
    assert direct_messages(world, world.alice) == []
    await world.explain(world.alice, "Once more.")
    assert "A moderator" not in privately(await world.explain(world.alice, "And again."))

    await reveal(world, round_)
    (told,) = direct_messages(world, world.alice)
    assert explanation_texts.ACCEPTED in str(told.embeds[0].description)
    best = privately(await world.slash(world.alice, "me"))
    assert "100 %" in best


async def test_a_reminder_comes_with_explain_where_direct_messages_are_closed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_ = await world.ask()
    await unsure(world)
    await reveal(world, round_)
    _, message = await next_one(world)

    async def closed(*_: object) -> bool:
        return False

    monkeypatch.setattr(world.context.publisher, "tell_member", closed)
    await press(world, message, "partly")
    await world.env.settle()
    shown = privately(await world.slash(world.alice, "explain", world.corner))
    assert explanation_texts.REVIEWED in shown
    assert explanation_texts.PARTLY in shown
    again = privately(await world.slash(world.alice, "explain", world.corner))
    assert say("en", error_texts.MEMBER["no_open_round"]) in again


async def test_a_member_appeals_by_the_button_on_the_grade(world: World) -> None:
    round_ = await world.ask()
    graded = await unsure(world, needs_review=False)
    assert graded.response is not None
    message = graded.response.message
    form = await world.click(world.alice, texts.APPEAL_BUTTON, message)
    assert form.modal is not None
    sent = privately(await world.fill(world.alice, form, "I **said** it."))
    assert sent == texts.APPEAL_STORED_EARLY
    again = privately(await world.click(world.alice, texts.APPEAL_BUTTON, message))
    assert again == error_texts.MEMBER["appeal_again"]
    await reveal(world, round_)
    shown, message = await next_one(world)
    assert "“I \\*\\*said\\*\\* it.”" in shown
    await press(world, message, "reject")
    await world.env.settle()
    (told,) = direct_messages(world, world.alice)
    assert explanation_texts.REJECTED in str(told.embeds[0].description)
    assert not told.components


async def test_appeals_and_reviews_outlive_a_restart(world: World) -> None:
    round_ = await world.ask()
    graded = await unsure(world, needs_review=False)
    await reveal(world, round_)
    assert graded.response is not None
    form = await world.click(world.alice, texts.APPEAL_BUTTON, graded.response.message)
    await world.restart()
    assert privately(await world.fill(world.alice, form, "Because.")) == texts.APPEAL_STORED
    _, message = await next_one(world)
    await world.restart()
    assert texts.DECIDED["accepted"] in await press(world, message, "accept")
    await world.env.settle()
    assert len(direct_messages(world, world.alice)) == 1


async def test_a_grade_by_direct_message_can_be_appealed_there(world: World) -> None:
    await world.ask()
    grader_of(world.context).judge = lambda _: a_grade(label=Verdict.INCORRECT, score=0.1)
    await world.explain(world.alice, TEXT)
    (row,) = await stored(world, t.explanations)
    await world._as_bot(world.context.publisher.tell_member(row["user_id"], row["id"]))
    (message,) = direct_messages(world, world.alice)
    user = world.alice.user
    form = await user.click(message, label=texts.APPEAL_BUTTON)
    assert form.modal is not None
    sent = await world.fill(user, form, "Because.")
    assert privately(sent) == texts.APPEAL_STORED_EARLY


async def test_the_second_moderator_is_told_what_the_first_decided(world: World) -> None:
    round_ = await world.ask()
    await unsure(world)
    await reveal(world, round_)
    role = world.server.create_role("More", permissions=discord.Permissions(manage_guild=True))
    nils = world.server.add_member(world.env.create_user("nils"), roles=[role])
    await world.env.settle()
    (_, of_mona), (_, of_nils) = await next_one(world), await next_one(world, nils)
    await press(world, of_mona, "partly")
    late = await press(world, of_nils, "reject", nils)
    assert f"<@{world.moderator.id}> decided this one" in late
    assert texts.DECIDED["partly"] in late
    (review,) = await stored(world, t.reviews)
    assert review["decision"] == "partly"


async def test_skip_goes_on_and_comes_back_to_it(world: World) -> None:
    round_ = await world.ask()
    await unsure(world)
    await unsure(world, world.bob)
    await reveal(world, round_)
    first, message = await next_one(world)
    assert "2 wait for you" in first
    await press(world, message, "skip")
    (skipped,) = await stored(world, t.review_skips)
    (row,) = [one for one in await stored(world, t.explanations) if one["user_id"] == world.bob.id]
    assert skipped["explanation_id"] != row["id"]
    await press(world, message, "accept")
    (review,) = await stored(world, t.reviews)
    assert review["explanation_id"] == row["id"]
    await press(world, message, "next")
    await press(world, message, "accept")
    assert len(await stored(world, t.reviews)) == 2
    assert await stored(world, t.review_skips) == []


async def test_who_is_no_moderator_any_more_decides_nothing(world: World) -> None:
    round_ = await world.ask()
    await unsure(world)
    await reveal(world, round_)
    _, message = await next_one(world)
    for role in world.server._guild.roles.values():
        if role.name == "Moderators":
            role.permissions = 0
    for act in ("accept", "skip"):
        told = await press(world, message, act)
        assert error_texts.MEMBER["moderators_only"] in told
    assert await stored(world, t.reviews) == []
    assert await stored(world, t.review_skips) == []


async def test_stats_are_told(world: World) -> None:
    await world.ask()
    await unsure(world)
    told = privately(await world.slash(world.moderator, "review stats"))
    assert "1 waits, the oldest since" in told
    assert "Testing" in told


async def test_training_is_off_until_a_member_turns_it_on(world: World) -> None:
    assert await stored(world, t.consents) == []
    for _ in range(2):
        await world.slash(world.alice, "privacy training", consent="on")
    (row,) = await stored(world, t.consents)
    assert row["user_id"] == world.alice.id
    shown = privately(await world.slash(world.alice, "privacy show"))
    assert "Your consent to training" in shown
    await world.slash(world.alice, "privacy training", consent="off")
    assert await stored(world, t.consents) == []
    assert "Your consent" not in privately(await world.slash(world.alice, "privacy show"))
