"""How fast the grader is, and how much of this machine's arithmetic it uses."""

import os
import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from statistics import median, quantiles
from time import perf_counter

from bot.grading.evaluation.report import Machine, Speed
from bot.grading.grade import Submission
from bot.grading.service import Grader

TIMES, BATCH = 60, 32
SIDE = 1536
"""Of the square matrices that measure the peak."""
TRIES = 5

_QUESTION = "Why does a model that is trained for too many epochs do worse on new data?"
_REFERENCE = (
    "After the patterns that hold in general are learned, further epochs fit the noise of the "
    "training examples, so the training loss still falls while the validation loss rises again."
)
_POINTS = (
    "Further epochs fit the noise of the training examples.",
    "The training loss still falls.",
    "The validation loss rises, since noise does not carry over to new data.",
)
_WORDINGS = (
    "it just memorises the training set after a while, validation loss goes up again",
    "Beyond some epoch it learns the noise, which does not help on data that it has not seen.",
)
_MISTAKES = (
    "Because the model has too few parameters, it cannot fit the examples at all.",
    "The learning rate is too small, and so training stops before the minimum is reached.",
)
_ANSWER = (
    "Attempt {n}: at first it picks up what is true of all the data, but if you go on and on it "
    "starts to learn the single examples by heart with all their oddities, and on examples that it "
    "has never met these oddities mislead it, which is what one sees in the validation curve."
)


def measure(grader: Grader, threads: int, *, times: int = TIMES, tries: int = TRIES) -> Speed:
    """Return the speed of the grader as it is loaded; takes under a minute.

    `threads` is what it was loaded with. One text is graded `times` times. The peak is measured in
    turns with the batches, `tries` times, and the best of each counts: other work on the machine
    disturbs both.
    """
    grader.grade([_submission(0)])
    alone = [_seconds(lambda n=n: grader.grade([_submission(n)])) for n in range(times)]
    full = [_seconds(lambda n=n: grader.grade([_as_banks_ask(n)])) for n in range(times)]
    batch = [_submission(n) for n in range(BATCH)]
    work = _flops(lambda: grader.grade(batch))
    peak, bulk = _best_in_turns(_matrix_product(threads), lambda: grader.grade(batch), tries)
    rate = BATCH / bulk
    top = 2 * SIDE**3 / peak
    return Speed(
        threads=threads,
        single_ms=round(1000 * median(alone), 2),
        full_ms=round(1000 * median(full), 2),
        single_ms_p95=round(1000 * quantiles(alone, n=20)[-1], 2),
        bulk_per_second=round(rate, 2),
        pairs_per_second=round(rate * (1 + len(_POINTS)), 1),
        batch=BATCH,
        flops_per_second=round(work / bulk) if work else None,
        peak_flops_per_second=round(top),
        share_of_peak=round(work / bulk / top, 4) if work else None,
    )


def machine() -> Machine:
    """Return where this is."""
    packages = ("torch", "transformers", "numpy", "onnxruntime", "tutor-bot")
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else -1.0,
        python=platform.python_version(),
        versions={name: found for name in packages if (found := _version(name))},
    )


def _submission(number: int) -> Submission:
    return Submission(_QUESTION, (_REFERENCE,), _ANSWER.format(n=number), _POINTS)


def _as_banks_ask(number: int) -> Submission:
    """Return a text of three sentences beside all that a bank knows."""
    answer = (
        _ANSWER.format(n=number).replace(", but if", ". But if").replace(", and on", ". And on")
    )
    references = (_REFERENCE, " ".join(_POINTS))
    return Submission(_QUESTION, references, answer, _POINTS, _WORDINGS, _MISTAKES)


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _best_in_turns(
    one: Callable[[], object], other: Callable[[], object], tries: int
) -> tuple[float, float]:
    one()
    other()
    took = [(_seconds(one), _seconds(other)) for _ in range(tries)]
    return min(first for first, _ in took), min(second for _, second in took)


def _matrix_product(threads: int) -> Callable[[], object]:
    import torch

    torch.set_num_threads(threads)
    matrix = torch.rand(SIDE, SIDE)

    def work() -> None:
        with torch.inference_mode():
            matrix @ matrix  # pyright: ignore[reportUnusedExpression]

    return work


def _flops(work: Callable[[], object]) -> float:
    """Return the operations of the matrix products in the work, as torch counts them: 2 n m k each.

    On a processor torch does not count attention's own products (some 3 % at 70 tokens), so the
    share of the peak is told a little too low. What runs outside of torch counts as nothing.
    """
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        work()
    return float(counter.get_total_flops())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
