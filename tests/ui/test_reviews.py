"""How a grade to review looks: it names nobody, means nothing but what was typed, and fits."""

import re
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.domain.question import Verdict
from bot.domain.review import Decision, Why
from bot.domain.round import State
from bot.grading import KeyPoint, KeyPointState
from bot.services.reviews import Figures, Item, Outcome, Queue
from bot.store.queries.reviews import Review, Waiting
from bot.ui import appeals, explanations
from bot.ui import reviews as ui
from bot.ui.texts import explanations as explanation_texts
from bot.ui.texts import reviews as texts
from tests.support.fakes import NOON, a_grade
from tests.support.questions import a_question
from tests.ui.test_explanations import POINTS, a_round, graded, words

MEMBER, MONA = 700_000_000_000_000_007, 800_000_000_000_000_008


def an_item(text: str = "It learns.", reason: str = "", **changes: Any) -> Item:
    round_ = changes.pop("round", a_round(State.REVEALED))
    grade = a_grade(label=Verdict.INCORRECT, score=0.4, confidence=0.71, key_points=POINTS)
    waiting = Waiting(
        explanation_id=5,
        question_id=round_.question_id,
        user_id=MEMBER,
        bank="testing",
        bank_title="Testing",
        whys=(Why.APPEALED, Why.UNSURE, Why.DISAGREES),
        reason=reason,
        since=NOON,
        ready_at=None if round_.state is State.OPEN else NOON,
    )
    return Item(**{"waiting": waiting, "round": round_, "text": text, "grade": grade} | changes)


def everything(embed: discord.Embed) -> str:
    parts = [embed.title, embed.description, embed.footer.text]
    parts += [part for field in embed.fields for part in (field.name, field.value)]
    return "\n".join(part for part in parts if part)


def test_an_item_shows_all_that_decides_and_no_name() -> None:
    item = an_item(reason="I said it.")
    said = everything(ui.item_embed("en", item, 3))
    question = item.round.question
    for needed in (question.prompt, question.explanation, *question.key_points, "It learns."):
        assert needed in said
    assert f"{question.answer}: {question.options[0]}" in said
    assert "not there yet, 40 %; sure to 71 %" in said
    assert "“I said it.”" in said
    assert texts.WHY[Why.UNSURE] in said
    assert texts.WHY[Why.DISAGREES] in said
    assert "3 wait for you" in said
    assert str(MEMBER) not in said
    assert texts.STILL_OPEN not in said
    assert texts.STILL_OPEN in everything(ui.item_embed("en", an_item(round=a_round()), 1))


def test_what_a_member_typed_means_nothing() -> None:
    text = f"**bold** <@{MEMBER}> <#1> <t:1:R> @everyone `code` [click](https://example.org)\n# big"
    embed = ui.item_embed("en", an_item(text, reason=f"{text} ||x||"), 1)
    for shown in (str(embed.description).splitlines()[0], str(embed.fields[0].value)):
        for markup in (r"\*\*", "<", "@everyone", "`", r"\[click", r"\|\|", "^# big"):
            assert not re.search(rf"(?<![\\*|]){markup}", shown, re.MULTILINE), (markup, shown)


def test_the_largest_of_everything_fits() -> None:
    points = tuple("p" * 200 for _ in range(4))
    question = a_question(
        prompt="q" * 1000,
        code="c" * 1800,
        options=("o" * 200, "x"),
        explanation="e" * 1200,
        key_points=points,
    )
    round_ = a_round(State.OPEN)
    object.__setattr__(round_, "question", question)
    grade = a_grade(key_points=tuple(KeyPoint(p, KeyPointState.MISSING, 0.1) for p in points))
    item = an_item("*" * 4000, "*" * 400, round=round_, grade=grade)
    embed = ui.item_embed("en", item, 1000)
    assert len(embed) <= 6000
    assert len(embed.description or "") <= 4096
    assert all(len(field.value or "") <= 1024 for field in embed.fields)
    (file,) = ui._files(item)
    assert file.fp.read() == b"*" * 4000
    assert ui._files(an_item()) == []
    cut = str(ui.item_embed("en", an_item("x" * 1400, round=round_, grade=grade), 1).description)
    assert "```py\nccc" in cut
    assert cut.endswith("c\n…\n```")


def outcome(state: State = State.REVEALED, **changes: Any) -> Outcome:
    review = changes.pop("review", Review(Decision.ACCEPTED, True, MONA, NOON))
    values: dict[str, Any] = {"explanation_id": 5, "round": a_round(state), "user_id": MEMBER}
    values |= {"review": review, "is_new": True, "points_before": 40, "points_after": 60}
    return Outcome(**values | changes)


def test_whose_it_is_is_told_once_decided_and_revealed() -> None:
    told = everything(ui.decided_embed("en", outcome()))
    assert f"<@{MEMBER}>. Their points: 40 → 60." in told
    assert texts.REMEMBERED in told
    early = everything(ui.decided_embed("en", outcome(State.OPEN)))
    assert str(MEMBER) not in early
    assert texts.TOLD_LATER in early


def test_who_comes_second_reads_who_was_first_and_what_they_said() -> None:
    told = everything(ui.decided_embed("en", outcome(is_new=False)))
    assert f"<@{MONA}> decided this one <t:" in told
    assert texts.DECIDED[Decision.ACCEPTED] in told
    assert texts.TOLD not in told
    forgotten = Review(Decision.REJECTED, False, 0, NOON)
    told = everything(ui.decided_embed("en", outcome(is_new=False, review=forgotten)))
    assert told.count(texts.SOMEBODY) == 1
    assert "<@0>" not in told


def test_figures_say_how_many_they_are_of() -> None:
    bank = Figures("*Stats*", 2, 4, 3, timedelta(hours=26, minutes=5), NOON)
    said = everything(ui.stats_embed("en", bank, [bank]))
    assert "2 wait, the oldest since <t:" in said
    assert "median wait 1d 2h 5m" in said
    assert "agreed on 3 of 4 (75 %)" in said
    assert "\\*Stats\\*" in said
    none = Figures("", 0, 0, 0, None, None)
    assert texts.NO_REVIEWS in everything(ui.stats_embed("en", none, []))
    many = ui.stats_embed("en", bank, [bank] * 30)
    assert len(many.fields) <= 25
    assert "10 more banks" in everything(many)
    assert len(many) <= 6000


def test_what_is_held_back_is_told() -> None:
    assert everything(ui.nothing_embed("en", Queue(None, 0, 0))) == texts.NOTHING
    assert "/review next open:True" in everything(ui.nothing_embed("en", Queue(None, 0, 2)))


@pytest.mark.parametrize("decision", list(Decision))
def test_a_reviewed_grade_shows_the_moderators_word(decision: Decision) -> None:
    grade = a_grade(label=Verdict.CORRECT, score=decision.share, key_points=POINTS)
    said = words(graded(grade, State.REVEALED, decision=decision))
    assert "A moderator read it" in said
    assert explanation_texts.CORRECT not in said
    assert explanation_texts.MISSING not in said
    assert explanation_texts.REFERENCE in said


def test_an_appeal_is_offered_where_there_is_something_to_gain() -> None:
    wrong, full = a_grade(label=Verdict.INCORRECT, score=1.0), a_grade(score=0.999)
    assert appeals.appeal_view("en", graded(wrong)) is not None
    assert appeals.appeal_view("en", graded(a_grade(score=0.9), State.REVEALED)) is not None
    for nothing in (
        graded(None),
        graded(full),
        graded(wrong, appealed=True),
        graded(wrong, State.CANCELLED),
        graded(wrong, State.REVEALED, decision=Decision.REJECTED),
    ):
        assert appeals.appeal_view("en", nothing) is None
    footer = explanations.grade_embed("en", graded(wrong, appealed=True)).footer.text
    assert footer == explanation_texts.APPEALED
