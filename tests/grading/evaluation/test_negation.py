"""Right sentences, negated. Each expectation was read as a sentence."""

import pytest

from bot.grading.evaluation import negation


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("The bulb is in a closed path.", "The bulb is not in a closed path."),
        ("The water evaporates into the air.", "The water does not evaporate into the air."),
        ("They push the weights away.", "They do not push the weights away."),
        ("The updates overshoot the minimum.", "The updates do not overshoot the minimum."),
        ("The salt remained in the dish.", "The salt did not remain in the dish."),
        ("You can see the gap.", "You cannot see the gap."),
        ("The loss has reached zero.", "The loss has not reached zero."),
        ("They're connected", "They're not connected"),
        ("It's in the same path.", "It's not in the same path."),
        # What is denied already is said plainly.
        ("Terminal 1 is not connected to it.", "Terminal 1 is connected to it."),
        ("It doesn't transfer.", "It does transfer."),
        ("There is no longer a path.", "There is still a path."),
        ("You cannot tell from it.", "You can tell from it."),
        ("There is no gap between them.", "There is a gap between them."),
        ("It learns without labels.", "It learns with labels."),
        # The main clause, not the condition.
        (
            "If the switch is open, the bulb will be off.",
            "If the switch is open, the bulb will not be off.",
        ),
        ("If they are in the same path", "If they are not in the same path"),
        # The second sentence, where the first is no statement.
        ("Suppose it were so. The loss is flat.", "Suppose it were so. The loss is not flat."),
    ],
)
def test_negation(text: str, turned: str) -> None:
    assert negation.negate(text) == turned


@pytest.mark.parametrize(
    "text",
    [
        "evaporation",
        "Weight updates.",
        "It is not that nothing happens.",  # two negations
        "I think it is so.",
        "Is it so?",
        "It is one. It is two. It is three.",  # which of them carries weight is not known
        "It is not only faster.",
        "It is damaged or does not work.",  # one of two ways is left
        "A switch contained in a path.",  # a participle
        "The shorter the string is, the higher the pitch is.",
    ],
)
def test_what_cannot_be_negated_for_certain_is_not(text: str) -> None:
    assert negation.negate(text) is None


def test_negation_throughout() -> None:
    text = "The loss is convex. It reaches the minimum. Why?"
    assert (
        negation.negate_all(text) == "The loss is not convex. It does not reach the minimum. Why?"
    )
    assert negation.negate_all("The loss is convex.") is None
