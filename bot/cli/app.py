"""The commands, each a few lines: read the settings, call what does it, print what came of it."""

import asyncio
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

import typer
from typer.core import TyperGroup

from bot import logs
from bot.cli.banks import banks
from bot.cli.progress import working
from bot.cli.told import CONFIGURATION, FINDINGS, errors_told, leave_stuck_threads
from bot.errors import ConfigurationError, OperatorError

A = TypeVar("A")
B = TypeVar("B")


class _Group(TyperGroup):
    """Every command's errors go through `errors_told`."""

    def invoke(self, ctx: Any) -> Any:
        with errors_told():
            return super().invoke(ctx)


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_DEMO_NEEDS = {"simcord", "aiohttp", "linkify_it", "markdown_it", "PIL", "regex"}

grading = typer.Typer()
app.add_typer(grading, name="grade")
database = typer.Typer(no_args_is_help=True)
app.add_typer(database, name="db", help="Look after the database.")
app.add_typer(banks, name="bank", help="Bring banks in and out, in other programs' formats.")


def main() -> None:
    """Run the command line that the process was started with."""
    logs.set_up("WARNING")
    try:
        app(prog_name="tutor")
    except SystemExit as end:
        leave_stuck_threads(end.code)
        raise


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tutor {version('tutor-bot')}")
        raise typer.Exit


@app.callback()
def tutor(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """A Discord bot that teaches. Its settings stand in config.toml."""


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8765,
) -> None:
    """Try the tutor in the browser: a simulated Discord, no account, no token."""
    try:
        from bot.demo.launcher import main as play
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in _DEMO_NEEDS:
            raise
        raise OperatorError(
            f"The demo needs {error.name}, which is not installed. Run `make setup`, or in this"
            " folder: pip install '.[demo]'"
        ) from error
    play(port)


@app.command()
def run() -> None:
    """Run the tutor on Discord until it is stopped. The token comes from DISCORD_TOKEN."""
    from bot.settings import load, token

    settings, secret = _both(load, token)
    if secret is None:
        raise ConfigurationError(
            "DISCORD_TOKEN is not set: the tutor logs in with it. Create a bot in Discord's"
            " developer portal (README.md, 'Run it on Discord'), copy its token, and run"
            " DISCORD_TOKEN=… tutor run. To try the tutor without Discord: tutor demo"
        )
    logs.set_up(settings.log.level, token=secret.get_secret_value())
    from bot.cli.serve import serve

    serve(settings, secret)


def _both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Return what both return; mistakes of both are told at once."""
    mistakes: list[str] = []
    one = two = None
    try:
        one = first()
    except ConfigurationError as error:
        mistakes.append(str(error))
    try:
        two = second()
    except ConfigurationError as error:
        mistakes.append(str(error))
    if mistakes:
        raise ConfigurationError("\n".join(mistakes))
    return cast(A, one), cast(B, two)


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            exists=True, help="Banks or folders of banks; the configured folder if none."
        ),
    ] = None,
    run_code: Annotated[
        bool,
        typer.Option("--run-code", help="Run the questions' programs too, to prove their keys."),
    ] = False,
    grade: Annotated[
        bool,
        typer.Option("--grade", help="Grade the questions' examples too, and list the misjudged."),
    ] = False,
) -> None:
    """Check the configuration and the banks; every finding is a line."""
    from bot.cli.check import findings, misjudged
    from bot.settings import Settings, load

    wrong = False
    settings = Settings()
    try:
        settings = load()
        paths = paths or [settings.banks.folder]
    except ConfigurationError as error:
        wrong = True
        typer.echo(str(error))
    found = findings(paths or [], run_code=run_code)
    if grade and paths:
        found += misjudged(paths, settings.grader)
    for finding in found:
        typer.echo(str(finding))
    if wrong:
        raise typer.Exit(CONFIGURATION)
    if found:
        raise typer.Exit(FINDINGS)
    typer.echo("The configuration and the banks are in order.", err=True)


@grading.callback(invoke_without_command=True)
def grade(ctx: typer.Context) -> None:
    """Grade JSON lines from standard input; each answer is a JSON line too.

    In: {"id", "question", "references": [...], "answer"}, and "key_points": [...] if there are any.
    """
    if ctx.invoked_subcommand is not None:
        return
    from bot.cli.grade import grade_all
    from bot.settings import load

    stdin = typer.get_text_stream("stdin", encoding="utf-8", errors="replace")
    if grade_all(stdin, load().grader):
        raise typer.Exit(FINDINGS)


@grading.command()
def export() -> None:
    """Make the int8 model for small machines, and compare its grades with those of fp32."""
    from bot.cli.export import exported
    from bot.settings import load

    if not exported(load()):
        raise typer.Exit(FINDINGS)


@grading.command("export-reviews")
def export_reviews() -> None:
    """Print what moderators decided, as training data: JSON lines for `tutor train`.

    Only of members who agreed (/privacy training), and without ids of any kind.
    """
    from bot.cli.reviews import lessons, line
    from bot.settings import load

    found = asyncio.run(lessons(load().database))
    for lesson in found.given:
        typer.echo(line(lesson))
    typer.echo(
        f"{len(found.given)} reviews; {found.withheld} more are of members who did not agree.",
        err=True,
    )


@app.command()
def train(
    config: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The run (TOML).")],
    stages: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many stages; a later call goes on.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Another seed than the configuration's; its own folder.")
    ] = None,
    all_folds: Annotated[
        bool, typer.Option("--all-folds", help="Run every fold and pool their scores.")
    ] = False,
) -> None:
    """Train the grader's model; the run's folder is data/runs/NAME. Interrupted runs go on."""
    from bot.cli.train import trained

    trained(config, stages, seed, all_folds)


@app.command()
def evaluate(
    rows: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, dir_okay=False, help="Graded answers: JSON lines, or .gz."),
    ] = None,
    official: Annotated[
        list[Path] | None,
        typer.Option(exists=True, file_okay=False, help="Folder of SemEval-2013 Task 7 (XML)."),
    ] = None,
    banks: Annotated[bool, typer.Option(help="The banks' examples, and attacks on them.")] = True,
    attacks: Annotated[bool, typer.Option(help="Attacks on every set's questions.")] = True,
    texts: Annotated[int, typer.Option(min=1, help="Texts of a family of attacks, about.")] = 200,
    speed: Annotated[bool, typer.Option(help="How fast it is.")] = True,
    seed: Annotated[int, typer.Option(help="Of attacks and intervals.")] = 0,
    note: Annotated[str, typer.Option(help="A line for the report's head.")] = "",
    held: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Only what this run.json held out."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the report.")] = Path("build/evaluation"),
    card: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Weights to write MODEL_CARD.md beside."),
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="Only the card, from these report.json."),
    ] = None,
) -> None:
    """Measure the grader: on graded answers, under attack, on the banks' examples, by the clock.

    Writes report.json, report.md and plots; with --card the weights' model card too.
    """
    from bot.cli.evaluate import Choices, carded, evaluated
    from bot.settings import load

    if report:
        if card is None:
            raise typer.BadParameter("--report needs --card, the folder of the weights.")
        carded(report, card)
        return
    settings = load()
    folder = settings.banks.folder if banks else None
    choices = Choices(
        rows or (), official or (), folder, out, attacks, texts, speed, seed, note, held, card
    )
    evaluated(choices, settings.grader)


@app.command()
def doctor() -> None:
    """Look at everything that the tutor needs; each line is ok, or says what to do."""
    from bot.cli.examination import examined

    if not asyncio.run(examined()):
        raise typer.Exit(FINDINGS)


@database.command()
def upgrade() -> None:
    """Bring the database to this program's version; `tutor run` does it too."""
    from bot.cli.database import upgraded
    from bot.settings import load

    with working("Upgrading the database"):
        told = asyncio.run(upgraded(load().database))
    typer.echo(told)


@database.command()
def backup() -> None:
    """Copy the database while the bot runs, check the copy, and print where it is."""
    from bot.cli.database import backed_up
    from bot.settings import load

    with working("Copying the database"):
        told = asyncio.run(backed_up(load().database))
    typer.echo(told)


@database.command()
def restore(
    file: Annotated[
        Path | None,
        typer.Argument(dir_okay=False, help="The backup; the newest good one if none is named."),
    ] = None,
) -> None:
    """Put a backup into the database's place, with the bot stopped; what was there is kept."""
    from bot.cli.database import restored
    from bot.settings import load

    with working("Restoring the database"):
        told = asyncio.run(restored(load().database, file))
    typer.echo(told)


@database.command()
def info() -> None:
    """Show where the database is, its version, its size, and how much is in it."""
    from bot.cli.database import described
    from bot.settings import load

    for name, value in asyncio.run(described(load().database)):
        typer.echo(f"{name:<12}  {value}")
