"""An entry of the audit in words, whatever stands in it."""

from typing import Any

from bot.services.audit import Entry, EntryPage
from bot.ui import audit
from tests.support.fakes import NOON


def an_entry(**changes: Any) -> Entry:
    values: dict[str, Any] = {
        "id": 7,
        "server_id": 1,
        "done_by": 4001,
        "done_at": NOON,
        "action": "schedule edit",
        "subject": "Morning",
        "before": {},
        "after": {},
        "withheld": False,
        "post": None,
        "unsent": False,
        "channel_id": 5,
        "posted_at": None,
    }
    return Entry(**values | changes)


def lines(**changes: Any) -> list[str]:
    return audit.words(None, an_entry(**changes)).splitlines()


def test_what_was_done_by_whom_and_when() -> None:
    (line,) = lines()
    assert line == f"**/schedule edit** Morning by <@4001>, <t:{int(NOON.timestamp())}:f>"
    assert lines(done_by=0, subject="")[0].startswith(
        "**/schedule edit** by somebody whose data was deleted, <t:"
    )
    assert lines(post=(3, 4))[1] == "https://discord.com/channels/1/3/4"
    assert lines(unsent=True)[1] == "It was never posted."
    assert lines(withheld=True)[1] == "The rest is told after the reveal."


def test_values_are_shown_as_people_know_them() -> None:
    before = {"open_minutes": 1200, "role_id": None, "banks": [], "thread": False, "extra_thing": 1}
    after = {"open_minutes": 90, "role_id": 6, "banks": ["a", "b"], "thread": True}
    assert lines(before=before, after=after)[1:] == [
        "open for: 20h → 1h 30m",
        "pings: none → <@&6>",
        "banks: all → a, b",
        "thread at the reveal: no → yes",
        "extra\\_thing: 1",
    ]
    assert lines(after={"channel_id": 9})[1:] == ["channel: <#9>"]


def test_nothing_that_a_moderator_typed_is_read_as_more_than_words() -> None:
    (line,) = lines(subject="@everyone **loud**\n-# Entry 9-0")
    assert "@everyone" not in line
    assert "\\*\\*loud" in line
    assert line.count("\n") == 0


def test_the_longest_entries_fit() -> None:
    much = {f"field {number}": "*" * 3000 for number in range(30)}
    longest = an_entry(subject="_" * 3000, before=much, after=much, post=(2**63, 2**63))
    page = audit.page_embed(None, EntryPage((longest,) * 5, 0, 9))
    assert len(page.description or "") <= 4096
    assert (page.description or "").count("…") >= 5
    message = audit.message(None, longest)
    assert len(message) <= 2000
    assert message.endswith(audit.mark(None, longest))


def test_two_databases_do_not_take_each_others_entries_for_their_own() -> None:
    later = NOON.replace(hour=13)
    assert audit.mark(None, an_entry()) != audit.mark(None, an_entry(done_at=later))
