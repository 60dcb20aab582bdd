"""The month of `make bench`, made very small: it keeps working, and its judge sees what is lost."""

from pathlib import Path
from typing import Any

import pytest

from bot.services import answers
from tests.bench import month


async def test_two_days_of_two_servers_keep_every_promise(tmp_path: Path) -> None:
    lived = await month.live(tmp_path, days=2, servers=2, members=10)
    assert lived.findings == []
    assert lived.rounds == 4
    assert min(lived.answers, lived.hints, lived.explanations) > 0
    assert (len(lived.memory_mb), lived.database_bytes > 0) == (2, True)


async def test_an_answer_that_is_not_kept_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, forgotten = answers.answer, list[Any]()

    async def forgets_one(ctx: Any, message: int, user: int, option: int) -> None:
        if forgotten in ([], [user]):
            forgotten[:] = [user]
            ctx.publisher.standing[message][user].clear()  # or the reveal would find it there
            return
        await take(ctx, message, user, option)

    monkeypatch.setattr(answers, "answer", forgets_one)
    lived = await month.live(tmp_path, days=1, servers=1, members=6)
    assert any(
        finding.kind == "lost" and str(forgotten[0]) in finding.what for finding in lived.findings
    ), lived.findings
