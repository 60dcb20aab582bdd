"""How long a chart takes, and how late the event loop is while one is drawn."""

import asyncio
from collections.abc import Callable, Coroutine
from time import perf_counter
from typing import Any

from rich.table import Table

from bot.ui import charts

TIMES = 100
STEP = 0.002
"""Seconds between two looks at the loop."""
OPTIONS = (
    "The model prints another value each time, because dropout stays on",
    "Batch normalisation uses its running statistics",
    "It halves the learning rate, and then the loss falls",
    "Nothing changes",
)
TOPICS = [(f"Topic number {n}", n, 9) for n in range(6)]
WEEKS = [(f"{n} Mar", 40 * n) for n in range(8)]


async def table() -> Table:
    """Measure the first chart, which brings matplotlib, then the rounds' and members' charts."""

    def tally() -> Coroutine[Any, Any, bytes]:
        return charts.tally_chart(OPTIONS, (411, 1204, 385, 0), key=1)

    def member() -> Coroutine[Any, Any, bytes]:
        return charts.member_chart(TOPICS, WEEKS, topics_title="Topics", weeks_title="Weeks")

    result = Table(
        "what", "median", "p99", "loop late, p99", "at most", "size", title="Charts (ms)"
    )
    for name, draw, times in (
        ("the first one, with matplotlib", tally, 1),
        ("a round's", tally, TIMES),
        ("a member's", member, TIMES),
    ):
        result.add_row(name, *await _measure(draw, times))
    return result


async def _measure(draw: Callable[[], Coroutine[Any, Any, bytes]], times: int) -> list[str]:
    late: list[float] = []
    watch = asyncio.create_task(_watch(late))
    took: list[float] = []
    png = b""
    for _ in range(times):
        began = perf_counter()
        png = await draw()
        took.append(perf_counter() - began)
    watch.cancel()
    figures = (_share(took, 0.5), _share(took, 0.99), _share(late, 0.99), max(late, default=0))
    return [f"{1000 * figure:.1f}" for figure in figures] + [f"{len(png) / 1024:.0f} KiB"]


async def _watch(late: list[float]) -> None:
    while True:
        began = perf_counter()
        await asyncio.sleep(STEP)
        late.append(perf_counter() - began - STEP)


def _share(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)] if values else 0
