"""How long a chart takes, and how late the event loop is while one is drawn."""

from collections.abc import Callable, Coroutine
from time import perf_counter
from typing import Any

from rich.table import Table

from bot.ui import charts
from tests.bench._lateness import lateness, quantile

TIMES = 100
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
    took: list[float] = []
    png = b""
    async with lateness() as late:
        for _ in range(times):
            began = perf_counter()
            png = await draw()
            took.append(perf_counter() - began)
    figures = (
        quantile(took, 0.5),
        quantile(took, 0.99),
        quantile(late, 0.99),
        max(late, default=0),
    )
    return [f"{1000 * figure:.1f}" for figure in figures] + [f"{len(png) / 1024:.0f} KiB"]
