"""`tutor grade export-reviews`: what may train the grader, and nothing else."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import logs
from bot.cli import app as cli
from bot.domain.review import Decision
from bot.grading.training.data import read_graded
from bot.services import explanations, privacy, reviews, rounds
from bot.store import migrations
from bot.store.errors import parse_url
from tests.support.contexts import ALICE, BOB, CARLA, SERVER, add_open_round, open_context

MONA, SOMEBODY = 400_000_000_000_000_001, 123_456_789_012_345_678
TEXTS = {
    ALICE: f"It learns, as <@{SOMEBODY}> said in <#{SOMEBODY}>: {SOMEBODY}.",
    BOB: "It shrinks the model. 因为…",
    CARLA: "Nobody may train with this one.",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose configuration leads to the database of `open_context`."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'tutor.db'}"
    (tmp_path / "config.toml").write_text(f"[database]\nurl = '{url}'\n", encoding="utf-8")
    monkeypatch.setenv("TUTOR_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setattr(logs, "set_up", lambda *_, **__: None)
    return tmp_path


def exported() -> Result:
    return CliRunner().invoke(cli.app, ["grade", "export-reviews"])


async def reviewed(home: Path) -> None:
    """Three members' texts, all reviewed; two agreed, and one of them in an open round too."""
    async with open_context(home) as context:
        revealed, still_open = [await add_open_round(context) for _ in range(2)]
        decisions = dict(zip(TEXTS, Decision, strict=True))
        for round_, members in ((revealed, TEXTS), (still_open, [ALICE])):
            for member in members:
                id_ = await explanations.submit(context, round_.id, member, SERVER, TEXTS[member])
                await explanations.grade(context, id_)
                await reviews.decide(context, id_, SERVER, MONA, decisions[member])
        await rounds.close(context, revealed.id)
        for member in (ALICE, BOB):
            await privacy.consent(context, member, True)


def test_decided_reviews_become_graded_answers(home: Path) -> None:
    asyncio.run(reviewed(home))
    (home / "reviews.jsonl").write_text(exported().stdout, encoding="utf-8")
    (asked,) = read_graded(home / "reviews.jsonl")
    assert [(one.text, one.label) for one in asked.answers] == [
        ("It learns, as … said in …: ….", "correct"),
        (TEXTS[BOB], "incorrect"),
    ]
    assert asked.references[0].startswith("Pre-training learns broad features")
    assert len(asked.references) == 2
    assert "2 reviews; 1 more are of members who did not agree." in exported().stderr


def test_no_id_of_anybody_or_anything_is_in_it(home: Path) -> None:
    asyncio.run(reviewed(home))
    out = exported().stdout
    for number in (ALICE, BOB, CARLA, MONA, SERVER, SOMEBODY):
        assert str(number) not in out
    for line in out.splitlines():
        assert json.loads(line).keys() == {
            "question_id",
            "question",
            "references",
            "answer",
            "label3",
        }


def test_whoever_takes_consent_back_or_deletes_is_out_of_it(home: Path) -> None:
    asyncio.run(reviewed(home))

    async def change() -> None:
        async with open_context(home) as context:
            await privacy.consent(context, ALICE, False)
            await privacy.delete(context, BOB)
            assert (await privacy.summary(context, BOB)).nothing
            assert not await privacy.consented(context, BOB)

    asyncio.run(change())
    found = exported()
    assert (found.stdout, found.exit_code) == ("", 0)
    assert "0 reviews; 2 more" in found.stderr


def test_a_database_that_is_not_there_or_too_old_is_told(home: Path) -> None:
    found = exported()
    assert found.exit_code == 1
    assert "There is no database" in found.stderr
    assert not (home / "tutor.db").exists()
    url = parse_url(f"sqlite+aiosqlite:///{home / 'tutor.db'}")
    asyncio.run(migrations.upgrade(url, to=migrations.REVISIONS[0]))
    found = exported()
    assert found.exit_code == 1
    assert "tutor db upgrade" in found.stderr
