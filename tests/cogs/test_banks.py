"""`/bank`: a server's own questions come in as a file and go out as one."""

import gzip
from typing import Any

import pytest
from simcord.results import InteractionResult

from bot.bank.formats import toml
from bot.bank.formats.table import BY_NAME, WRITTEN
from bot.bank.imports import report_on
from bot.errors import ModeratorError
from bot.services import imports
from bot.store import tables as t
from tests.support.contexts import rows
from tests.support.world import World, privately, replies

GIFT = b"""// Geography of our club
::Capital of France:: Which city is the capital of France? {
  =Paris#It has been since 987, with breaks.
  ~Lyon#Takes the third largest city for it.
  ~Marseille
}

::Highest mountain:: Which mountain is the highest above the sea? { =Everest ~K2 ~Elbrus ~Etna }

Describe a river. {}
"""


async def upload(
    world: World, name: str = "geography.gift", raw: bytes = GIFT, **options: Any
) -> InteractionResult:
    return await world.slash(world.moderator, "bank import", file=(name, raw), **options)


async def own(world: World) -> list[dict[str, Any]]:
    return await world.context.store.read(rows, t.questions, server_id=world.server.id)


async def attachments(result: InteractionResult) -> dict[str, bytes]:
    found = [one for message in replies(result) for one in message.attachments]
    return {one.filename: await one.read() for one in found}


async def confirm(world: World, shown: InteractionResult, label: str) -> str:
    assert shown.followups or shown.response
    message = replies(shown)[0]
    return privately(await world.click(world.moderator, label, message.message))


async def test_from_an_empty_server_to_a_scheduled_quiz_with_ones_own_gift_file(
    world: World,
) -> None:
    shown = await upload(world)
    told = privately(shown)
    assert "They go to the bank **Geography**. Nothing is saved yet." in told
    assert await own(world) == []
    report = (await attachments(shown))["report.txt"].decode()
    assert "geography.gift:2: capital-of-france: comes in, and lacks: hints, key_points" in report
    assert "geography.gift:10: 'Describe a river.' stays out: it asks for an essay" in report

    done = await confirm(world, shown, "Bring in 2 questions")
    assert "2 questions are in **Geography** now" in done
    assert "Nothing is saved yet" not in done
    assert len(await own(world)) == 2

    made = await world.slash(
        world.moderator,
        "schedule create",
        name="Morning",
        channel=world.channel,
        time="09:00",
        banks="geography",
        open_for="1h",
    )
    assert "2 questions fit, 2 not asked here yet." in privately(made)
    await world.pass_time(hours=9, minutes=1)
    post = world.post()
    (embed,) = post.embeds
    assert embed.author.name == "Geography · Geography"
    about_france = "capital of France" in str(embed.description)
    assert about_france or "highest above the sea" in str(embed.description)
    # What it does not have is said, not asked for.
    hint = privately(await world.click(world.alice, "Hint", post))
    assert hint.startswith("There are no hints for this question.")
    if not about_france:
        explained = await world.click(world.alice, "Explain", post)
        assert privately(explained).startswith("This question takes no explanations")

    await world.react(world.alice, "A", post)
    await world.react(world.bob, "B", post)
    await world.pass_time(hours=1, minutes=1)
    (revealed,) = world.post().embeds
    assert revealed.title == "The answer is 🇦"
    assert "**2 answers:**" in str(revealed.description)
    assert "Where to read more" not in [field.name for field in revealed.fields]
    results = {row["user_id"]: row for row in await world.context.store.read(rows, t.results)}
    assert results[world.alice.id]["right"] is True
    assert results[world.alice.id]["points"] == 40
    assert results[world.bob.id]["right"] is False
    assert await world.context.store.read(rows, t.hints) == []


async def test_what_was_confirmed_or_left_is_done_with(world: World) -> None:
    await confirm(world, await upload(world), "Bring in 2 questions")
    assert await world.context.store.read(rows, t.drafts) == []
    # A second click, as of somebody with two windows.
    with pytest.raises(ModeratorError, match="draft_gone"):
        await imports.bring_in(world.context, world.server.id, world.moderator.id, 1)
    assert len(await own(world)) == 2

    assert "No question of this file comes in." in privately(await upload(world))
    other = await upload(world, raw=b"::One:: Is water wet? {TRUE}\n")
    assert "Nothing was brought in." in await confirm(world, other, "Leave it")
    assert len(await own(world)) == 2


async def test_the_button_asks_who_presses_it(world: World) -> None:
    role = world.server.create_role("Teachers")
    await world.slash(world.moderator, "tutor settings", moderator_role=role)
    teacher = world.server.add_member(world.env.create_user("tim"), roles=[role])
    shown = await world.slash(teacher, "bank import", file=("geography.gift", GIFT))
    # The role is taken back before the button is pressed.
    await world.slash(world.moderator, "tutor settings", clear="moderator_role")
    message = replies(shown)[0].message
    assert "for moderators" in privately(
        await world.click(teacher, "Bring in 2 questions", message)
    )
    # Nor is a draft another moderator's, or another server's.
    (draft,) = await world.context.store.read(rows, t.drafts)
    for server_id, user_id in (
        (world.server.id, world.moderator.id),
        (world.server.id + 1, teacher.id),
    ):
        with pytest.raises(ModeratorError, match="draft_gone"):
            await imports.bring_in(world.context, server_id, user_id, draft["id"])
    assert await own(world) == []


async def test_an_import_survives_a_restart_between_report_and_confirmation(world: World) -> None:
    message = replies(await upload(world))[0].message
    await world.restart()
    told = privately(await world.click(world.moderator, "Bring in 2 questions", message))
    assert "2 questions are in **Geography** now" in told


HOSTILE = [
    ("bomb.xml", b'<!DOCTYPE q [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>', "entities"),
    ("latin.gift", "Größe? {=groß ~klein}".encode("latin-1"), "is not UTF-8 here"),
    ("long.csv", b"a" * 900_000, "no more than 65,536 are read"),
    ("fake.zip", b"PK\x03\x04 no zip", "zip"),
    ("passwd", b"root:x:0:0", "has a format that its name does not tell"),
]


async def test_a_hostile_file_gets_a_plain_refusal(world: World) -> None:
    for name, raw, why in HOSTILE:
        told = privately(await upload(world, name, raw))
        assert "Nothing of this file can be read" in told, name
        assert why in told, name
    assert await world.context.store.read(rows, t.drafts) == []


async def test_a_file_beyond_a_mebibyte_is_not_even_fetched(world: World) -> None:
    told = privately(await upload(world, raw=b"x" * (imports.MAX_BYTES + 1)))
    assert told.startswith("That file is larger than 1 MiB.")


async def test_the_format_bank_topic_and_difficulty_can_be_said(world: World) -> None:
    aiken = b"Which is a fish?\nA) Cod\nB) Cat\nANSWER: A\n"
    shown = await upload(
        world, "q.dat", aiken, format="aiken", bank="Sea life", topic="Fish", difficulty=4
    )
    await confirm(world, shown, "Bring in 1 question")
    (row,) = await own(world)
    assert (row["bank"], row["bank_title"]) == ("sea-life", "Sea life")
    assert (row["topic"], row["difficulty"]) == ("Fish", 4)
    refused = privately(await upload(world, bank="Testing"))
    assert "A bank that comes with the bot is called so." in refused


async def test_what_would_not_fit_into_a_post_stays_out_and_is_told(world: World) -> None:
    long = {
        "prompt": "p " * 500,
        "code": "x = 1\n" * 300,
        "options": ["a" * 200, "b" * 200, "c" * 200, "d" * 200],
        "answer": "A",
    }
    shown = await upload(world, "long.toml", toml.write("Long", [long]))
    assert "No question of this file comes in." in privately(shown)
    report = (await attachments(shown))["report.txt"].decode()
    assert "is too long for Discord: prompt, code and options have" in report


async def test_all_come_in_or_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = await upload(world)
    monkeypatch.setattr("bot.store.queries.own_banks.MOST", 1)
    assert "and that would be more" in await confirm(world, shown, "Bring in 2 questions")
    assert await own(world) == []
    # What was uploaded is still there.
    assert len(await world.context.store.read(rows, t.drafts)) == 1


async def test_a_bank_goes_out_in_every_format_and_comes_back_the_same(world: World) -> None:
    await confirm(world, await upload(world), "Bring in 2 questions")
    for format_name in WRITTEN:
        shown = await world.slash(
            world.moderator, "bank export", bank="Geography", format=format_name
        )
        assert "2 questions of **Geography**." in privately(shown)
        name = f"geography{BY_NAME[format_name].suffixes[0]}"
        raw = (await attachments(shown))[name]
        if BY_NAME[format_name].read is not None:
            back = report_on(name, raw)
            assert [one.values["options"][0] for one in back.incoming] == ["Paris", "Everest"]
        # What the format has no place for is told.
        assert ("no place for `topic`" in privately(shown)) is (format_name == "aiken")


async def test_a_shipped_bank_goes_out_and_another_servers_does_not(world: World) -> None:
    shown = await world.slash(world.moderator, "bank export", bank="testing", format="toml")
    raw = (await attachments(shown))["testing.toml"]
    assert len(report_on("testing.toml", raw).incoming) == 3
    await confirm(world, await upload(world), "Bring in 2 questions")
    elsewhere = imports.export(world.context, world.server.id + 1, "geography", "toml")
    with pytest.raises(ModeratorError, match="export_unknown"):
        await elsewhere


async def test_a_file_too_large_for_discord_is_compressed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.ui.banks._LARGEST_FILE", 10)
    found = await attachments(await upload(world))
    assert b"comes in" in gzip.decompress(found["report.txt.gz"])
