"""What a moderator sees of a server: open rounds, late posts, next posts, the grader."""

from datetime import UTC, datetime, timedelta

from bot import __version__
from bot.domain.round import State
from bot.services import waking
from bot.services.context import Context
from bot.services.schedules import pause
from bot.services.status import status
from tests.support.contexts import SERVER, add_open_round, add_questions, clock_of, grader_of
from tests.support.schedules import make


async def test_an_empty_server(context: Context) -> None:
    found = await status(context, SERVER)
    assert (found.schedules, found.open_rounds, found.late) == ((), (), ())
    assert (found.version, found.grader, found.waiting) == (__version__, "ready", 0)
    assert found.server.zone == "Etc/UTC"


async def test_what_is_open_late_next_and_paused(context: Context) -> None:
    await add_questions(context)
    await make(context)
    resting = await make(context, name="Evening", time="18:00")
    await pause(context, resting, "holidays")
    open_ = await add_open_round(context)
    await add_open_round(context, state=State.REVEALED.value)
    await add_open_round(context, server_id=SERVER + 1)
    await waking.plan(context)
    clock_of(context).now = datetime(2026, 3, 3, 9, 10, tzinfo=UTC)
    grader_of(context).state = "loading"

    found = await status(context, SERVER)

    assert [one.message_id for one in found.open_rounds] == [open_.message_id]
    (late,) = found.late
    assert (late.schedule, late.due_at) == ("Morning", clock_of(context).now.replace(minute=0))
    assert [(one.name, when) for one, when in found.schedules] == [
        ("Evening", datetime(2026, 3, 3, 18, tzinfo=UTC)),
        ("Morning", late.due_at + timedelta(days=1)),
    ]
    assert found.grader == "loading"
