"""What a scenario of the load came to, and the table of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from rich.table import Table

from tests.bench._lateness import quantile


@dataclass
class Outcome:
    """What a scenario came to; empty: not measured in it."""

    rates: list[float] = field(default_factory=list[float])
    """Reactions stored a second, of each burst."""
    counted: list[float] = field(default_factory=list[float])
    """Reactions that the counting client counts a second, in bursts before and after those."""
    cpu_us: list[float] = field(default_factory=list[float])
    """Of the bot's process, a reaction, in each burst."""
    counting_cpu_us: list[float] = field(default_factory=list[float])
    waits: list[float] = field(default_factory=list[float])
    """Seconds from a member's act to its commit."""
    stored_in: list[float] = field(default_factory=list[float])
    """Seconds from its arrival in the bot to its commit."""
    late: list[float] = field(default_factory=list[float])
    """Seconds by which the bot's loop was late in a burst or what stands for it."""
    late_later: list[float] = field(default_factory=list[float])
    """The same while a burst's reactions are taken away."""
    counting_late: list[float] = field(default_factory=list[float])
    idle_late: Sequence[float] = ()
    """Of this script's own loop, which has next to nothing to do: what the machine adds."""
    answers: list[float] = field(default_factory=list[float])
    """Seconds from a press to its first answer, as above."""
    answers_later: list[float] = field(default_factory=list[float])
    unanswered: int = 0
    lost: int = 0
    memory_mb: list[float] = field(default_factory=list[float])
    """Before, and after each burst once its backlog is gone."""
    note: str = ""


def as_table(outcomes: dict[str, Outcome]) -> Table:
    """Return one column for each scenario, by name."""
    result = Table("what", *outcomes, "wanted", title="Load (real process, loopback Discord)")

    def add(name: str, wanted: str, cell: Any) -> None:
        result.add_row(name, *(cell(one) for one in outcomes.values()), wanted)

    add("reactions stored a second, each burst", "", lambda o: _each(o.rates))
    add("a client that only counts, before and after", "", lambda o: _each(o.counted))
    add("ratio", "at least 0.5", lambda o: _ratio(o.rates, o.counted))
    add("CPU a reaction, µs", "", lambda o: _each(o.cpu_us))
    add("a client that only counts", "", lambda o: _each(o.counting_cpu_us))
    add("ratio", "", lambda o: _ratio(o.counting_cpu_us, o.cpu_us))
    add("reacted to committed, p50 / p99", "", lambda o: _ms(o.waits))
    add("of that in the bot, p50 / p99", "", lambda o: _ms(o.stored_in))
    add("loop late, p50 / p99", "p99 below 50 ms", lambda o: _ms(o.late))
    add("loop late, at most", "", lambda o: f"{1000 * max(o.late):.0f} ms")
    add("while reactions go, p50 / p99", "p99 below 50 ms", lambda o: _ms(o.late_later))
    add("loop of the counting client, p50 / p99", "", lambda o: _ms(o.counting_late))
    add("an idle loop meanwhile, p50 / p99", "", lambda o: _ms(o.idle_late))
    add("press answered meanwhile, p50 / p99", "p99 below 3 s", lambda o: _ms(o.answers))
    add("while reactions go, p50 / p99", "p99 below 3 s", lambda o: _ms(o.answers_later))
    add(
        "presses, unanswered",
        "0",
        lambda o: f"{len(o.answers) + len(o.answers_later):,}, {o.unanswered}",
    )
    add("lost", "0", lambda o: str(o.lost))
    add("memory before, and after each", "within 10 %", lambda o: f"{_each(o.memory_mb)} MB")
    add("", "", lambda o: o.note)
    return result


def _each(values: Sequence[float]) -> str:
    return " / ".join(f"{one:,.0f}" for one in values)


def _ratio(ones: Sequence[float], others: Sequence[float]) -> str:
    return f"{fmean(ones) / fmean(others):.2f}" if others else ""


def _ms(values: Sequence[float]) -> str:
    if not values:
        return ""
    return f"{1000 * quantile(values, 0.5):.0f} / {1000 * quantile(values, 0.99):.0f} ms"
