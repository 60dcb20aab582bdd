"""Showing that long work goes on: on standard error, and only where a person looks at it."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import TypeVar

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
