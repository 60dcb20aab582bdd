"""A month of a community in about a minute: the real services, store and grading queue by virtual
time, with a Discord on paper. The judge of tests/discord says what was kept, and the process's
memory and the database's size what it took.

Not in it: discord.py's own client, whose memory `load` and `client` watch.
"""

import asyncio
import gc
import json
import random
import tempfile
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.table import Table

from bot.domain.round import Manner, Round
from bot.grading.service import GraderService
from bot.services import (
    answers,
    drafts,
    explanations,
    hints,
    questions,
    rounds,
    schedules,
    standings,
    telling,
)
from bot.services.context import Context
from bot.services.drafts import Wish
from bot.services.waking import Waker
from bot.settings import GraderSettings, HintSettings
from bot.ui import explanations as explanation_ui
from bot.ui import hints as hint_ui
from tests.bench._paper import BOT, LOCALE, Paper
from tests.discord import judge, leaks, plays
from tests.discord.bot_process import RIGHT, PlainGrader
from tests.discord.case import Case, Finding
from tests.discord.seen import Seen
from tests.support.contexts import clock_of, open_context

HERE = Path(__file__).parents[2]
DAYS, SERVERS, MEMBERS = 30, 20, 500
BEGINS = datetime(2026, 3, 2, tzinfo=UTC)
QUESTIONS = 40
OPEN = timedelta(hours=2)
FIRST_LOOK = 3
"""The day from whose end memory is compared: by then everything has been used."""
AT_ONCE = 25
"""Deeds of members in the same moment."""
ANSWERS, CHANGES, HINTS, EXPLAINS, LOOKS = 0.75, 0.2, 0.2, 0.2, 0.03
"""How likely a member does each in a round."""
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Place:
    """A server with its one channel, its hour, and its people."""

    server: int
    channel: int
    hour: int
    manner: Manner
    members: range


@dataclass
class Lived:
    """What a month came to."""

    findings: list[Finding] = field(default_factory=list[Finding])
    memory_mb: list[float] = field(default_factory=list[float])
    """At the end of each day."""
    database_bytes: int = 0
    rounds: int = 0
    answers: int = 0
    hints: int = 0
    explanations: int = 0
    seconds: float = 0.0


async def table() -> Table:
    """Live through it on a database of its own, which is removed afterwards."""
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".bench-") as folder:
        lived = await live(Path(folder), DAYS, SERVERS, MEMBERS)
    result = Table(
        "what",
        "measured",
        "wanted",
        title=f"{DAYS} days, {SERVERS} servers, {MEMBERS} members, by virtual time",
    )
    first, last = lived.memory_mb[FIRST_LOOK - 1], lived.memory_mb[-1]
    growth = f"{first:.1f} to {last:.1f} MB, {last / first - 1:+.1%}"
    each = lived.database_bytes / max(lived.answers, 1)
    result.add_row("took", f"{lived.seconds:.0f} s", "")
    result.add_row("rounds, answers", f"{lived.rounds:,}, {lived.answers:,}", "")
    result.add_row("hints, explanations", f"{lived.hints:,}, {lived.explanations:,}", "")
    result.add_row(f"memory, day {FIRST_LOOK} to {DAYS}", growth, "below +5 %")
    result.add_row("database", f"{lived.database_bytes / 1e6:.1f} MB", "")
    result.add_row("of it for each answer, all else included", f"{each:.0f} bytes", "")
    result.add_row("the judge's findings", str(len(lived.findings)), "0")
    for finding in lived.findings[:10]:
        result.add_row("", str(finding), "")
    return result


async def live(folder: Path, days: int, servers: int, members: int) -> Lived:
    """Live through `days`, and judge."""
    began = perf_counter()
    lived = Lived()
    each = members // servers
    places = [
        Place(
            server=10_000 + number,
            channel=20_000 + number,
            hour=6 + number % 12,
            manner=Manner.OPEN if number % 4 == 3 else Manner.CONCEALED,
            members=range(100_000 + number * each, 100_000 + (number + 1) * each),
        )
        for number in range(servers)
    ]
    async with open_context(folder, hints=HintSettings(wait_seconds=0)) as context:
        paper = Paper(folder, context.clock)
        context.publisher = paper
        context.grader = GraderService(GraderSettings(), lambda _: PlainGrader())
        await context.grader.start()
        try:
            await _Month(context, paper, places).live(days, lived)
        finally:
            await context.grader.stop()
            paper.close()
        now = context.clock()
    # The last one that closes the database folds its journal into it.
    lived.database_bytes = (folder / "tutor.db").stat().st_size
    lived.findings = list(_judged(folder, paper, places, now, days, lived))
    lived.seconds = perf_counter() - began
    return lived


class _Month:
    def __init__(self, context: Context, paper: Paper, places: list[Place]) -> None:
        self._ctx, self._paper, self._places = context, paper, places
        self._clock = clock_of(context)
        self._chance = random.Random(0)
        self._waker = Waker(context)
        self._texts = 0
        paper.gone = self._gone

    def _gone(self, message: int, user: int, option: int) -> None:
        """Discord tells of each reaction that is gone, the bot's own doing too."""
        self._ctx.start(answers.withdraw(self._ctx, message, user, option), name="gone")

    async def live(self, days: int, lived: Lived) -> None:
        ctx, self._clock.now = self._ctx, BEGINS
        await questions.sync(ctx, [plays.questions(QUESTIONS)])
        for place in self._places:
            wish = Wish(
                name="Daily",
                channel_id=place.channel,
                time=f"{place.hour:02}:00",
                zone="Etc/UTC",
                open_for="2h",
                manner=place.manner,
                thread=False,
            )
            plan = await drafts.draft(ctx, place.server, wish)
            await schedules.create(ctx, place.server, 1, plan)
        for day in range(days):
            await self._day(BEGINS + timedelta(days=day))
            gc.collect()
            lived.memory_mb.append(_resident_mb())
        for place in self._places:
            for member in place.members:
                found = await standings.of_member(ctx, place.server, member)
                streak = {"user": member, "streak": found.streak, "longest": found.longest}
                self._paper.note(place.server, "streaks", **streak)

    async def _day(self, midnight: datetime) -> None:
        hours = sorted({place.hour for place in self._places})
        for hour in range(min(hours), max(hours) + 3):
            self._clock.now = midnight + timedelta(hours=hour)
            await self._waker.step()
            await self._ctx.finish()
            due = [place for place in self._places if place.hour == hour]
            played = [await self._begun(place) for place in due]
            for minute, deeds in self._deeds(played):
                self._clock.now = midnight + timedelta(hours=hour, minutes=minute)
                await asyncio.gather(*deeds)
            await self._ctx.finish()
        # Discord begins a new session now and then.
        await answers.reconcile_all(self._ctx)

    async def _begun(self, place: Place) -> tuple[Place, Round]:
        round_ = await rounds.current(self._ctx, place.channel)
        assert round_ is not None, f"no round in {place} at {self._clock.now}"
        self._paper.note(
            place.server,
            "posts",
            channel=place.channel,
            message=round_.message_id,
            due=round_.due_at.isoformat(),
            manner=round_.manner.value,
        )
        return place, round_

    def _deeds(
        self, played: list[tuple[Place, Round]]
    ) -> Iterator[tuple[int, list[Awaitable[None]]]]:
        """Yield what members do, minute by minute."""
        chance = self._chance
        members = [(place, round_, user) for place, round_ in played for user in place.members]
        chance.shuffle(members)
        for start in range(0, len(members), AT_ONCE):
            deeds: list[Awaitable[None]] = [
                self._takes_part(place, round_, user)
                for place, round_, user in members[start : start + AT_ONCE]
            ]
            yield 1 + start // AT_ONCE % 50, deeds

    async def _takes_part(self, place: Place, round_: Round, user: int) -> None:
        likely = self._chance.random
        if likely() < HINTS:
            await self._hint(place, round_, user)
        if likely() < ANSWERS:
            await self._answer(round_, user)
            if likely() < CHANGES:
                await self._answer(round_, user)
        if likely() < EXPLAINS:
            await self._explain(place, round_, user)
        if likely() < LOOKS:
            await standings.of_member(self._ctx, place.server, user)
            await standings.leaderboard(
                self._ctx, place.server, user, self._chance.choice(list(standings.Period))
            )

    async def _answer(self, round_: Round, user: int) -> None:
        assert round_.message_id is not None
        stands = self._paper.standing[round_.message_id].get(user, set())
        free = [n for n in range(len(round_.question.options)) if n not in stands]
        option = self._chance.choice(free)
        self._paper.react(round_, round_.message_id, user, option)
        await answers.answer(self._ctx, round_.message_id, user, option)

    async def _hint(self, place: Place, round_: Round, user: int) -> None:
        found = await hints.take(self._ctx, round_.id, 1, user, place.server)
        self._paper.say(round_, "PATCH", hint_ui.embed(LOCALE, found).to_dict())
        values = {"user": user, "message": round_.message_id, "level": 1}
        self._paper.note(place.server, "hints", **values)

    async def _explain(self, place: Place, round_: Round, user: int) -> None:
        self._texts += 1
        reason = RIGHT if self._texts % 2 else "because it is smaller"
        text = f"I think so {reason} number {self._texts} help."
        ctx = self._ctx
        explanation_id = await explanations.submit(ctx, round_.id, user, place.server, text)
        found = await explanations.grade(ctx, explanation_id)
        self._paper.say(round_, "PATCH", explanation_ui.grade_embed(LOCALE, found).to_dict())
        await telling.told(ctx, explanation_id)
        values = {"user": user, "message": round_.message_id, "text": text}
        self._paper.note(place.server, "explanations", **values, stored=True, graded=True)


class _OfServer(Case):
    """A case of one server out of the many in the database."""

    server: int = 0

    def only(self, server: int) -> "_OfServer":
        """Leave out every other server's rows."""
        of = {row["id"] for row in self.rows["rounds"] if row["server_id"] == server}
        self.rows["rounds"] = [row for row in self.rows["rounds"] if row["id"] in of]
        for name in ("answers", "hints", "explanations", "results"):
            self.rows[name] = [row for row in self.rows[name] if row["round_id"] in of]
        kept = {row["id"] for row in self.rows["explanations"]}
        self.rows["grades"] = [row for row in self.rows["grades"] if row["explanation_id"] in kept]
        self.rounds = {row["message_id"]: row for row in self.rows["rounds"] if row["message_id"]}
        return self


def _judged(
    folder: Path, paper: Paper, places: list[Place], now: datetime, days: int, lived: Lived
) -> Iterator[Finding]:
    database = folder / "tutor.db"
    yield from judge.sound(database)
    for left in judge.pending(database, now.isoformat()):
        yield Finding("lost", left)
    for place in places:
        case = _case(database, paper.file(place.server), place, now, days)
        lived.rounds += len(case.rounds)
        lived.answers += len(case.rows["answers"])
        lived.hints += len(case.rows["hints"])
        lived.explanations += len(case.rows["explanations"])
        for look in (
            judge.posts,
            judge.answers,
            judge.hints,
            judge.explanations,
            judge.points,
            judge.streaks,
            leaks.leaks,
        ):
            yield from look(case)


def _case(database: Path, file: Path, place: Place, now: datetime, days: int) -> Case:
    seen, log, messages = Seen(), list[dict[str, Any]](), list[dict[str, Any]]()
    kept = {"hints": seen.hints, "explanations": seen.explanations, "streaks": seen.streaks}
    kept |= {"posts": seen.posts, "message": messages}
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            happened = json.loads(line)
            kind = happened.pop("kind")
            if kind in kept:
                kept[kind].append(happened)
            else:
                log.append(happened | {"what": kind})
    record = {
        "now": now.isoformat(),
        "bot": BOT,
        "log": log,
        "findings": [],
        "channels": {str(place.channel): {"kind": 0, "messages": messages}},
    }
    due = [
        (place.channel, (BEGINS + timedelta(days=day, hours=place.hour)).isoformat())
        for day in range(days)
    ]
    return _OfServer(record, seen, due, plays.questions(QUESTIONS), database).only(place.server)


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
