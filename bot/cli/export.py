"""`tutor grade export`: the int8 model, and how far its grades agree with those of fp32."""

import typer

from bot.cli.examples import verdicts
from bot.cli.grade import loaded
from bot.cli.progress import working
from bot.grading import entailment, export
from bot.settings import GraderSettings, Settings

WANTED = 0.97
"""The share of the banks' examples that both engines should give the same label."""
COMPARED = 300
"""How many of them are graded twice: all would take hours."""


def exported(settings: Settings) -> bool:
    """Export, print where it is and how far it agrees; return whether that is as far as wanted.
    A build that does not agree is taken away, so that nothing grades with it.

    Raises OperatorError: no fine-tuned weights, no onnx packages, no right to write.
    """
    grader = settings.grader
    folder = entailment.weights_of(grader)
    with working("Exporting"):
        path = export.export(folder)
    typer.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    plain, small = (
        verdicts(
            [settings.banks.folder],
            loaded(_with(grader, engine)),
            batch=grader.batch,
            most=COMPARED,
        )
        for engine in ("torch", "onnx")
    )
    if not plain:
        typer.echo("There are no graded examples in the banks to compare the two engines with.")
        return True
    same = sum(one == other for one, other in zip(plain, small, strict=True))
    share = same / len(plain)
    typer.echo(f"Its grades agree with fp32 on {same} of {len(plain)} examples ({share:.1%}).")
    if share < WANTED:
        path.unlink()
        typer.echo(
            f"That is less than the {WANTED:.0%} wanted: the build was taken away. "
            "Leave grader.engine at torch."
        )
        return False
    typer.echo('Set grader.engine to "onnx" in config.toml to use it.')
    return True


def _with(settings: GraderSettings, engine: str) -> GraderSettings:
    return settings.model_copy(update={"engine": engine, "precision": "fp32"})
