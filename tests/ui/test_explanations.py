"""What a grade looks like, and that it gives nothing away before the reveal."""

from typing import Any

import discord
import pytest

from bot.domain.question import Verdict
from bot.domain.round import Manner, Round, State
from bot.grading import Grade, KeyPoint, KeyPointState, checks
from bot.services.explanations import Attempts, Graded
from bot.ui import explanations as ui
from bot.ui.texts import explanations as texts
from bot.ui.texts import say
from tests.support.fakes import NOON, a_grade
from tests.support.questions import a_question

COVERED, MISSING = "Steps grow with the rate.", "Long steps overshoot the valley."
QUESTION = a_question(
    explanation="The rate scales every step. With long ones training swings and never settles.",
    key_points=(COVERED, MISSING),
    options=("It swings about.", "It sleeps.", "It stops at once.", "It grows slowly."),
)
POINTS = (
    KeyPoint(COVERED, KeyPointState.COVERED, 0.9),
    KeyPoint(MISSING, KeyPointState.MISSING, 0.1),
)


def a_round(state: State = State.OPEN) -> Round:
    return Round(
        id=7,
        server_id=1,
        channel_id=2,
        schedule_id=None,
        local_date=None,
        due_at=NOON,
        state=state,
        manner=Manner.CONCEALED,
        open_minutes=60,
        role_id=None,
        thread=False,
        bank="testing",
        bank_title="Testing",
        question_id=1,
        question=QUESTION,
        message_id=3,
        opened_at=NOON,
        closes_at=NOON,
        revealed_at=None,
        late=False,
    )


def graded(grade: Grade | None, state: State = State.OPEN, **changes: Any) -> Graded:
    used = changes.pop("used", 1)
    values: dict[str, Any] = {
        "id": 1,
        "round": a_round(state),
        "user_id": 5,
        "attempt": used,
        "attempts": Attempts(a_round(state), used, 3),
        "grade": grade,
        "best": grade,
    }
    return Graded(**values | changes)


def words(found: Graded) -> str:
    embed = ui.grade_embed("en", found)
    parts = [embed.title, embed.description, embed.footer.text]
    parts += [part for field in embed.fields for part in (field.name, field.value)]
    return "\n".join(part for part in parts if part)


@pytest.mark.parametrize("label", list(Verdict))
@pytest.mark.parametrize("flags", [(), *((flag,) for flag in sorted(checks.REFUSING))])
@pytest.mark.parametrize("used", [1, 3])
def test_before_the_reveal_nothing_is_given_away(
    label: Verdict, flags: tuple[str, ...], used: int
) -> None:
    points = (*POINTS, KeyPoint("It goes the wrong way.", KeyPointState.CONTRADICTED, 0.8))
    for review in (False, True):
        grade = a_grade(label=label, key_points=points, flags=flags, needs_review=review)
        shown = words(graded(grade, used=used))
        hidden = [MISSING, "It goes the wrong way.", *QUESTION.options]
        hidden += QUESTION.explanation.rstrip(".").split(". ")
        assert not [text for text in hidden if text.rstrip(".").lower() in shown.lower()]
        assert (COVERED in shown) == (label is Verdict.CORRECT)


def test_a_point_that_is_barely_touched_is_counted_and_not_named() -> None:
    touched = (KeyPoint(COVERED, KeyPointState.COVERED, 0.5), POINTS[1])
    shown = words(graded(a_grade(key_points=touched)))
    assert COVERED not in shown
    assert say("en", texts.COVERED_COUNT, covered=1, points=2) in shown
    assert say("en", texts.NUDGE_MORE, n=1) in shown


def test_right_as_a_whole_with_no_point_said_clearly() -> None:
    shown = words(graded(a_grade(key_points=POINTS[1:])))
    assert say("en", texts.NUDGE_ROUGH) in shown
    assert "0 of" not in shown


def test_after_the_reveal_it_says_what_was_missing_and_why() -> None:
    shown = words(graded(a_grade(score=0.62, key_points=POINTS), State.REVEALED))
    for text in (COVERED, MISSING, QUESTION.explanation, "62 %", "▰▰▰▰▰▰▱▱▱▱"):
        assert text in shown
    assert say("en", texts.ATTEMPTS_LEFT, n=2) not in shown


def test_a_long_reference_fits_into_fields() -> None:
    long_question = a_question(explanation="word " * 239 + "end.")
    found = graded(a_grade(key_points=POINTS), State.REVEALED)
    object.__setattr__(found.round, "question", long_question)
    embed = ui.grade_embed("en", found)
    assert all(len(field.value or "") <= 1024 for field in embed.fields)
    assert (embed.fields[-1].value or "").endswith("end.")
    assert len(embed) <= 6000


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"label": Verdict.INCORRECT}, texts.NUDGE_WRONG),
        ({"label": Verdict.CONTRADICTORY}, texts.NUDGE_CONTRADICTORY),
        ({"needs_review": True}, texts.UNSURE),
        *(
            ({"label": Verdict.INCORRECT, "flags": (flag,)}, texts.FLAGS[flag])
            for flag in sorted(checks.REFUSING)
        ),
    ],
)
def test_it_says_what_to_do_next(changes: dict[str, Any], sentence: str) -> None:
    assert say("en", sentence) in words(graded(a_grade(**changes)))


AGAINST = KeyPoint(MISSING, KeyPointState.CONTRADICTED, 0.1, "It *never*\novershoots.")


def test_the_sentence_that_points_the_other_way_is_quoted_without_the_point() -> None:
    grade = a_grade(label=Verdict.CONTRADICTORY, key_points=(POINTS[0], AGAINST))
    shown = words(graded(grade))
    assert say("en", texts.NUDGE_SENTENCE, quote=r"It \*never\* overshoots.") in shown
    assert MISSING not in shown
    assert COVERED not in shown


def test_after_the_reveal_the_sentence_stands_under_its_point() -> None:
    grade = a_grade(label=Verdict.CONTRADICTORY, key_points=(POINTS[0], AGAINST))
    shown = words(graded(grade, State.REVEALED))
    quote = r"It \*never\* overshoots."
    assert say("en", texts.POINT_AGAINST, point=MISSING, quote=quote) in shown
    assert say("en", texts.COMPARE) in shown


def test_a_long_sentence_is_quoted_in_part() -> None:
    against = KeyPoint(MISSING, KeyPointState.CONTRADICTED, 0.1, "very " * 400)
    shown = words(graded(a_grade(label=Verdict.CONTRADICTORY, key_points=(against,))))
    assert "very …" in shown or "very…" in shown
    assert len(shown) < 600


@pytest.mark.parametrize(("score", "told"), [(0.95, True), (0.6, False)])
def test_what_is_right_in_a_wrong_text_is_counted_only_if_it_is_sure(
    score: float, told: bool
) -> None:
    point = KeyPoint(COVERED, KeyPointState.COVERED, score)
    grade = a_grade(label=Verdict.INCORRECT, key_points=(point, POINTS[1]))
    shown = words(graded(grade))
    assert (say("en", texts.NUDGE_PARTLY, n=1, points=2) in shown) == told
    assert (say("en", texts.NUDGE_WRONG) in shown) != told
    assert COVERED not in shown


@pytest.mark.parametrize("label", list(Verdict))
def test_only_a_correct_copy_is_told_that_it_is_one(label: Verdict) -> None:
    grade = a_grade(label=label, flags=(checks.COPIED_REFERENCE,), key_points=POINTS)
    assert (say("en", texts.COPIED) in words(graded(grade))) == (label is Verdict.CORRECT)


def test_what_was_said_to_the_grader_is_told_beside_the_advice() -> None:
    grade = a_grade(label=Verdict.INCORRECT, flags=(checks.INJECTION,), key_points=())
    shown = words(graded(grade))
    assert say("en", texts.FLAGS[checks.INJECTION]) in shown
    assert say("en", texts.NUDGE_WRONG) in shown


def test_attempts_and_the_best_of_them() -> None:
    low, high = a_grade(score=0.3), a_grade(score=0.8)
    shown = words(graded(low, used=2, best=high))
    assert say("en", texts.ATTEMPTS_LEFT, n=1) in shown
    assert say("en", texts.BEST, used=2, percent=80) in shown
    wrong = a_grade(label=Verdict.INCORRECT, score=0.3)
    shown = words(graded(wrong, used=3))
    assert say("en", texts.BEST_NONE) in shown
    assert say("en", texts.NUDGE_LAST) in shown


def test_a_pending_one_says_so() -> None:
    assert say("en", texts.PENDING) in words(graded(None))


@pytest.mark.parametrize(("score", "full"), [(0, 0), (0.04, 0), (0.06, 1), (0.5, 5), (1, 10)])
def test_the_bar_has_ten_blocks(score: float, full: int) -> None:
    assert ui.bar(score) == "▰" * full + "▱" * (10 - full)


def test_the_modal_is_within_what_discord_takes() -> None:
    modal = ui.ExplainModal("en", Attempts(a_round(), 1, 3), 4000)
    payload = modal.to_dict()
    assert len(payload["title"]) <= 45
    (label,) = payload["components"]
    assert len(label["label"]) <= 45
    assert len(label["description"]) <= 100
    assert label["component"]["max_length"] == 4000
    assert len(label["component"]["placeholder"]) <= 100
    assert "Attempt 2 of 3" in label["description"]


def test_the_command_is_described_in_a_hundred_characters() -> None:
    assert len(texts.COMMAND) <= 100


async def test_the_button_carries_nothing_but_the_round() -> None:
    button = ui.ExplainButton(7)
    assert button.item.custom_id == "tutor:explain:7"
    assert isinstance(button.item, discord.ui.Button)
