"""`tutor grade`: JSON lines in, JSON lines out."""

import json
from typing import TextIO

import typer

from bot.cli.progress import working
from bot.grading.lines import grade_lines
from bot.grading.service import load_default
from bot.settings import GraderSettings


def grade_all(lines: TextIO, settings: GraderSettings) -> bool:
    """Print the grade of each line; return whether a line was bad. Raises OperatorError without a
    usable model.
    """
    with working("Loading the model"):
        grader = load_default(settings)
    bad = False
    for line in grade_lines(lines, grader, batch=settings.batch):
        typer.echo(line)
        bad = bad or "error" in json.loads(line)
    return bad
