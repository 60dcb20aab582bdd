"""How schedules read."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.round import Manner
from bot.domain.schedule import Schedule
from bot.services.schedules import Outlook
from bot.store.queries.questions import Stock
from bot.ui import schedules as ui
from bot.ui.texts import moderators, schedules, status

NOW = datetime(2026, 10, 23, tzinfo=UTC)
KEPT = Schedule(
    id=1,
    server_id=1001,
    name="Morning *star*",
    channel_id=2001,
    cron="30 2 * * *",
    zone="Europe/Berlin",
    open_minutes=90,
    manner=Manner.CONCEALED,
    catch_up_minutes=0,
    created_by=1,
    created_at=NOW,
    active_since=NOW,
    paused_at=None,
    pause_reason="",
)


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 9 * * *", "every day"),
        ("0 9 * * MON,TUE,WED,THU,FRI", "Monday to Friday"),
        ("0 9 * * SAT,SUN", "Saturday and Sunday"),
        ("0 9 * * MON,THU", "Mon, Thu"),
        ("0 9 1 * *", "by the cron line `0 9 1 * *`"),
    ],
)
def test_days_in_words(cron: str, words: str) -> None:
    assert ui.days("en", cron) == words


def test_each_post_tells_the_time_that_the_clocks_show_there() -> None:
    gap = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 02:30 does not exist that night
    embed = ui.preview("en", KEPT, Outlook((gap,), Stock(3, 3), None))
    assert embed.fields[0].value == f"<t:{gap.timestamp():.0f}:F> (03:00 in Europe/Berlin)"


@pytest.mark.parametrize(
    ("stock", "until", "words"),
    [
        (Stock(3, 2), NOW, "New ones last until <t:"),
        (Stock(3, 0), None, "All of them were asked here"),
        (Stock(5000, 5000), None, "New ones last for years."),
        (Stock(1, 1), NOW, "1 question fits, 1 not asked here yet."),
        (Stock(0, 0), None, "0 questions fit, 0 not asked here yet."),
    ],
)
def test_how_long_the_questions_last(stock: Stock, until: datetime | None, words: str) -> None:
    embed = ui.preview("en", KEPT, Outlook((NOW,), stock, until))
    assert words in str(embed.fields[1].value)


def test_names_keep_their_own_asterisks() -> None:
    embed = ui.made("en", KEPT, Outlook((NOW,), Stock(3, 3), NOW), zone_set=False, new=True)
    assert r"**Morning \*star\*** is set up" in str(embed.description)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("", "Paused since <t:1792713600:R>"),
        ("exams", "Paused since <t:1792713600:R>: exams"),
        ("no_question_fits", "Paused since <t:1792713600:R>: no question fits"),
    ],
)
def test_why_a_schedule_rests(reason: str, words: str) -> None:
    assert ui.paused("en", replace(KEPT, paused_at=NOW, pause_reason=reason)) == words


def test_an_edited_schedule_that_rests_says_so() -> None:
    resting = replace(KEPT, paused_at=NOW)
    outlook = Outlook((NOW,), Stock(3, 3), NOW)
    embed = ui.made("en", resting, outlook, zone_set=False, new=False)
    assert "/schedule resume lets it post again" in str(embed.description)


def test_long_choices_are_cut_to_what_a_field_holds() -> None:
    many = replace(KEPT, banks=tuple(f"bank-{number}-{'x' * 50}" for number in range(40)))
    embed = ui.details("en", many, Outlook((NOW,), Stock(3, 3), NOW))
    assert all(len(str(field.value)) <= 1024 for field in embed.fields)
    assert len(embed) <= 6000


def test_descriptions_fit_into_discords_hundred_characters() -> None:
    for module in (moderators, schedules, status):
        for text in module.OPTIONS.values():
            assert len(text) <= 100
    for text in schedules.MANNERS.values():
        assert len(text) <= 100
