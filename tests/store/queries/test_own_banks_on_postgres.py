"""A server's own banks on PostgreSQL, whose JSON is not SQLite's."""

import pytest

from bot.store import Store
from bot.store.queries import drafts, own_banks, questions
from tests.support import postgres
from tests.support.fakes import NOON
from tests.support.questions import a_bank, a_question

pytestmark = pytest.mark.skipif(bool(postgres.missing()), reason=postgres.missing())

HERE = {"server_id": 5}


async def test_a_question_is_saved_changed_found_and_read() -> None:
    with postgres.running_server() as url:
        store = await Store.open(url)
        try:
            await store.write(questions.sync, banks=[a_bank()], now=NOON)
            draft = await store.write(
                drafts.begin,
                **HERE,
                user_id=6,
                kind="question",
                question_id=None,
                bank="own",
                bank_title="Own",
                content=[{"prompt": "é"}],
                now=NOON,
            )
            mine = {**HERE, "user_id": 6, "draft_id": draft.id}
            draft = await store.write(drafts.change, **mine, values={"code": None}, now=NOON)
            assert draft is not None
            assert draft.content == [{"prompt": "é", "code": None}]
            made = await store.write(drafts.save, **mine, question=a_question(), now=NOON)
            assert made.after is not None
            other = a_question(prompt="Où?")
            changed = await store.write(
                own_banks.replace, **HERE, question_id=made.after.id, question=other, now=NOON, by=1
            )
            assert changed.after is not None
            found = await store.read(own_banks.visible, **HERE)
            assert [one.prompt for one in found if not one.shipped] == ["Où?"]
            read = [row.read() for row in await store.read(own_banks.contents, **HERE)]
            assert read[-1] == changed.after
            assert len(read) == 4
            assert len(await store.read(own_banks.ids, **HERE)) == 4
        finally:
            await store.close()
