"""The grader at work: loaded in the background, one worker thread, a queue that batches what waits.

The event loop never runs the model and never waits for it. What is not graded here (no model, too
many waiting, too slow) stays pending in the store; `GraderService.until_free` says when to try the
pending ones again.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from bot.errors import MemberError, OperatorError
from bot.grading.grade import Grade, Submission
from bot.settings import GraderSettings

log = logging.getLogger(__name__)

STOP_S = 6.0
"""How long the batch in work is waited for when the tutor stops. It seldom takes as long."""
BATCH_S = 5.0
"""How long a batch may take, at the pace of the one before it: its members wait for each other, a
stop waits for it, and on a slow machine a full one would exceed the time limit, also when it is
tried again.
"""

State: TypeAlias = Literal["loading", "ready", "missing"]


class Grader(Protocol):
    """A model that grades. It is only ever called in the service's one worker thread."""

    @property
    def name(self) -> str:
        """Name and version, for the record."""
        ...

    def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
        """Return one grade for each submission, in their order."""
        ...


Load: TypeAlias = Callable[[GraderSettings], Grader]
"""Loads a grader, in the worker thread. Raises OperatorError where there is no usable model."""


class GraderUnavailable(OperatorError):  # noqa: N818 - a state, not a mistake
    """No grade now: the model is missing, broken, stopped, or too slow. Try again later."""


class GraderBusy(MemberError):  # noqa: N818
    """As many wait as may wait. Nothing was queued; try again later."""

    def __init__(self, position: int) -> None:
        super().__init__("grader_busy", position=position)
        self.position = position


def load_default(settings: GraderSettings) -> Grader:
    """Load the grader that the settings mean. Takes seconds; imports torch unless the engine is
    onnx. Raises OperatorError.
    """
    from bot.grading import entailment
    from bot.grading.gently import gently

    if settings.engine == "onnx":
        return entailment.load(settings)
    with gently():
        return entailment.load(settings)


@dataclass(frozen=True, slots=True)
class _Job:
    submission: Submission
    done: asyncio.Future[Grade]


class GraderService:
    """A queue in front of a `Grader`. `start` before use, `stop` after, which takes `patience`
    seconds at most.

    `state` is 'loading' (what is asked waits), 'ready', or 'missing' (`reason` says why and what to
    do). A model that exceeds the time limit makes the service 'missing' until it is done.
    """

    def __init__(
        self,
        settings: GraderSettings,
        load: Load = load_default,
        patience: float = STOP_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state: State = "loading"
        self.reason = ""
        self.model = ""
        self._settings = settings
        self._load = load
        self._patience = patience
        self._now = now
        self._pace: float | None = None
        """Seconds that a text of the last batch took."""
        self._queue: asyncio.Queue[_Job] = asyncio.Queue()
        self._working = 0
        self._refused = False
        self._stopped = False
        self._free = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="grader")

    async def start(self) -> None:
        """Begin to load the model in the background; returns at once."""
        self._task = asyncio.create_task(self._run(), name="grader")

    async def stop(self) -> None:
        """End after the batch in work, whose members still get their grades; everyone else who
        waits gets GraderUnavailable. A batch, or a load, that takes longer than `patience` is given
        up: its thread still runs when this returns, and is told in the log.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        self._stopped = True
        self._give_up("the tutor is stopping")
        if self._task is not None:
            if self._working:
                await asyncio.wait({self._task}, timeout=self._patience)
            self._task.cancel()
            await asyncio.wait({self._task})
        # Joining the thread would hold up the event loop for as long as it is at work.
        idle = loop.run_in_executor(self._thread, int)
        await asyncio.wait({idle}, timeout=max(0.0, deadline - loop.time()))
        if not idle.done():
            log.warning("The grader's work is given up; the next start grades what waits")
        self._thread.shutdown(wait=idle.done(), cancel_futures=True)

    def waiting(self) -> int:
        """Return how many submissions wait or are in work."""
        return self._queue.qsize() + self._working

    async def grade(self, submission: Submission) -> Grade:
        """Return the grade once a batch with this submission is through.

        Raises GraderBusy when the queue is full, and GraderUnavailable when there is no model, or
        the model fails on this submission, or takes longer than the time limit.
        """
        if self.state == "missing":
            raise GraderUnavailable(self.reason)
        if self.waiting() >= self._settings.queue:
            self._refused = True
            raise GraderBusy(self.waiting())
        job = _Job(submission, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(job)
        return await job.done

    async def until_free(self) -> None:
        """Return when pending explanations are worth a try: the model has become ready, or the
        queue is empty again after it refused somebody. Each such moment ends one call.
        """
        await self._free.wait()
        self._free.clear()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            grader = await loop.run_in_executor(self._thread, self._load, self._settings)
        except OperatorError as error:
            log.warning("No grader: %s", error)
            self._give_up(str(error))
            return
        except Exception as error:
            # A broken install can raise anything at import; the bot goes on without a grader.
            log.exception("The grader could not be loaded")
            self._give_up(f"it could not be loaded: {type(error).__name__}: {error}")
            return
        self.model = grader.name
        self._be_ready()
        log.info("Grader ready: %s", grader.name)
        while not self._stopped:
            batch = await self._next_batch()
            await self._grade_batch(grader, batch)
            if self._refused and self._queue.empty():
                self._refused = False
                self._free.set()

    async def _next_batch(self) -> list[_Job]:
        batch = [await self._queue.get()]
        most = self._most()
        while len(batch) < most and not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return [job for job in batch if not job.done.done()]  # whose caller still waits

    def _most(self) -> int:
        """Return how many texts the next batch may have: the very first one goes alone."""
        if self._pace is None:
            return 1
        wanted = min(BATCH_S, self._settings.time_limit_seconds / 2)
        return max(1, min(self._settings.batch, int(wanted / max(self._pace, 1e-9))))

    async def _grade_batch(self, grader: Grader, batch: list[_Job]) -> None:
        self._working = len(batch)
        loop = asyncio.get_running_loop()
        submissions = [job.submission for job in batch]
        began = self._now()
        future = loop.run_in_executor(self._thread, _grade_each, grader, submissions)
        future.add_done_callback(lambda _: self._keep_pace(began, len(batch)))
        try:
            limit = self._settings.time_limit_seconds
            done, _ = await asyncio.wait({future}, timeout=limit)
            if not done:
                log.error("The grader took more than %g s for %d texts", limit, len(batch))
                reason = f"it took more than {limit:g} s for one batch"
                _refuse(batch, reason)
                self._give_up(reason)
                await asyncio.wait({future})  # the one thread is free again only then
                if not self._stopped:
                    self._be_ready()
                return
            for job, outcome in zip(batch, future.result(), strict=True):
                if job.done.done():
                    continue
                if isinstance(outcome, Grade):
                    job.done.set_result(outcome)
                else:
                    job.done.set_exception(outcome)
        finally:
            _refuse(batch, self.reason or "the tutor is stopping")
            self._working = 0

    def _keep_pace(self, began: float, texts: int) -> None:
        if texts:  # all may have gone
            self._pace = (self._now() - began) / texts

    def _be_ready(self) -> None:
        self.state, self.reason = "ready", ""
        self._free.set()

    def _give_up(self, reason: str) -> None:
        self.state, self.reason = "missing", reason
        while not self._queue.empty():
            _refuse([self._queue.get_nowait()], reason)


def _grade_each(
    grader: Grader, submissions: Sequence[Submission]
) -> list[Grade | GraderUnavailable]:
    """Grade all at once; if that fails, one by one, so that one text harms no other."""
    try:
        return list(grader.grade(submissions))
    except Exception:
        # Whatever it is, it is logged, and the texts that are not at fault get their grades.
        log.exception("A batch of %d could not be graded; trying one by one", len(submissions))
    outcomes: list[Grade | GraderUnavailable] = []
    for submission in submissions:
        try:
            outcomes.extend(grader.grade([submission]))
        except Exception as error:  # noqa: BLE001 - this text's caller gets it; logged above
            outcomes.append(GraderUnavailable(f"it failed on this text: {type(error).__name__}"))
    return outcomes


def _refuse(batch: list[_Job], reason: str) -> None:
    for job in batch:
        if not job.done.done():
            job.done.set_exception(GraderUnavailable(reason))
