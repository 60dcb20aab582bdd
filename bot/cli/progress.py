"""Showing that long work goes on: on standard error, and only where a person looks at it."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")


def steps(items: Sequence[T], what: str) -> Iterable[T]:
    """Yield the items with a bar that says how far it is."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(items, what, console=console, transient=True, disable=not console.is_terminal)


@contextmanager
def working(what: str) -> Generator[None]:
    """Show a moving sign and `what` for as long as the block takes.

    Nothing may be printed inside: rich would send it where the sign is.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


class TrainingBar:
    """One bar a stage with the remaining time; where nobody looks at it, a line every minute."""

    def __init__(self, console: "Console", stages: Sequence[str]) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._console = console
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[told]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks = {
            name: self._bars.add_task(name, total=1.0, told="", start=False) for name in stages
        }
        self._last = 0.0

    def __enter__(self) -> "TrainingBar":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def told(self, stage: str, steps: int, share: float, seconds: float, loss: float) -> None:
        """Show a stage's state: `share` of its budget is spent, 0..1, after `seconds`."""
        text = f"step {steps}, loss {loss:.3f}, {steps / max(seconds, 1e-9):.2f} steps/s"
        if not self._console.is_terminal:
            if seconds - self._last >= 60 or seconds < self._last or share >= 1:
                self._last = seconds
                self._console.print(f"{stage}: {share:.1%}, {text}", highlight=False)
            return
        task = self._tasks[stage]
        self._bars.start_task(task)
        self._bars.update(task, completed=share, told=text)
