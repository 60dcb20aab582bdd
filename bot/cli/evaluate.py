"""`tutor evaluate`: measure the grader, and say where the figures are."""

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from bot.bank.load import load_banks
from bot.cli.progress import steps
from bot.settings import GraderSettings


@dataclass(frozen=True, slots=True)
class Choices:
    """What the command line says."""

    rows: Sequence[Path]
    official: Sequence[Path]
    banks: Path | None
    out: Path
    attacks: bool
    texts: int
    speed: bool
    seed: int
    note: str
    held: Path | None
    card: Path | None


def evaluated(choices: Choices, settings: GraderSettings) -> None:
    """Measure, write the report, and print where. Raises OperatorError."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in training: see bot/cli/train.py
    from bot.cli.grade import loaded
    from bot.grading import entailment
    from bot.grading.evaluation import card, table
    from bot.grading.evaluation.evaluate import Wanted, evaluate, held_by, write
    from bot.grading.training import record

    questions = [
        question
        for bank in (load_banks(choices.banks) if choices.banks else [])
        for question in bank.questions
    ]
    grader = loaded(settings)
    wanted = Wanted(
        rows=choices.rows,
        official=choices.official,
        questions=questions,
        attacks=choices.attacks,
        texts=choices.texts,
        speed=choices.speed,
        seed=choices.seed,
        threads=os.cpu_count() or 1,
        held=held_by(choices.held) if choices.held else None,
        held_by=str(choices.held or ""),
        weights=entailment.weights_of(settings),
        command=shlex.join(["tutor", *sys.argv[1:]]),
        commit=record.commit(),
        note=choices.note,
        steps=steps,
    )
    report = evaluate(grader, wanted)
    written = write(report, choices.out)
    if choices.card is not None:
        written.append(card.write([report], choices.card))
    typer.echo("\n".join(table.sections(report)))
    for path in written:
        typer.echo(str(path), err=True)


def carded(reports: Sequence[Path], folder: Path) -> None:
    """Write the model card from reports that are there. Raises OperatorError."""
    from bot.grading.evaluation import card
    from bot.grading.evaluation.report import read

    typer.echo(str(card.write([read(path) for path in reports], folder)))
