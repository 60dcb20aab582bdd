from datetime import UTC, date, datetime
from typing import Any

import discord

from bot.services.standings import Leaderboard, MemberStanding, Period
from bot.store.queries.standings import Explained, Page, Place, Topic
from bot.ui import standings

SERVER = 1001


def a_standing(**changes: Any) -> MemberStanding:
    values: dict[str, Any] = {
        "places": {Period.WEEK: None, Period.MONTH: Place(2, 7, 40, 1), Period.ALL: None},
        "streak": 1,
        "longest": 4,
        "to_answer": False,
        "topics": (Topic("Attention", 1, 2),),
        "weeks": ((date(2026, 2, 23), 0), (date(2026, 3, 2), 40)),
        "hints": 1,
        "explanations": 0,
        "waiting": 0,
        "best": (),
    }
    return MemberStanding(**values | changes)


def fields(embed: discord.Embed) -> dict[str, str]:
    return {str(field.name): str(field.value) for field in embed.fields}


def test_a_members_figures_are_told_field_by_field() -> None:
    embed = standings.member_embed("en", a_standing(to_answer=True, waiting=2), SERVER)
    assert fields(embed) == {
        "This week": "no points yet",
        "This month": "40 points · place 2",
        "All time": "no points yet",
        "Streak": "1 day\nlongest: 4 days\nThe newest question is still open for you.",
        "Answers": "1 of 2 right\n2 wait for their reveal",
        "Along the way": "1 hint taken\n0 explanations given",
    }


def test_best_explanations_link_to_their_posts_and_fit_into_a_field() -> None:
    long = Explained("What does [mask] **do**? " + "_x_ " * 200, 0.876, 2**62, 2**62)
    embed = standings.member_embed("en", a_standing(best=(long, long, long)), SERVER)
    value = fields(embed)["Your best explanations"]
    assert len(value) <= 1024
    first = value.splitlines()[0]
    assert first.startswith(r"88 % · [What does (mask) \*\*do\*\*?")
    assert first.endswith(f"(https://discord.com/channels/{SERVER}/{2**62}/{2**62})")
    posted = Explained("Why?", 1.0, 1, None)
    embed = standings.member_embed("en", a_standing(best=(posted,)), SERVER)
    assert fields(embed)["Your best explanations"] == "100 % · Why?"


def test_the_charts_words_say_what_it_shows_within_discords_limit() -> None:
    assert standings.alt_member("en", a_standing()) == (
        "Right answers by topic: Attention: 1 of 2. "
        "Points by week, from the oldest: week of 23 Feb: 0; week of 2 Mar: 40."
    )
    many = a_standing(topics=tuple(Topic("T" * 200, 1, 2) for _ in range(9)))
    assert len(standings.alt_member("en", many)) <= 1024


def test_a_full_leaderboard_fits_into_an_embed() -> None:
    places = tuple(Place(10**6, 2**63 - n, 10**6, 10**4) for n in range(10))
    page = Page(places, 3, 9, 90, places[0])
    board = Leaderboard(Period.WEEK, datetime(2026, 3, 2, tzinfo=UTC), page)
    embed = standings.board_embed("en", board)
    assert len(embed) < 2000
    assert str(embed.description).startswith("Since <t:1772409600:D>")
    assert embed.footer.text == "Page 4 of 9"
