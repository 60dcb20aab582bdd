"""`tutor train`: a bar while it runs, and the scores at the end."""

import json
import os
from pathlib import Path

import typer


def trained(path: Path, stages: int | None, seed: int | None, all_folds: bool) -> None:
    """Run the training of a configuration and print what came of it. Raises OperatorError."""
    # Read when OpenMP's library is loaded, with torch: threads that wait for each other sleep, or
    # anything else that runs on the machine makes every step many times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from rich.console import Console

    from bot.cli.progress import TrainingBar
    from bot.grading.training.config import read

    config = read(path)
    if seed is not None:
        config = config.model_copy(update={"seed": seed, "name": f"{config.name}-seed{seed}"})
    from bot.grading.training import run

    with TrainingBar(Console(stderr=True), [stage.name for stage in config.stage]) as bar:
        if all_folds:
            written = run.run_folds(config, told=bar.told) / "folds.json"
        else:
            written = run.run(config, told=bar.told, stages=stages) / "run.json"
    found = json.loads(written.read_text(encoding="utf-8"))
    told = {key: found[key] for key in ("scores", "calibration")}
    typer.echo(json.dumps(told | {"written": str(written)}, indent=2))
