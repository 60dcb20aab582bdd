"""Which questions can be asked, and which one comes next in a channel."""

import random
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.question import Bank, Example
from bot.domain.round import State
from bot.services import questions
from bot.services.context import Context
from bot.store import tables as t
from bot.store.queries import questions as queries
from bot.store.queries.questions import BankListing, Synced
from tests.support.contexts import CHANNEL, SERVER, clock_of, rows
from tests.support.questions import a_bank, a_question

ELSEWHERE = CHANNEL + 1


async def choose_id(context: Context, **changes: Any) -> int | None:
    """The row of the question that comes next."""
    values: dict[str, Any] = {
        "server_id": SERVER,
        "channel_id": CHANNEL,
        "banks": (),
        "topics": (),
        "difficulty_min": 1,
        "difficulty_max": 5,
        "random": context.random,
    }
    return await context.store.read(queries.choose, **(values | changes))


async def choose(context: Context, **changes: Any) -> str | None:
    """The slug of the question that comes next."""
    chosen = await choose_id(context, **changes)
    if chosen is None:
        return None
    stored = await questions.get(context, chosen)
    assert stored is not None
    return stored.question.id


async def ask(context: Context, slug: str, state: State = State.REVEALED, **columns: Any) -> None:
    """Put a round of a question into the store, and let an hour pass."""
    (*_, row) = await context.store.read(rows, t.questions, slug=slug)  # the newest
    now = context.clock()
    values = {
        "server_id": SERVER,
        "channel_id": CHANNEL,
        "due_at": now,
        "opened_at": now,
        "state": state.value,
        "manner": "concealed",
        "open_minutes": 60,
        "thread": False,
        "question_id": row["id"],
    }
    await context.store.write(_insert, values | columns)
    clock_of(context).advance(hours=1)


def _insert(connection: sa.Connection, values: dict[str, Any]) -> None:
    connection.execute(t.rounds.insert().values(values))


async def stored(context: Context) -> dict[str, datetime | None]:
    """When each question was retired, by its prompt."""
    found = await context.store.read(rows, t.questions)
    return {row["content"]["prompt"]: row["retired_at"] for row in found}


def bank_of(*prompts: str, **changes: Any) -> Bank:
    return a_bank(
        *(a_question(id=f"q-{n}", prompt=prompt) for n, prompt in enumerate(prompts)), **changes
    )


async def test_new_questions_are_added_once(context: Context):
    assert await questions.sync(context, [bank_of("One?", "Two?")]) == Synced(added=2)
    assert await questions.sync(context, [bank_of("One?", "Two?")]) == Synced()
    assert await stored(context) == {"One?": None, "Two?": None}


async def test_a_stored_question_is_the_same_as_the_banks(context: Context):
    bank = bank_of("One?")
    await questions.sync(context, [bank])
    got = await questions.get(context, 1)
    assert got is not None
    assert (got.id, got.server_id, got.bank, got.bank_title) == (1, 0, "testing", "Testing")
    assert got.question == bank.questions[0]
    assert await questions.get(context, 99) is None


async def test_what_left_the_banks_is_retired_and_comes_back(context: Context):
    await questions.sync(context, [bank_of("One?", "Two?")])
    now = context.clock()
    assert await questions.sync(context, [bank_of("One?")]) == Synced(retired=1)
    assert await stored(context) == {"One?": None, "Two?": now}
    # Later syncs leave the time as it was.
    clock_of(context).advance(days=1)
    assert await questions.sync(context, [bank_of("One?")]) == Synced()
    assert await stored(context) == {"One?": None, "Two?": now}
    assert await questions.sync(context, [bank_of("One?", "Two?")]) == Synced(returned=1)
    assert await stored(context) == {"One?": None, "Two?": None}


async def test_a_changed_question_is_a_new_row_and_the_old_one_stays_readable(context: Context):
    await questions.sync(context, [bank_of("Wun?")])
    assert await questions.sync(context, [bank_of("One?")]) == Synced(added=1, retired=1)
    old = await questions.get(context, 1)
    assert old is not None
    assert old.question.prompt == "Wun?"


async def test_graded_examples_change_without_a_new_row(context: Context):
    (plain,) = bank_of("One?").questions
    await questions.sync(context, [a_bank(plain)])
    example = Example(text="So it is.", label="correct")
    for examples in ((example,), ()):
        changed = plain.model_copy(update={"examples": examples})
        assert queries.digest(changed) == queries.digest(plain)
        assert await questions.sync(context, [a_bank(changed)]) == Synced()
        got = await questions.get(context, 1)
        assert got is not None
        assert got.question.wordings == tuple(one.text for one in examples)
    assert await stored(context) == {"One?": None}


async def test_a_bank_with_a_new_title_has_it_without_new_rows(context: Context):
    await questions.sync(context, [bank_of("One?")])
    assert await questions.sync(context, [bank_of("One?", title="Renamed")]) == Synced()
    (row,) = await context.store.read(rows, t.questions)
    assert row["bank_title"] == "Renamed"


async def test_no_banks_retire_everything_shipped_and_nothing_of_a_server(context: Context):
    now = context.clock()
    await context.store.write(queries.sync, banks=[bank_of("Ours?")], now=now, server_id=SERVER)
    await questions.sync(context, [bank_of("One?")])
    assert await questions.sync(context, []) == Synced(retired=1)
    assert await stored(context) == {"Ours?": None, "One?": now}


async def test_listing_names_banks_with_their_topics(context: Context):
    first = a_bank(
        a_question(id="q-1", topic="Trees"), a_question(id="q-2", topic="Rain"), a_question()
    )
    second = a_bank(a_question(topic="Snow"), name="winter", title="A winter")
    await questions.sync(context, [first, second])
    own = bank_of("Ours?", name="own", title="Own")
    await context.store.write(queries.sync, banks=[own], now=context.clock(), server_id=SERVER)
    winter = BankListing("winter", "A winter", 1, ("Snow",))
    testing = BankListing("testing", "Testing", 3, ("Pre-training", "Rain", "Trees"))
    ours = BankListing("own", "Own", 1, ("Pre-training",))
    assert await questions.listing(context, SERVER) == [winter, ours, testing]
    assert await questions.listing(context, SERVER + 1) == [winter, testing]
    await questions.sync(context, [first])
    assert await questions.listing(context, SERVER + 1) == [testing]


async def test_nothing_repeats_until_all_were_asked_then_the_oldest_comes(context: Context):
    await questions.sync(context, [bank_of("1?", "2?", "3?", "4?", "5?")])
    order: list[str] = []
    for _ in range(15):
        slug = await choose(context)
        assert slug is not None
        await ask(context, slug)
        order.append(slug)
    assert set(order[:5]) == {f"q-{n}" for n in range(5)}
    assert order[5:10] == order[:5]
    assert order[10:] == order[:5]


async def test_the_first_round_of_questions_comes_in_random_order(context: Context):
    await questions.sync(context, [bank_of("1?", "2?", "3?")])
    chosen = Counter([await choose(context, random=random.Random(n)) for n in range(90)])
    assert set(chosen) == {"q-0", "q-1", "q-2"}
    assert min(chosen.values()) > 15


async def test_only_what_was_posted_in_this_channel_counts(context: Context):
    await questions.sync(context, [bank_of("1?", "2?")])
    await ask(context, "q-0", channel_id=ELSEWHERE)
    await ask(context, "q-0", State.PLANNED, opened_at=None)
    await ask(context, "q-0", State.SKIPPED, opened_at=None)
    await ask(context, "q-1")
    assert {await choose(context) for _ in range(10)} == {"q-0"}
    assert {await choose(context, channel_id=ELSEWHERE) for _ in range(10)} == {"q-1"}


@pytest.mark.parametrize("state", [State.SENDING, State.OPEN], ids=str)
async def test_what_is_open_in_the_server_is_not_asked_beside_it(context: Context, state: State):
    await questions.sync(context, [bank_of("1?", "2?")])
    await ask(context, "q-0", channel_id=ELSEWHERE)
    await ask(context, "q-1", state)
    # Never asked there, and its reveal here would give it away.
    assert {await choose(context, channel_id=ELSEWHERE) for _ in range(10)} == {"q-0"}
    assert await choose(context, server_id=SERVER + 1, channel_id=9) is not None
    await ask(context, "q-0", state, channel_id=ELSEWHERE)
    assert await choose(context, channel_id=ELSEWHERE + 1) is not None, "better than no question"


@pytest.mark.parametrize(
    "state", [State.SENDING, State.OPEN, State.REVEALED, State.CANCELLED], ids=str
)
async def test_whatever_members_may_have_seen_counts(context: Context, state: State):
    await questions.sync(context, [bank_of("1?", "2?")])
    # While it is being sent it has no opening time yet: the due time stands in.
    opened_at = None if state is State.SENDING else context.clock()
    await ask(context, "q-0", state, opened_at=opened_at)
    assert {await choose(context) for _ in range(10)} == {"q-1"}


async def test_a_corrected_question_counts_as_asked(context: Context):
    await questions.sync(context, [bank_of("Wun?", "2?")])
    await ask(context, "q-0")
    await questions.sync(context, [bank_of("One?", "2?")])
    assert {await choose(context) for _ in range(10)} == {"q-1"}


async def test_retired_questions_are_never_chosen(context: Context):
    await questions.sync(context, [bank_of("1?", "2?")])
    await questions.sync(context, [bank_of("1?")])
    for _ in range(5):
        assert await choose(context) == "q-0"
        await ask(context, "q-0")
    await questions.sync(context, [])
    assert await choose(context) is None


async def test_banks_topics_and_difficulty_narrow_the_choice(context: Context):
    easy = a_question(id="easy", topic="Trees", difficulty=1)
    middle = a_question(id="middle", topic="Trees", difficulty=3)
    hard = a_question(id="hard", topic="Rain", difficulty=5)
    await questions.sync(context, [a_bank(easy, middle), a_bank(hard, name="other", title="Other")])

    async def could(**changes: Any) -> set[str | None]:
        return {await choose(context, **changes) for _ in range(20)}

    assert await could() == {"easy", "middle", "hard"}
    assert await could(banks=("other",)) == {"hard"}
    assert await could(topics=("Trees",)) == {"easy", "middle"}
    assert await could(difficulty_min=2, difficulty_max=4) == {"middle"}
    assert await could(difficulty_min=5) == {"hard"}
    assert await could(banks=("testing",), topics=("Rain",)) == {None}


async def test_a_servers_own_bank_is_its_own(context: Context):
    await context.store.write(
        queries.sync, banks=[bank_of("Ours?")], now=context.clock(), server_id=SERVER
    )
    assert await choose(context) == "q-0"
    assert await choose(context, server_id=SERVER + 1) is None
    # A shipped bank of the same name has other questions, whatever their ids are.
    await questions.sync(context, [bank_of("Shipped?")])
    await ask(context, "q-0")
    assert {await choose_id(context) for _ in range(10)} == {1}
