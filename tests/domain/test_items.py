"""What a question's answers say of it."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.items import (
    LEAST_FOR_DEAD,
    LEAST_RANKED,
    LEAST_TRIED,
    Chosen,
    Finding,
    Item,
    Reason,
    discrimination,
    explanation_score,
    findings,
    point_biserial,
    share_right,
    shares,
)

steadily = settings(derandomize=True, database=None)
PEOPLE = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 20).map(lambda n: n / 20)), min_size=2, max_size=60
)
"""Each a chosen option and a rest score."""


def item(people: Sequence[tuple[int, float | None]], key: int = 0, options: int = 4) -> Item:
    """The sums of these answers, as the database makes them."""
    ranked = [rest for _, rest in people if rest is not None]
    mean = sum(ranked) / len(ranked) if ranked else 0.0
    chosen: list[Chosen] = []
    for option in range(options):
        rests = [rest for choice, rest in people if choice == option]
        known = [rest for rest in rests if rest is not None]
        chosen.append(
            Chosen(
                members=len(rests),
                ranked=len(known),
                rest=sum(known),
                spread=sum((rest - mean) ** 2 for rest in known),
                well=sum(rest > mean + 1e-9 for rest in known),
            )
        )
    return Item(key=key, chosen=tuple(chosen))


def pearson(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """The textbook's sum of products, which knows nothing of options or two values."""
    n = len(xs)
    x, y = math.fsum(xs) / n, math.fsum(ys) / n
    across = math.fsum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True))
    spread = math.fsum((a - x) ** 2 for a in xs) * math.fsum((b - y) ** 2 for b in ys)
    return across / math.sqrt(spread) if spread > 1e-12 else None


@steadily
@given(PEOPLE, st.integers(0, 3))
def test_the_point_biserial_is_pearsons_correlation(
    people: list[tuple[int, float]], key: int
) -> None:
    found = point_biserial(item(people, key))
    expected = pearson([float(choice == key) for choice, _ in people], [rest for _, rest in people])
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found == pytest.approx(expected, abs=1e-9)
        assert -1 <= found <= 1


@steadily
@given(PEOPLE)
def test_neither_order_nor_which_distractor_nor_scale_matters(
    people: list[tuple[int, float]],
) -> None:
    found = point_biserial(item(people))
    turned = [(0 if choice == 0 else 4 - choice, rest) for choice, rest in reversed(people)]
    halved = [(choice, rest / 2 + 0.25) for choice, rest in people]
    for other in (turned, halved):
        again = point_biserial(item(other))
        assert again is found is None or again == pytest.approx(found, abs=1e-9)
    mirrored = point_biserial(item([(choice, 1 - rest) for choice, rest in people]))
    assert mirrored is found is None or mirrored == pytest.approx(-(found or 0), abs=1e-9)


@steadily
@given(PEOPLE)
def test_members_without_a_rest_score_count_as_tries_only(
    people: list[tuple[int, float]],
) -> None:
    unranked: list[tuple[int, float | None]] = [*people, *[(0, None)] * 7]
    more = item(unranked)
    assert more.tried == len(people) + 7
    assert more.ranked == len(people)
    assert point_biserial(more) == point_biserial(item(people))


@steadily
@given(PEOPLE, st.integers(0, 3))
def test_shares_add_up(people: list[tuple[int, float]], key: int) -> None:
    one = item(people, key)
    found = shares(one)
    if len(people) < LEAST_TRIED:
        assert found is None
        assert share_right(one) is None
        assert findings(one) == ()
    else:
        assert found is not None
        assert math.isclose(sum(found), 1)
        assert share_right(one) == found[key]


def test_a_worked_example() -> None:
    # Means 0.8 and 0.4, all of them 0.6 with the deviation 0.2: r = 0.4 / 0.2 * 0.5 = 1.
    assert point_biserial(item([(0, 0.8)] * 3 + [(1, 0.4)] * 3)) == pytest.approx(1)
    # 1, 1, 0 against 0.9, 0.5, 0.4: Pearson's by hand is 0.6547.
    found = point_biserial(item([(0, 0.9), (0, 0.5), (2, 0.4)]))
    assert found == pytest.approx(0.65465, abs=1e-4)


def test_nothing_is_said_of_a_few() -> None:
    few = [(0, 0.1)] * 10 + [(1, 0.9)] * 9
    assert discrimination(item(few)) is None
    assert share_right(item(few[:9])) is None
    enough = item([*few, (1, 0.9)])
    assert enough.ranked == LEAST_RANKED
    assert discrimination(enough) == pytest.approx(-1)


def test_what_does_not_vary_does_not_correlate() -> None:
    assert discrimination(item([(0, 0.1 * n) for n in range(10)] * 2)) is None
    assert discrimination(item([(0, 0.7), (1, 0.7)] * 10)) is None
    assert discrimination(item([(1, 0.1 + 0.2), (0, 0.3)] * 10)) is None


def reasons(people: Sequence[tuple[int, float | None]], **kwargs: int) -> list[Reason]:
    return [finding.reason for finding in findings(item(people, **kwargs))]


GOOD = [(0, 0.9)] * 12 + [(1, 0.3)] * 6 + [(2, 0.2)] * 6 + [(3, 0.4)] * 6


def test_a_good_question_is_left_alone() -> None:
    assert reasons(GOOD) == []


def test_a_wrong_key_is_suspected_where_who_does_well_prefers_a_distractor() -> None:
    found = findings(item(GOOD, key=2))
    assert found[0] == Finding(Reason.KEYED_WRONG, (0,))
    assert found[1].reason is Reason.NEGATIVE
    # Nobody is doubted by a handful.
    few = [(0, 0.9)] * 7 + [(1, 0.1)] * 7
    assert Reason.KEYED_WRONG not in reasons(few, key=1)


def test_too_hard_is_no_better_than_guessing() -> None:
    spread = [(1, 0.5), (2, 0.5), (3, 0.5)]
    assert Reason.TOO_HARD in reasons([(0, 0.5)] * 3 + spread * 3)
    assert Reason.TOO_HARD not in reasons([(0, 0.5)] * 4 + spread * 3)
    assert Reason.TOO_HARD in reasons([(0, None)] * 5 + [(1, None)] * 5, options=2)


def test_too_easy_says_nothing_of_its_distractors() -> None:
    easy = [(0, 0.5)] * 38 + [(1, 0.5)] * 2
    assert reasons(easy) == [Reason.TOO_EASY]
    assert reasons([(0, 0.5)] * 37 + [(1, 0.5)] * 3) == [Reason.DEAD]


def test_a_dead_distractor_needs_more_answers() -> None:
    lively = [(0, 0.6), (1, 0.5), (2, 0.4)]
    assert reasons(lively * 9) == []
    found = findings(item(lively * (LEAST_FOR_DEAD // 3)))
    assert found == (Finding(Reason.DEAD, (3,)),)


def test_the_mean_of_explanations_needs_some() -> None:
    assert explanation_score(Item(0, (Chosen(),), graded=9, score=9.0)) is None
    assert explanation_score(Item(0, (Chosen(),), graded=10, score=6.5)) == 0.65
