"""`tutor grade`: JSON lines in, JSON lines out."""

import json
import os
from typing import TextIO

import typer

from bot.cli.progress import working
from bot.grading.lines import grade_lines
from bot.grading.service import Grader, load_default
from bot.settings import GraderSettings


def loaded(settings: GraderSettings) -> Grader:
    """Load the grader for a command of the shell: it has no event loop beside it, and may use every
    core. Raises OperatorError without a usable model.
    """
    with working("Loading the model"):
        return load_default(settings.model_copy(update={"threads": os.cpu_count() or 1}))


def grade_all(lines: TextIO, settings: GraderSettings) -> bool:
    """Print the grade of each line; return whether a line was bad. Raises OperatorError without a
    usable model.
    """
    grader = loaded(settings)
    bad = False
    for line in grade_lines(lines, grader, batch=settings.batch):
        typer.echo(line)
        bad = bad or "error" in json.loads(line)
    return bad
