"""`tutor train`: a bar while it runs, and the scores at the end."""

import os
from pathlib import Path

import typer

from bot.errors import OperatorError


def trained(path: Path, stages: int | None) -> None:
    """Run the training of a configuration and print its scores. Raises OperatorError."""
    # Read when OpenMP's library is loaded, with torch: threads that wait for each other sleep, or
    # anything else that runs on the machine makes every step many times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from bot.grading.training.config import read

    config = read(path)
    try:
        from bot.grading.training import run
    except ModuleNotFoundError as error:
        raise OperatorError(f"Training needs {error.name}: pip install '.[train]'") from error
    from rich.console import Console

    from bot.cli.progress import TrainingBar

    with TrainingBar(Console(stderr=True), [stage.name for stage in config.stage]) as bar:
        folder = run.run(config, told=bar.told, stages=stages)
    typer.echo((folder / "run.json").read_text(encoding="utf-8"))
