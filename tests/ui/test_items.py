"""The list of questions to look at fits, whatever a server asked."""

from bot.domain.items import Chosen, Finding, Item, Reason
from bot.services.items import LookAt, Statistics
from bot.store.queries.items import Asked
from bot.ui import items as ui


def one(n: int) -> Statistics:
    asked = Asked(n, (n,), 0, "b" * 64, f"{n:064}", "*" * 1000, ("x", "y"), 0, True, False)
    item = Item(0, (Chosen(10), Chosen(2)))
    return Statistics(asked, item, tuple(Finding(reason, (1, 2, 3)) for reason in Reason))


def test_a_long_list_says_how_many_more_there_are() -> None:
    embed = ui.list_of(None, LookAt(tuple(one(n) for n in range(60)), 60, 80))
    assert len(embed.description or "") <= 4096
    assert len(embed) <= 6000
    shown = (embed.description or "").count("Keyed wrong?")
    assert (embed.description or "").endswith(f"and {60 - shown} more")


def test_distractors_are_named_as_in_a_sentence() -> None:
    said = [ui.reason(None, Finding(Reason.DEAD, options)) for options in ((1,), (1, 2), (1, 2, 3))]
    assert [words.split("chooses ")[1].split(".")[0] for words in said] == [
        "B",
        "B and C",
        "B, C and D",
    ]


def test_whatever_the_reason_there_is_a_sentence() -> None:
    assert len({ui.reason(None, Finding(reason, (0,))) for reason in Reason}) == len(Reason)
