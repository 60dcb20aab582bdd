"""`/question`: writing, changing, finding, trying and resting a server's own questions."""

from typing import Any

import discord
import pytest
from simcord.results import InteractionResult

from bot.domain.question import Verdict
from bot.errors import ModeratorError
from bot.services import own_banks, questions
from bot.store import tables as t
from tests.support.contexts import grader_of, rows
from tests.support.fakes import a_grade
from tests.support.world import World, privately, replies

ASKED = {
    "prompt": "What is the capital of France?",
    "code": "",
    "options": "A) Lyon\nB) Paris\nC) Nice",
    "answer": "b",
    "explanation": "Paris has been the capital since 987, with breaks.",
}
HELP = {
    "hint_1": "It is on a river.",
    "hint_2": "It is in the north.",
    "hint_3": "Its tower was built for a fair.",
    "key_points": "It is the seat of the government.",
    "misconceptions": "A: Takes the third city for it.\nC: Takes a resort\nfor it.",
}


async def own(world: World) -> list[dict[str, Any]]:
    found = await world.context.store.read(rows, t.questions, server_id=world.server.id)
    return sorted(found, key=lambda row: row["id"])


async def drafts(world: World) -> list[dict[str, Any]]:
    return await world.context.store.read(rows, t.drafts)


async def ask_to_add(world: World, **options: Any) -> InteractionResult:
    return await world.slash(world.moderator, "question add", **{"topic": "Capitals"} | options)


async def fill(world: World, form: InteractionResult, values: dict[str, str]) -> InteractionResult:
    assert form.modal is not None, privately(form)
    return await world.moderator.submit_modal(form, values)


async def press(world: World, shown: InteractionResult, label: str) -> InteractionResult:
    return await world.click(world.moderator, label, replies(shown)[0].message)


def buttons(shown: InteractionResult) -> list[str]:
    message = replies(shown)[0].message
    return [
        str(child.label)
        for row in message.components
        if isinstance(row, discord.ActionRow)
        for child in row.children
        if isinstance(child, discord.Button)
    ]


async def add(world: World, **options: Any) -> dict[str, Any]:
    shown = await fill(world, await ask_to_add(world, **options), ASKED)
    await press(world, shown, "Save")
    return (await own(world))[-1]


async def test_a_question_is_previewed_completed_and_saved(world: World) -> None:
    shown = await fill(world, await ask_to_add(world, bank="Our France"), ASKED)
    told = privately(shown)
    assert "A new question for **Our France**. Nothing is saved yet." in told
    assert "🇧 **Paris** ✅" in told
    assert "It has no hints, key_points, misconceptions of A, C, source, licence." in told
    assert await own(world) == []

    form = await press(world, shown, "Hints and key points")
    more = await fill(world, form, HELP)
    told = privately(more)
    assert "3. Its tower was built for a fair." in told
    assert "C: Takes a resort\nfor it." in told
    form = await press(world, more, "Topic and source")
    about = {"topic": "Capitals", "difficulty": "3", "source": "An atlas", "licence": ""}
    last = await fill(world, form, about)
    assert "Our France · Capitals · difficulty 3" in privately(last)

    saved = privately(await press(world, last, "Save"))
    assert saved == "Saved in **Our France**: What is the capital of France?"
    (row,) = await own(world)
    assert (row["bank"], row["slug"]) == ("our-france", "what-is-the-capital-of-france")
    assert row["difficulty"] == 3
    assert row["content"]["options"] == ["Lyon", "Paris", "Nice"]
    assert row["content"]["answer"] == "B"
    assert row["content"]["misconceptions"]["C"] == "Takes a resort\nfor it."
    assert await drafts(world) == []


async def test_mistakes_are_told_in_the_words_of_the_check_and_kept_to_be_mended(
    world: World,
) -> None:
    shown = await fill(world, await ask_to_add(world), ASKED | {"answer": "E"})
    told = privately(shown)
    assert "answer is E, but the options are A-C" in told
    assert "Save" not in buttons(shown)
    # The button of an old preview says it too.
    (draft,) = await drafts(world)
    refused = await _saved(world, draft["id"])
    assert refused == "draft_wrong"
    form = await press(world, shown, "Question")
    mended = await fill(world, form, ASKED | {"options": "Lyon\nParis\nparis"})
    told = privately(mended)
    assert "options B and C read the same; change one" in told
    assert "Save" in buttons(mended)


async def _saved(world: World, draft_id: int) -> str:
    try:
        await own_banks.save(world.context, world.server.id, world.moderator.id, draft_id)
    except ModeratorError as error:
        return error.code
    return "saved"


async def test_a_hint_that_gives_the_key_away_and_a_near_duplicate_are_told(world: World) -> None:
    await add(world)
    again = {"prompt": "What is the capital of France, then?"}
    shown = await fill(world, await ask_to_add(world), ASKED | again)
    assert "asks nearly what what-is-the-capital-of-france asks (Our own questions)" in privately(
        shown
    )
    form = await press(world, shown, "Hints and key points")
    given = await fill(world, form, HELP | {"hint_3": "It is Paris of course."})
    assert "hint 3 gives the key (B) away; say it in other words" in privately(given)


async def test_what_was_typed_survives_a_restart_and_a_forgotten_preview(world: World) -> None:
    form = await ask_to_add(world)
    await world.restart()
    shown = await fill(world, form, ASKED)
    assert "Nothing is saved yet." in privately(shown)
    later = await ask_to_add(world, topic="Rivers")
    told = privately(later)
    assert told.startswith("You began this before and have not saved it.")
    assert "What is the capital of France?" in told
    await press(world, later, "Discard")
    assert await drafts(world) == []
    assert (await ask_to_add(world)).modal is not None


async def test_an_edit_makes_a_new_row_and_rounds_keep_the_old(world: World) -> None:
    first = await add(world)
    shown = await world.slash(world.moderator, "question edit", question=str(first["id"]))
    assert "A change to a question of **Our own questions**." in privately(shown)
    form = await press(world, shown, "Question")
    better = await fill(world, form, ASKED | {"options": "Lyon\nParis\nNice\nLille"})
    saved = privately(await press(world, better, "Save"))
    assert saved.startswith("Changed in **Our own questions**.")
    old, new = await own(world)
    assert (old["slug"], old["bank"]) == (new["slug"], new["bank"])
    assert old["retired_at"] is not None
    assert old["content"]["options"] == ["Lyon", "Paris", "Nice"]
    assert new["retired_at"] is None
    assert len(new["content"]["options"]) == 4

    # Back again: the row that it was comes back, and nothing changes twice.
    shown = await world.slash(world.moderator, "question edit", question=str(new["id"]))
    back = await fill(world, await press(world, shown, "Question"), ASKED)
    await press(world, back, "Save")
    old, new = await own(world)
    assert (old["retired_at"], new["retired_at"] is None) == (None, False)
    shown = await world.slash(world.moderator, "question edit", question=str(old["id"]))
    assert "nothing was changed" in privately(await press(world, shown, "Save"))


async def test_of_two_edits_of_one_question_the_second_is_told_and_kept(world: World) -> None:
    row = await add(world)
    stored = await questions.get(world.context, row["id"])
    assert stored is not None
    server_id, context = world.server.id, world.context
    mine = await own_banks.begin_edit(context, server_id, world.moderator.id, stored)
    theirs = await own_banks.begin_edit(context, server_id, 77, stored)
    for user_id, draft, prompt in (
        (world.moderator.id, mine, "Which city governs France?"),
        (77, theirs, "Where does France's government sit?"),
    ):
        await own_banks.change(context, server_id, user_id, draft.id, {"prompt": prompt})
    assert await _saved(world, mine.id) == "saved"
    with pytest.raises(ModeratorError, match="question_gone"):
        await own_banks.save(context, server_id, 77, theirs.id)
    assert [row["user_id"] for row in await drafts(world)] == [77]


async def test_a_shipped_question_stays_and_is_copied(world: World) -> None:
    shown = await world.slash(world.moderator, "question edit", question="question-2")
    assert "is the same in every server" in privately(shown)
    copy = await press(world, shown, "Copy it into our bank")
    assert "A new question for **Our own questions**." in privately(copy)
    assert "asks nearly what question-2 asks (Testing)" in privately(copy)
    await press(world, copy, "Save")
    (row,) = await own(world)
    assert row["content"]["prompt"] == "Question number 2?"
    assert row["slug"] == "question-number-2"
    retired = await world.slash(world.moderator, "question retire", question="question-2")
    assert "comes with the bot, in the bank Testing" in privately(retired)


async def test_retired_is_not_asked_and_restored_is(world: World) -> None:
    row = await add(world)

    async def offered(command: str) -> list[str]:
        choices = await world.moderator.autocomplete(
            world.channel, f"question {command}", "question", "france"
        )
        return [choice["name"] for choice in choices]

    name = "What is the capital of France? · Our own questions"
    assert (await offered("retire"), await offered("restore")) == ([name], [])
    told = privately(
        await world.slash(world.moderator, "question retire", question="capital of france")
    )
    assert "Not asked any more: What is the capital of France?" in told
    assert (await offered("retire"), await offered("restore")) == ([], [name])
    nothing = privately(
        await world.slash(world.moderator, "quiz now", banks="our-own-questions", topics="Capitals")
    )
    assert "There is no such bank" in nothing
    told = privately(
        await world.slash(world.moderator, "question restore", question=str(row["id"]))
    )
    assert "Asked again: What is the capital of France?" in told
    await world.slash(world.moderator, "quiz now", banks="our-own-questions")
    assert "capital of France" in str(world.post().embeds[0].description)


async def test_search_finds_by_words_topic_difficulty_and_bank(world: World) -> None:
    await add(world, difficulty=5)

    async def found(**options: Any) -> str:
        return privately(await world.slash(world.moderator, "question search", **options))

    every = await found()
    assert every.startswith("4 questions\n**What is the capital of France?**")
    assert "Paris" not in every
    for options in (
        {"text": "FRANCE"},
        {"text": "what-is-the"},
        {"topic": "capit"},
        {"difficulty": 5},
        {"bank": "our own questions"},
    ):
        assert (await found(**options)).startswith("One question\n**What is the"), options
    assert "No question is like that" in await found(text="France", difficulty=1)
    assert "No question is like that" in await found(retired=True)


async def test_show_shows_all_but_not_while_it_is_open(world: World) -> None:
    row = await add(world)
    shown = privately(await world.slash(world.moderator, "question show", question=str(row["id"])))
    assert "🇧 **Paris** ✅" in shown
    assert "since 987" in shown
    await world.slash(world.moderator, "quiz now", banks="our-own-questions")
    for command in ("show", "try", "edit"):
        told = privately(
            await world.slash(world.moderator, f"question {command}", question=str(row["id"]))
        )
        assert "is open right now" in told
        assert "Paris" not in told
    many = privately(await world.slash(world.moderator, "question show", question="question"))
    assert many.startswith("3 questions have these words.")
    none = privately(await world.slash(world.moderator, "question show", question="nope"))
    assert none.startswith("There is no such question.")


async def test_a_question_too_long_for_a_message_comes_with_a_file(world: World) -> None:
    shown = await fill(
        world,
        await ask_to_add(world),
        ASKED | {"prompt": "p" * 1000, "code": "x" * 1000, "explanation": "e" * 1200},
    )
    more = {key: value * 40 for key, value in HELP.items() if key.startswith("hint")}
    long = await fill(
        world,
        await press(world, shown, "Hints and key points"),
        HELP | {key: value[:600] for key, value in more.items()},
    )
    (attachment,) = replies(long)[0].attachments
    assert b"e" * 1200 in await attachment.read()
    assert "the file has all" in privately(long)


async def test_a_dry_run_answers_hints_and_grades_and_stores_nothing(world: World) -> None:
    shown = await fill(world, await ask_to_add(world), ASKED)
    shown = await fill(world, await press(world, shown, "Hints and key points"), HELP)
    await press(world, shown, "Save")
    (row,) = await own(world)
    before = {table.name: len(await world.context.store.read(rows, table)) for table in _RESULTS}

    tried = await world.slash(world.moderator, "question try", question=str(row["id"]))
    assert "nothing of it counts" in privately(tried)
    assert "✅" not in privately(tried)
    wrong = privately(await press(world, tried, "A"))
    assert "🇦 is wrong. What it shows: Takes the third city for it." in wrong
    assert "The answer is 🇧" in wrong
    assert "🇧 is right." in privately(await press(world, tried, "B"))
    assert "It is in the north." in privately(await press(world, tried, "Hint 2"))
    grader_of(world.context).judge = lambda submission: a_grade(
        submission, label=Verdict.INCORRECT, score=0.2
    )
    form = await press(world, tried, "Explain")
    graded = await fill(world, form, {"text": "Because the king lived there."})
    assert "**Not there yet.**" in privately(graded)
    assert "since 987" in privately(graded)
    after = {table.name: len(await world.context.store.read(rows, table)) for table in _RESULTS}
    assert after == before


_RESULTS = (t.rounds, t.answers, t.hints, t.explanations, t.grades, t.results)


async def test_a_dry_run_does_not_explain_what_takes_no_explanations(world: World) -> None:
    shown = await fill(world, await ask_to_add(world), ASKED | {"explanation": ""})
    await press(world, shown, "Save")
    (row,) = await own(world)
    tried = await world.slash(world.moderator, "question try", question=str(row["id"]))
    assert "with **Explain**" not in privately(tried)
    assert buttons(tried) == ["A", "B", "C"]


async def test_another_servers_questions_are_out_of_reach(world: World) -> None:
    row = await add(world)
    context, elsewhere = world.context, world.server.id + 1
    assert [
        one
        for one in await questions.search(context, elsewhere, questions.Search())
        if not one.shipped
    ] == []
    stored = await questions.get(context, row["id"])
    assert stored is not None
    for work in (
        questions.find(context, elsewhere, str(row["id"])),
        questions.to_be_seen(context, elsewhere, row["id"]),
        own_banks.begin_edit(context, elsewhere, 1, stored),
        own_banks.retire(context, elsewhere, 1, stored),
        own_banks.restore(context, elsewhere, 1, stored),
    ):
        with pytest.raises(ModeratorError, match=r"question_(unknown|shipped|gone)"):
            await work
    found = await world.context.store.read(_chosen, server_id=elsewhere, channel_id=1)
    assert found == 3


def _chosen(conn: Any, *, server_id: int, channel_id: int) -> int:
    from bot.store.queries.questions import stock

    everything: dict[str, Any] = {
        "banks": (),
        "topics": (),
        "difficulty_min": 1,
        "difficulty_max": 5,
    }
    return stock(conn, server_id=server_id, channel_id=channel_id, **everything).fitting


async def test_members_are_refused_by_forms_and_buttons_too(world: World) -> None:
    role = world.server.create_role("Teachers")
    await world.slash(world.moderator, "tutor settings", moderator_role=role)
    teacher = world.server.add_member(world.env.create_user("tim"), roles=[role])
    form = await world.slash(teacher, "question add", topic="Capitals")
    shown = await teacher.submit_modal(form, ASKED)
    again = await world.click(teacher, "Question", replies(shown)[0].message)
    await world.slash(world.moderator, "tutor settings", clear="moderator_role")
    assert "for moderators" in privately(await teacher.submit_modal(again, ASKED))
    for label in ("Save", "Discard", "Topic and source"):
        told = privately(await world.click(teacher, label, replies(shown)[0].message))
        assert "for moderators" in told, label
    assert await own(world) == []
    for option in ("question", "topic"):
        command = "edit" if option == "question" else "search"
        choices = await world.alice.autocomplete(world.channel, f"question {command}", option, "")
        assert choices == []
