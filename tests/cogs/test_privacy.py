import gzip
import json

import pytest

from bot.domain.round import Manner
from bot.store import tables as t
from tests.support.contexts import rows
from tests.support.world import World, privately

RIGHT, WRONG = "A", "B"


async def test_show_says_what_is_kept_and_why(world: World) -> None:
    before = privately(await world.slash(world.alice, "privacy show"))
    assert "I keep nothing about you" in before
    await world.ask()
    await world.react(world.alice, WRONG)
    after = privately(await world.slash(world.alice, "privacy show"))
    assert "1 answer\nThe option you chose" in after
    assert "0 explanations" in after
    assert "from 1 server." in after
    assert "schedule" not in after


async def test_export_gives_a_private_file(world: World) -> None:
    await world.ask()
    await world.react(world.alice, WRONG)
    await world.react(world.bob, RIGHT)
    result = await world.slash(world.alice, "privacy export")
    assert "Everything I keep about you" in privately(result)
    assert result.response is not None
    (attachment,) = result.response.attachments
    assert attachment.filename == "tutor.json"
    found = json.loads(await attachment.read())
    assert found["user_id"] == str(world.alice.id)
    assert [answer["option"] for answer in found["answers"]] == [WRONG]
    assert str(world.bob.id) not in json.dumps(found)


async def test_a_file_too_large_for_discord_is_compressed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.ui.privacy._LARGEST_FILE", 10)
    result = await world.slash(world.alice, "privacy export")
    assert result.response is not None
    (attachment,) = result.response.attachments
    assert attachment.filename == "tutor.json.gz"
    found = json.loads(gzip.decompress(await attachment.read()))
    assert found["user_id"] == str(world.alice.id)


async def test_delete_asks_and_keeping_keeps(world: World) -> None:
    await world.ask()
    await world.react(world.alice, RIGHT)
    asked = await world.slash(world.alice, "privacy delete")
    assert "- 1 answer" in privately(asked)
    assert asked.response is not None
    kept = await world.click(world.alice, "Keep everything", asked.response.message)
    assert "Nothing was deleted" in privately(kept)
    assert len(await world.context.store.read(rows, t.answers)) == 1


async def test_delete_deletes_when_confirmed_and_says_what(world: World) -> None:
    round_ = await world.ask()
    await world.react(world.alice, RIGHT)
    await world.react(world.bob, RIGHT)
    asked = await world.slash(world.alice, "privacy delete")
    assert asked.response is not None
    done = await world.click(
        world.alice, "Delete my answers, hints, explanations and points", asked.response.message
    )
    told = privately(done)
    assert "Gone, in all servers:\n- 1 answer" in told
    (left,) = await world.context.store.read(rows, t.answers)
    assert (left["user_id"], left["round_id"]) == (world.bob.id, round_.id)
    again = privately(await world.slash(world.alice, "privacy delete"))
    assert "nothing to delete" in again


async def test_delete_takes_a_standing_reaction_away(world: World) -> None:
    await world.ask(manner=Manner.OPEN)
    await world.react(world.alice, RIGHT)
    assert world.reactions()["🇦"] == 2
    asked = await world.slash(world.alice, "privacy delete")
    assert asked.response is not None
    await world.click(
        world.alice, "Delete my answers, hints, explanations and points", asked.response.message
    )
    assert world.reactions()["🇦"] == 1
    assert await world.context.store.read(rows, t.answers) == []


async def test_privacy_works_in_a_direct_message(world: World) -> None:
    await world.ask()
    await world.react(world.alice, RIGHT)
    user = world.alice.user
    assert "1 answer" in privately(await user.slash("privacy show"))
