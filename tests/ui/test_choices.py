"""What is offered while a moderator types."""

from bot.domain.calendar import zones
from bot.ui.choices import COMMON_ZONES, best, best_zones, completions, fitting


def test_names_that_begin_so_come_first() -> None:
    assert best(" EVE ", ["Seventh", "Evening", "Morning"]) == ["Evening", "Seventh"]


def test_cities_come_before_everything_else() -> None:
    assert best_zones("lon")[0] == "Europe/London"
    assert best_zones("los angeles") == ["America/Los_Angeles"]
    assert best_zones("europe/ber")[0] == "Europe/Berlin"
    assert best_zones("eire")[0] == "Eire"
    assert best_zones("nowhere at all") == []


def test_zones_that_are_offered_first_exist() -> None:
    assert set(COMMON_ZONES) <= set(zones())


def test_lists_are_completed_at_their_end() -> None:
    known = ["fine-tuning", "pre-training", "tokens"]
    assert completions("", known) == known
    assert completions("tok", known) == ["tokens"]
    assert completions("tokens, ", known) == ["tokens, fine-tuning", "tokens, pre-training"]
    assert completions("Tokens,FINE-TUNING,p", known) == ["Tokens, FINE-TUNING, pre-training"]


def test_discords_limits_are_kept() -> None:
    names = ["x" * 101, *(f"bank {number}" for number in range(40))]
    offered = fitting(names)
    assert len(offered) == 25
    assert all(len(choice.value) <= 100 for choice in offered)
