"""Insert-or-update, on both databases."""

import sqlalchemy as sa

from bot.store.tables import meta
from bot.store.upsert import insert


def upsert(conn: sa.Connection) -> sa.Insert:
    new = insert(conn, meta).values(key="a", value="b")
    return new.on_conflict_do_update(
        index_elements=[meta.c.key], set_={"value": meta.c.value + new.excluded.value}
    )


async def test_on_sqlite(store):
    for _ in range(3):
        await store.write(lambda conn: conn.execute(upsert(conn)) and None)
    assert await store.read(lambda conn: conn.scalar(sa.select(meta.c.value))) == "bbb"


def test_on_postgresql():
    conn = sa.create_mock_engine("postgresql://", lambda *_: None)
    text = str(upsert(conn).compile(dialect=conn.dialect))
    assert "ON CONFLICT (key) DO UPDATE SET value = (meta.value || excluded.value)" in text
