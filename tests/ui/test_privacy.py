import pytest

from bot.services.privacy import Deleted
from bot.store.queries.privacy import Kept
from bot.ui import privacy

NOTHING = Kept(0, 0, 0, 0, 0, 0, 0, 0, 0)
ALL = Kept(12, 1, 3, 3, 11, 1, 2, 5, 2)


def test_all_that_is_kept_is_told_with_its_reason() -> None:
    embed = privacy.summary_embed("en", ALL, backups=7)
    names = [field.name for field in embed.fields]
    assert names == [
        "12 answers",
        "1 hint",
        "3 explanations",
        "3 grades",
        "11 results",
        "1 draft",
        "2 schedules",
        "5 actions as a moderator",
        "Who sees it",
        "What you can do",
    ]
    assert "from 2 servers" in str(embed.description)
    assert "the newest 7 are kept" in str(embed.fields[-1].value)
    assert len(embed) < 6000


def test_who_has_nothing_reads_what_would_be_kept() -> None:
    embed = privacy.summary_embed("en", NOTHING, backups=7)
    assert "Right now I keep nothing about you." in str(embed.description)
    assert embed.fields[0].name == "0 answers"


def test_what_is_gone_is_told() -> None:
    told = str(privacy.deleted_embed("en", Deleted(ALL, ())).description)
    assert "- 12 answers\n- 1 hint\n- 3 explanations\n- 3 grades\n- 11 results\n" in told
    assert "- your name on 2 schedules, which go on without it" in told
    assert "- your name on 5 actions as a moderator, which stay on record without it" in told
    assert "reaction" not in told


@pytest.mark.parametrize("channels", [(5,), (5, 6)])
def test_a_reaction_that_stays_is_told(channels: tuple[int, ...]) -> None:
    told = str(privacy.deleted_embed("en", Deleted(ALL, channels)).description)
    assert ", ".join(f"<#{channel}>" for channel in channels) in told
    assert "it will count as a new answer" in told


def test_a_second_press_finds_nothing() -> None:
    told = str(privacy.deleted_embed("en", Deleted(NOTHING, ())).description)
    assert told == "I keep nothing about you, so there is nothing to delete."
