"""The cheap checks refuse what is no explanation, and let plain short explanations pass."""

import pytest

from bot.grading import checks

QUESTION = "What is the typical effect of using a learning rate that is too high?"
REFERENCE = (
    "A learning rate that is too high makes each step overshoot, so training does not settle."
)


def pieces(text: str) -> int:
    """As a tokenizer would: known words are one piece, other letters come in ones and twos."""
    known = {*QUESTION.lower().strip("?").split(), *REFERENCE.lower().split()}
    return sum(1 if word in known or len(word) < 5 else len(word) // 4 for word in text.split())


def flags(answer: str, pieces=pieces) -> tuple[str, ...]:
    return checks.flags(answer, QUESTION, (REFERENCE,), pieces)


@pytest.mark.parametrize(
    "answer",
    [
        "The steps get so big that it jumps past the minimum.",
        "it overshoots and diverges",
        "Large steps overshoot the minimum, loss diverges",
        "Too high a learning rate: the weights swing around and never converge.",
        "because each update is scaled by lr, a large lr makes the loss bounce",
        "B > C > A since P(X=3) = 0.6^3 * 0.4^3 * 20 and P(A) = P(B) + P(C)",
        "(2n)² = 4n²",
        "(1 + cos 45°) / 2",
        "4 × 0.5 × 4",
        "slope max 1/4, ten layers, nothing left",
        "bottom one wraps first, top one goes around the whole",
        "bulb a is lit when bulb b is out, bulb b is lit when bulb a is out, and bulb c is lit",
    ],
)
def test_plain_explanations_pass(answer: str) -> None:
    assert flags(answer) == ()


@pytest.mark.parametrize(
    ("answer", "flag"),
    [
        ("", checks.EMPTY),
        ("🙂🙂🙂 !!! 123", checks.EMPTY),
        ("it overshoots", checks.TOO_SHORT),
        ("good good good good good good good good", checks.GIBBERISH),
        ("aaaaaaaaaaa bbbbbbbbbbb ccccccc", checks.GIBBERISH),
        (QUESTION, checks.ECHO),
        ("the typical effect of using a learning rate that is too high", checks.ECHO),
        ("overshoot, minimum, loss, divergence", checks.KEYWORD_LIST),
        (
            "learning rate step overshoot minimum loss training weights gradient",
            checks.KEYWORD_LIST,
        ),
        ("Скорость обучения слишком велика, шаги большие", checks.LANGUAGE),
        ("Die Schritte werden zu groß und das Netz ist nicht stabil", checks.LANGUAGE),
        ("Les pas sont trop grands et la perte ne descend pas", checks.LANGUAGE),
    ],
)
def test_what_is_no_explanation_is_refused(answer: str, flag: str) -> None:
    assert flags(answer) == (flag,)
    assert flag in checks.REFUSING


def test_random_letters_fall_into_many_pieces() -> None:
    assert flags("xkq jzvw qprt wwz bnmx", pieces=lambda text: len(text) // 2 + 3) == (
        checks.GIBBERISH,
    )


def test_the_reference_pasted_in_is_noted_and_not_refused() -> None:
    assert flags(REFERENCE.lower()) == (checks.COPIED_REFERENCE,)
    assert checks.COPIED_REFERENCE not in checks.REFUSING


def test_an_echo_that_is_the_reference_too_is_an_answer() -> None:
    found = checks.flags(
        "The bulb is lit here", "Is the bulb lit here?", ("The bulb is lit here.",), pieces
    )
    assert found == (checks.COPIED_REFERENCE,)
