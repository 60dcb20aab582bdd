"""Explaining, as a member does it."""

import dataclasses

import discord
import pytest
import simcord

from bot.domain.question import Verdict
from bot.grading.service import GraderUnavailable
from bot.services import explanations, links, rounds
from bot.store import tables as t
from bot.ui.texts import errors as error_texts
from bot.ui.texts import explanations as texts
from bot.ui.texts import say
from tests.support.contexts import grader_of, rows
from tests.support.fakes import a_grade
from tests.support.world import World, privately, said

TEXT = "It learns broad features first, and a task later."


def direct_messages(world: World) -> list[discord.Message]:
    channel = world.env.backend.get_dm_channel(world.alice.id)
    return list(simcord.ChannelHandle(world.env, None, channel).history())


async def test_a_member_explains_by_the_button_and_reads_the_grade(world: World) -> None:
    await world.ask()
    result = await world.explain(world.alice, TEXT)
    shown = privately(result)
    assert say("en", texts.CORRECT) in shown
    assert "90 %" in shown
    assert say("en", texts.ATTEMPTS_LEFT, n=2) in shown
    (stored,) = await world.context.store.read(rows, t.explanations)
    assert (stored["user_id"], stored["text"]) == (world.alice.id, TEXT)
    assert stored["told_at"] is not None
    (grade,) = await world.context.store.read(rows, t.grades)
    assert (grade["label"], grade["score"]) == ("correct", 0.9)


async def test_the_command_explains_the_newest_question_of_the_channel(world: World) -> None:
    await world.ask()
    form = await world.slash(world.alice, "explain")
    assert form.modal is not None
    assert form.modal["title"] == texts.MODAL_TITLE
    assert say("en", texts.CORRECT) in privately(await world.fill(world.alice, form, TEXT))
    elsewhere = await world.slash(world.alice, "explain", world.corner)
    assert say("en", error_texts.MEMBER["no_open_round"]) in privately(elsewhere)


async def test_no_reply_before_the_reveal_gives_anything_away(world: World) -> None:
    opened = await world.ask()
    question = opened.question
    grader_of(world.context).judge = lambda submission: a_grade(
        submission, label=Verdict.INCORRECT, score=0.2, key_points=a_grade(submission).key_points
    )
    shown = privately(await world.explain(world.alice, "It makes the model smaller."))
    hidden = (*question.key_points, *question.options, *question.explanation.split("; "))
    assert not [text for text in hidden if text.rstrip(".").lower() in shown.lower()]
    assert say("en", texts.NUDGE_WRONG) in shown


async def test_after_the_last_attempt_explain_shows_what_counts(world: World) -> None:
    await world.ask()
    scores = iter((0.3, 0.8, 0.5))
    grader_of(world.context).judge = lambda _: a_grade(score=next(scores))
    for _ in range(3):
        await world.explain(world.alice, TEXT)
    result = await world.click(world.alice, "Explain")
    assert result.modal is None
    shown = privately(result)
    assert "80 %" in shown
    assert say("en", texts.BEST, used=3, percent=80) in shown


async def test_two_members_write_at_the_same_time(world: World) -> None:
    await world.ask()
    form_of_alice = await world.click(world.alice, "Explain")
    form_of_bob = await world.click(world.bob, "Explain")
    await world.fill(world.bob, form_of_bob, "Bob's own words on it.")
    await world.fill(world.alice, form_of_alice, "Alice's own words on it.")
    stored = await world.context.store.read(rows, t.explanations)
    assert {row["user_id"]: row["text"] for row in stored} == {
        world.alice.id: "Alice's own words on it.",
        world.bob.id: "Bob's own words on it.",
    }


async def test_a_form_sent_after_the_reveal_is_told_so(world: World) -> None:
    opened = await world.ask()
    form = await world.click(world.alice, "Explain")
    await world._as_bot(rounds.close(world.context, opened.id))
    shown = privately(await world.fill(world.alice, form, TEXT))
    assert links.to_post(opened) in shown
    assert await world.context.store.read(rows, t.explanations) == []


async def test_an_empty_form_costs_no_attempt(world: World) -> None:
    await world.ask()
    shown = privately(await world.explain(world.alice, "   "))
    assert say("en", error_texts.MEMBER["explanation_empty"]) in shown
    assert await world.context.store.read(rows, t.explanations) == []


async def test_while_the_grader_is_away_it_is_stored_and_sent_later(world: World) -> None:
    await world.ask()
    grader = grader_of(world.context)
    grader.judge = lambda _: GraderUnavailable("no model")
    shown = privately(await world.explain(world.alice, TEXT))
    assert say("en", texts.LATER) in shown
    assert len(await world.context.store.read(rows, t.explanations)) == 1

    grader.judge = a_grade
    grader.release()
    await world.env.settle()
    (stored,) = await world.context.store.read(rows, t.explanations)
    assert stored["told_at"] is not None
    (message,) = direct_messages(world)
    assert message.embeds[0].title == texts.TITLE


async def test_a_member_without_direct_messages_reads_it_when_they_come_back(world: World) -> None:
    await world.ask()
    grader = grader_of(world.context)
    grader.judge = lambda _: GraderUnavailable("no model")
    await world.explain(world.alice, TEXT)
    grader.judge = lambda _: a_grade(score=0.7)
    (stored,) = await world.context.store.read(rows, t.explanations)
    await world._as_bot(explanations.grade(world.context, stored["id"]))

    shown = privately(await world.slash(world.alice, "explain", world.corner))
    assert say("en", texts.EARLIER) in shown
    assert "70 %" in shown
    again = said(await world.slash(world.alice, "explain", world.corner))
    assert "70 %" not in again


async def test_many_that_wait_are_told_their_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.ask()
    monkeypatch.setattr(world.context.grader, "waiting", lambda: 12)
    result = await world.explain(world.alice, TEXT)
    assert say("en", texts.CORRECT) in privately(result)
    said_first = next(
        request.json["content"]
        for request in world.env.http_requests
        if request.path.endswith("@original")
    )
    assert said_first == say("en", texts.STORED_IN_QUEUE, n=12)


async def test_after_the_reveal_the_grade_comes_with_what_was_missing(world: World) -> None:
    opened = await world.ask()
    grader = grader_of(world.context)
    grader.judge = lambda _: GraderUnavailable("no model")
    await world.explain(world.alice, TEXT)
    await world._as_bot(rounds.close(world.context, opened.id))
    grader.judge = lambda submission: dataclasses.replace(a_grade(submission), score=0.75)
    grader.release()
    await world.env.settle()
    (message,) = direct_messages(world)
    fields = {field.name: field.value for field in message.embeds[0].fields}
    assert fields[texts.REFERENCE] == opened.question.explanation
    (result,) = await world.context.store.read(rows, t.results)
    assert result["points"] > 0


async def test_a_grade_that_comes_too_late_for_the_reply_is_sent(world: World) -> None:
    await world.ask()
    grader = grader_of(world.context)
    grader.hold()
    result = await world.explain(world.alice, TEXT)
    assert say("en", texts.STORED) in privately(result)
    await world.pass_time(minutes=16)  # Discord takes edits of a reply for a quarter of an hour
    grader.release()
    await world.env.settle()
    (message,) = direct_messages(world)
    assert say("en", texts.CORRECT) in (message.embeds[0].description or "")
    (stored,) = await world.context.store.read(rows, t.explanations)
    assert stored["told_at"] is not None


async def test_an_explanation_outlives_a_restart(world: World) -> None:
    await world.ask()
    grader = grader_of(world.context)
    grader.judge = lambda _: GraderUnavailable("no model")
    await world.explain(world.alice, TEXT)
    await world.restart()
    await world.env.settle()
    (grade,) = await world.context.store.read(rows, t.grades)
    assert grade["label"] == "correct"
    assert len(direct_messages(world)) == 1


async def test_an_explanation_written_over_a_restart_is_taken(world: World) -> None:
    await world.ask()
    opened = await world.click(world.alice, "Explain")
    await world.restart()
    sent = await world.fill(world.alice, opened, "It learns broad features from much data.")
    assert "Looks right." in privately(sent)
    (kept,) = await world.context.store.read(rows, t.explanations)
    assert (kept["user_id"], kept["attempt"]) == (world.alice.id, 1)
