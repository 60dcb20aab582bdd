"""The commands `tutor bank …`; what they do stands in `bank`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.told import FINDINGS

banks = typer.Typer(no_args_is_help=True)

_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file to read.")]
_Write = Annotated[Path | None, typer.Option(help="The file to write; it must not be there yet.")]
_Format = Annotated[
    str | None, typer.Option("--format", help="The file's format; found out if not given.")
]
_Title = Annotated[str | None, typer.Option(help="The bank's title.")]
_Difficulty = Annotated[
    int | None, typer.Option(min=1, max=5, help="For questions without a difficulty.")
]
_Map = Annotated[
    list[str] | None, typer.Option("--map", help="What a table's column holds: HEADER=KEY.")
]


@banks.command("import")
def import_(
    file: _File,
    format_: _Format = None,
    write: _Write = None,
    title: _Title = None,
    topic: Annotated[str | None, typer.Option(help="For questions without a topic.")] = None,
    difficulty: _Difficulty = None,
    source: Annotated[str | None, typer.Option(help="For questions without a source.")] = None,
    licence: Annotated[str | None, typer.Option(help="For questions without a licence.")] = None,
    columns: _Map = None,
    whole_only: Annotated[
        bool, typer.Option("--whole-only", help="Write only questions that lack nothing.")
    ] = False,
    duplicates: Annotated[
        bool, typer.Option("--duplicates", help="Write also what another question asks already.")
    ] = False,
) -> None:
    """Tell what of a file comes in, line by line; with --write also write it as a bank.

    Formats: toml, gift, moodle-xml, aiken, qti, csv, kahoot, opentdb, anki-notes, red.
    """
    from bot.bank.formats.table import READ
    from bot.cli import bank
    from bot.settings import load

    values = {"topic": topic, "difficulty": difficulty, "source": source, "licence": licence}
    choices = bank.Choices(
        bank.checked_format(format_, READ),
        write,
        title,
        {key: value for key, value in values.items() if value},
        bank.mapping(columns or ()),
        whole_only,
        duplicates,
    )
    if not bank.imported(file, load().banks.folder, choices):
        raise typer.Exit(FINDINGS)


@banks.command("export")
def export_bank(
    file: _File,
    format_: Annotated[
        str | None, typer.Option("--format", help="The format to write; by --write if not given.")
    ] = None,
    write: _Write = None,
    title: _Title = None,
) -> None:
    """Write a bank for another program, and tell what its format has no place for.

    Formats: toml, gift, moodle-xml, aiken, csv, anki.
    """
    from bot.cli import bank

    target = bank.target_format(format_, write)
    if not bank.exported(file, target, bank.Choices("toml", write, title)):
        raise typer.Exit(FINDINGS)


@banks.command()
def convert(
    file: _File,
    format_: _Format = None,
    to: Annotated[
        str | None, typer.Option("--to", help="The format to write; by --write if not given.")
    ] = None,
    write: _Write = None,
    title: _Title = None,
    columns: _Map = None,
) -> None:
    """Turn a file of one program into that of another; it need not be complete as a bank."""
    from bot.bank.formats.table import READ
    from bot.cli import bank

    choices = bank.Choices(
        bank.checked_format(format_, READ), write, title, columns=bank.mapping(columns or ())
    )
    if not bank.exported(file, bank.target_format(to, write), choices):
        raise typer.Exit(FINDINGS)
