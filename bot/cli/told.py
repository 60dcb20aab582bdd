"""From errors to what an operator reads: the one place, with the exit codes.

0 done; 1 findings, or the machine or its files are at fault; 2 wrong usage; 78 wrong configuration
(EX_CONFIG of sysexits.h). A bug ends with 1, an id, and its traceback in the log.
"""

import logging
import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

import typer

from bot.errors import ConfigurationError, TutorError
from bot.logs import report_bug

FINDINGS = 1
CONFIGURATION = 78
_MAY_BE_STUCK = ("grader", "backup")
"""How the names of threads begin that are given up when the tutor stops."""


@contextmanager
def errors_told() -> Generator[None]:
    """Print what is raised inside to standard error, and exit with its code."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
        raise  # typer's own, and a reader that closed the pipe
    except ConfigurationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(CONFIGURATION) from error
    except TutorError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FINDINGS) from error
    except Exception as error:
        # A bug: whatever it is, its traceback goes to the log and not to the person.
        error_id = report_bug("the command line", error)
        typer.echo(
            f"Something went wrong that should not have: error {error_id}. Its details are in the"
            " log; please report them with that number.",
            err=True,
        )
        raise typer.Exit(FINDINGS) from error


def leave_stuck_threads(code: object) -> None:
    """End the process with `code` where a thread that was given up is still at work; else return.
    Python waits for its threads when it ends, and a model may take a minute for a batch; all that
    counts is stored by now.
    """
    if any(thread.name.startswith(_MAY_BE_STUCK) for thread in threading.enumerate()):
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))
