"""The process's own notes."""

from datetime import UTC, datetime, timedelta, timezone

from bot.store.queries import meta as q

NOON = datetime(2025, 5, 5, 12, tzinfo=UTC)


async def test_a_note_is_kept_changed_and_taken_away(context):
    store = context.store
    assert await store.read(q.get, key="commands") is None
    await store.write(q.put, key="commands", value="1")
    await store.write(q.put, key="commands", value="2")
    assert await store.read(q.get, key="commands") == "2"
    await store.write(q.put, key="commands", value=None)
    assert await store.read(q.get, key="commands") is None


async def test_a_clock_that_was_set_back_is_told_once(context):
    async def note(now: datetime) -> timedelta:
        return await context.store.write(q.note_time, now=now)

    assert await note(NOON) == timedelta(0)
    assert await note(NOON + timedelta(days=2)) == timedelta(0)
    assert await note(NOON) == timedelta(days=2)
    assert await note(NOON + timedelta(seconds=1)) == timedelta(0)
    elsewhere = (NOON + timedelta(seconds=2)).astimezone(timezone(timedelta(hours=-9)))
    assert await note(elsewhere) == timedelta(0)
