"""`tutor doctor`: the lines of an examination."""

import typer

from bot.cli.progress import working
from bot.doctor import Case, examine


async def examined() -> bool:
    """Print every line as it is found; return whether all of them are ok."""
    well = True
    async for name, outcome in examine(Case(), working):
        well = well and outcome.ok
        typer.echo(f"{name:<14} {'ok: ' if outcome.ok else ''}{outcome.text}")
    return well
