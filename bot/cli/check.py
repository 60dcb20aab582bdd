"""`tutor check`: the findings about banks, wherever they lie."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from bot.bank.check import check_folder
from bot.bank.load import BankFile, Finding, read_bank, read_folder
from bot.bank.run_code import prove_all
from bot.cli.progress import steps
from bot.settings import GraderSettings


def findings(paths: Sequence[Path], *, run_code: bool) -> list[Finding]:
    """Return what is wrong with the banks in the files and folders, in order, each once.

    A file is held against its neighbours, but only what is wrong with it is returned. `run_code`
    runs programs that stand in the banks.
    """
    paths = [_short(path) for path in paths]
    found: set[Finding] = set()
    for path in paths:
        if path.is_file():
            found.update(one for one in check_folder(path.parent) if one.path == path)
        else:
            found.update(check_folder(path))
    if run_code:
        found.update(_proofs(paths))
    return sorted(found)


def misjudged(paths: Sequence[Path], settings: GraderSettings) -> list[Finding]:
    """Return the graded examples that the grader gets wrong (see `grade_examples`), and tell on
    standard error what it called them all. Raises OperatorError without a usable model.
    """
    from bot.cli.examples import grade_examples
    from bot.cli.grade import loaded

    graded = grade_examples(
        [_short(path) for path in paths], loaded(settings), batch=settings.batch
    )
    for line in graded.summary():
        typer.echo(line, err=True)
    return sorted(graded.findings)


def _proofs(paths: Sequence[Path]) -> Iterator[Finding]:
    programs = [
        (file, placed)
        for file in _files(paths)
        for placed in file.placed
        if placed.question.program is not None
    ]
    proofs = prove_all([placed.question for _, placed in programs])
    for file, placed in steps(programs, "Running the programs"):
        for what in next(proofs):
            yield file.finding(placed, ("program",), what)


def _files(paths: Sequence[Path]) -> Iterator[BankFile]:
    for path in paths:
        if path.is_file():
            yield read_bank(path)
        else:
            yield from read_folder(path)[0]


def _short(path: Path) -> Path:
    """Return the path from here, where it lies below: findings are read by people."""
    here = Path.cwd()
    path = path.absolute()
    return path.relative_to(here) if path.is_relative_to(here) else path
