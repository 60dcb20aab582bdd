"""The queue in front of the grader: nobody waits for ever, and nobody harms another."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from bot.errors import OperatorError
from bot.grading import Grade, Submission
from bot.grading.service import Grader, GraderBusy, GraderService, GraderUnavailable
from bot.settings import GraderSettings
from tests.support.fakes import a_grade

PATIENCE_S = 10


class ThreadGrader:
    """Grades at once, or waits in its thread while `gate` is closed."""

    name = "fake 2"

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.batches: list[list[str]] = []
        self.threads: set[str] = set()

    def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
        texts = [submission.answer for submission in submissions]
        self.batches.append(texts)
        self.threads.add(threading.current_thread().name)
        self.entered.set()
        assert self.gate.wait(PATIENCE_S)
        if "poison" in texts:
            raise RuntimeError("cannot read this")
        return [a_grade(score=len(text) / 100) for text in texts]


class SlowGrader(ThreadGrader):
    """Takes `pace` seconds a text, on a clock of its own."""

    def __init__(self, pace: float) -> None:
        super().__init__()
        self.pace = pace
        self.now = 0.0

    def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
        self.now += self.pace * len(submissions)
        return super().grade(submissions)


@asynccontextmanager
async def running(
    load: Callable[[GraderSettings], Grader],
    now: Callable[[], float] = time.monotonic,
    **settings: object,
) -> AsyncIterator[GraderService]:
    service = GraderService(GraderSettings.model_validate(settings), load, now=now)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()


def ask(text: str) -> Submission:
    return Submission("Why?", ("Because.",), text)


async def entered(grader: ThreadGrader) -> None:
    assert await asyncio.to_thread(grader.entered.wait, PATIENCE_S)
    grader.entered.clear()


async def test_what_waits_is_graded_together() -> None:
    grader = ThreadGrader()
    grader.gate.clear()
    async with running(lambda _: grader, batch=3) as service:
        first = asyncio.create_task(service.grade(ask("a")))
        await entered(grader)
        others = [asyncio.create_task(service.grade(ask("b" * n))) for n in range(1, 6)]
        await asyncio.sleep(0)
        assert service.waiting() == 6
        grader.gate.set()
        grades = await asyncio.gather(first, *others)
        assert service.waiting() == 0
    assert [len(batch) for batch in grader.batches] == [1, 3, 2]
    assert [round(100 * grade.score) for grade in grades] == [1, 1, 2, 3, 4, 5]
    assert len(grader.threads) == 1
    assert "MainThread" not in grader.threads


@pytest.mark.parametrize(
    ("pace", "limit", "batches"),
    [(0.1, 60, [1, 32, 7]), (1.0, 60, [1, 5, 5, 5, 5, 5, 5, 5, 4]), (1.0, 4, [1, *[2] * 19, 1])],
)
async def test_a_batch_takes_no_longer_than_its_members_should_wait(
    pace: float, limit: float, batches: list[int]
) -> None:
    """On a slow machine 32 texts at once would exceed the time limit, and again when retried."""
    grader = SlowGrader(pace)
    async with running(lambda _: grader, lambda: grader.now, time_limit_seconds=limit) as service:
        await asyncio.gather(*(service.grade(ask("a")) for _ in range(40)))
    assert [len(batch) for batch in grader.batches] == batches


async def test_a_batch_that_took_too_long_is_followed_by_smaller_ones() -> None:
    grader = SlowGrader(0.1)
    async with running(lambda _: grader, lambda: grader.now) as service:
        await service.grade(ask("a"))
        grader.pace = 2.0
        await asyncio.gather(*(service.grade(ask("a")) for _ in range(37)))
    assert [len(batch) for batch in grader.batches] == [1, 32, 2, 2, 1]


async def test_it_loads_in_the_background_and_those_who_ask_wait() -> None:
    gate = threading.Event()

    def load(_: GraderSettings) -> Grader:
        assert gate.wait(PATIENCE_S)
        return ThreadGrader()

    async with running(load) as service:
        asked = asyncio.create_task(service.grade(ask("a")))
        await asyncio.sleep(0)
        assert service.state == "loading"
        assert not asked.done()
        gate.set()
        assert (await asked).score == 0.01
        assert (service.state, service.model) == ("ready", "fake 2")
        await asyncio.wait_for(service.until_free(), PATIENCE_S)


async def test_a_full_queue_refuses_and_says_when_it_is_free() -> None:
    grader = ThreadGrader()
    async with running(lambda _: grader, queue=2, batch=1) as service:
        await service.until_free()
        grader.gate.clear()
        held = [asyncio.create_task(service.grade(ask("a"))) for _ in range(2)]
        await entered(grader)
        with pytest.raises(GraderBusy) as refused:
            await service.grade(ask("b"))
        assert refused.value.position == 2
        grader.gate.set()
        await asyncio.gather(*held)
        await asyncio.wait_for(service.until_free(), PATIENCE_S)


async def test_a_missing_model_is_a_reason_and_not_a_crash(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def load(_: GraderSettings) -> Grader:
        raise OperatorError("The grader's weights are not installed.")

    with caplog.at_level(logging.WARNING):
        async with running(load) as service:
            with pytest.raises(GraderUnavailable, match="not installed"):
                await service.grade(ask("a"))
            assert service.state == "missing"
            assert "not installed" in service.reason
            with pytest.raises(GraderUnavailable):
                await service.grade(ask("b"))
    assert "not installed" in caplog.text


async def test_a_broken_install_is_a_reason_too(caplog: pytest.LogCaptureFixture) -> None:
    def load(_: GraderSettings) -> Grader:
        raise ImportError("libtorch_cpu.so: cannot open")

    async with running(load) as service:
        with pytest.raises(GraderUnavailable, match="libtorch"):
            await service.grade(ask("a"))
        assert service.state == "missing"
    assert "could not be loaded" in caplog.text


async def test_one_text_that_fails_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    grader = ThreadGrader()
    grader.gate.clear()
    async with running(lambda _: grader) as service:
        first = asyncio.create_task(service.grade(ask("first")))
        await entered(grader)
        tasks = [asyncio.create_task(service.grade(ask(text))) for text in ("a", "poison", "bb")]
        await asyncio.sleep(0)
        grader.gate.set()
        found = await asyncio.gather(first, *tasks, return_exceptions=True)
        assert service.state == "ready"
    assert [type(one) for one in found] == [Grade, Grade, GraderUnavailable, Grade]
    assert "one by one" in caplog.text
    assert "poison" not in caplog.text.replace('"poison"', "")  # no member's text in the log


async def test_a_batch_over_the_time_limit_is_given_up_until_it_ends() -> None:
    grader = ThreadGrader()
    async with running(lambda _: grader, time_limit_seconds=0.05, batch=1) as service:
        await service.until_free()
        grader.gate.clear()
        tasks = [asyncio.create_task(service.grade(ask("a"))) for _ in range(2)]
        for task in tasks:
            with pytest.raises(GraderUnavailable, match=r"more than 0\.05 s"):
                await task
        assert service.state == "missing"
        grader.gate.set()
        await asyncio.wait_for(service.until_free(), PATIENCE_S)
        assert service.state == "ready"
        assert (await service.grade(ask("bb"))).score == 0.02


async def test_who_no_longer_waits_is_not_graded() -> None:
    grader = ThreadGrader()
    grader.gate.clear()
    async with running(lambda _: grader) as service:
        first = asyncio.create_task(service.grade(ask("a")))
        await entered(grader)
        gone = asyncio.create_task(service.grade(ask("gone")))
        await asyncio.sleep(0)
        gone.cancel()
        grader.gate.set()
        await first
        assert (await service.grade(ask("b"))).score == 0.01
    assert "gone" not in [text for batch in grader.batches for text in batch]


async def test_stopping_finishes_the_batch_in_work_and_lets_everybody_else_go() -> None:
    grader = ThreadGrader()
    grader.gate.clear()
    service = GraderService(GraderSettings(), lambda _: grader)
    await service.start()
    in_work = asyncio.create_task(service.grade(ask("a")))
    await entered(grader)
    waiting = asyncio.create_task(service.grade(ask("b")))
    await asyncio.sleep(0)
    stopping = asyncio.create_task(service.stop())
    with pytest.raises(GraderUnavailable, match="stopping"):
        await waiting
    assert not in_work.done()
    grader.gate.set()
    assert (await in_work).score == 0.01
    await stopping
    assert grader.batches == [["a"]]
    with pytest.raises(GraderUnavailable):
        await service.grade(ask("c"))
    assert not [thread for thread in threading.enumerate() if thread.name in grader.threads]


async def test_stopping_gives_up_a_batch_that_takes_too_long(
    caplog: pytest.LogCaptureFixture,
) -> None:
    grader = ThreadGrader()
    grader.gate.clear()
    service = GraderService(GraderSettings(), lambda _: grader, patience=0.01)
    await service.start()
    in_work = asyncio.create_task(service.grade(ask("a")))
    await entered(grader)
    await service.stop()
    with pytest.raises(GraderUnavailable, match="stopping"):
        await in_work
    assert "given up" in caplog.text
    (thread,) = [thread for thread in threading.enumerate() if thread.name in grader.threads]
    grader.gate.set()
    thread.join(PATIENCE_S)


async def test_a_service_that_never_started_can_be_stopped() -> None:
    await GraderService(GraderSettings(), lambda _: ThreadGrader()).stop()
