"""The grader: explanations a second, how much of this machine they use, and what the event loop
notices of it.
"""

import asyncio
import resource
from statistics import median
from time import perf_counter

from rich.table import Table

from bot.grading import Submission
from bot.grading.evaluation import speed
from bot.grading.service import GraderService, load_default
from bot.settings import GraderSettings
from tests.bench._lateness import lateness, quantile

ALONE, TOGETHER = 60, 320
QUESTION = "What is the typical effect of using a learning rate that is too high?"
REFERENCE = (
    "A learning rate that is too high makes the model jump around the solution space, which keeps "
    "it from converging: every update is scaled by the rate, so each step overshoots the minimum."
)
POINTS = (
    "Each update is scaled by the learning rate, so a high rate makes the steps too large.",
    "Large steps overshoot the minimum, so the loss jumps around or diverges.",
    "Large early updates destroy what pre-training has learned.",
)
ANSWER = (
    "Attempt {n}: the gradient tells the direction, and the learning rate how far to go in it. "
    "If the rate is too high, the weights land on the other side of the valley, the next gradient "
    "sends them back even further, and so the loss swings up and down or grows without an end."
)


async def table() -> Table:
    """Measure loading, one at a time, and batches, at the shipped settings (one thread)."""
    settings = GraderSettings()
    service = GraderService(settings)
    began = perf_counter()
    async with lateness() as late_loading:
        await service.start()
        await service.until_free()
        loading = perf_counter() - began
    await service.grade(_submission(0))
    async with lateness() as late_alone:
        alone = [await _timed(service, n) for n in range(1, ALONE + 1)]
    async with lateness() as late_together:
        began = perf_counter()
        await asyncio.gather(
            *(service.grade(_submission(n)) for n in range(ALONE, ALONE + TOGETHER))
        )
        rate = TOGETHER / (perf_counter() - began)
    await service.stop()
    bulk = await asyncio.to_thread(lambda: speed.measure(load_default(settings), settings.threads))

    result = Table(
        "what", "figure", "loop late, p99", "at most", title=f"Grader ({settings.threads} thread)"
    )
    result.add_row("load, torch's import included", f"{loading:.1f} s", *_late(late_loading))
    result.add_row(
        "one at a time, three key points", f"{1000 * median(alone):.0f} ms", *_late(late_alone)
    )
    result.add_row(
        f"all that wait, batches of {settings.batch}", f"{rate:.0f} a second", *_late(late_together)
    )
    result.add_row("share of an fp32 matrix product's", f"{bulk.share_of_peak:.0%}", "", "")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result.add_row("memory of the process, at most", f"{memory:.0f} MiB", "", "")
    return result


async def _timed(service: GraderService, number: int) -> float:
    began = perf_counter()
    await service.grade(_submission(number))
    return perf_counter() - began


def _submission(number: int) -> Submission:
    references = (REFERENCE, " ".join(POINTS))
    return Submission(QUESTION, references, ANSWER.format(n=number), POINTS)


def _late(late: list[float]) -> tuple[str, str]:
    return f"{1000 * quantile(late, 0.99):.1f} ms", f"{1000 * max(late, default=0):.0f} ms"
