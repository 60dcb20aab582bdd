"""`tutor bank …`: banks in and out. What a file holds is told before anything is written."""

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from bot.bank import exports, report, words
from bot.bank.formats import limits
from bot.bank.formats.table import BY_NAME, WRITTEN
from bot.bank.imports import Incoming, Known, Report, Wishes, report_on
from bot.bank.load import read_bank, read_folder
from bot.errors import OperatorError

_BANK_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,63}\.toml")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the command line says besides the file."""

    format_name: str | None = None
    write: Path | None = None
    title: str | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """topic, difficulty, source, licence."""
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    whole_only: bool = False
    duplicates: bool = False


def imported(path: Path, folder: Path, choices: Choices) -> bool:
    """Tell what is in a file, and write it as a bank if that is wished.

    `folder` holds the bot's banks, with which it is compared. Returns whether all is well: what was
    to be written is written, or without `write` everything would come in whole.
    """
    found = report_on(
        path.name,
        _read(path),
        format_name=choices.format_name,
        known=_known(folder, path),
        wishes=Wishes(choices.defaults, choices.columns),
    )
    for line in report.told(found):
        typer.echo(line)
    typer.echo(report.summary(found), err=True)
    if choices.write is None or found.unreadable:
        return found.clean
    chosen = _chosen(found, choices)
    if not chosen:
        raise OperatorError("Nothing was written, as no question comes in.")
    _may_write(choices.write, folder, chosen)
    title = (choices.title or found.title or path.stem.replace("-", " ").capitalize()).strip()[:80]
    _write(choices.write, report.bank_file(found, title, chosen))
    wrong = read_bank(choices.write).findings
    typer.echo(
        f"Wrote {words.questions(len(chosen))} to {choices.write}."
        + (f" Complete them: `tutor check {choices.write}` tells what lacks." if wrong else ""),
        err=True,
    )
    return True


def exported(path: Path, format_name: str, choices: Choices) -> bool:
    """Write a file's questions in another format; to standard output without `write`.

    Returns whether everything of them is in it. Raises OperatorError for an unreadable file.
    """
    chosen = BY_NAME[format_name]
    if not chosen.is_text and choices.write is None:
        raise OperatorError(
            f"{chosen.title[:1].upper()}{chosen.title[1:]} is no text; add --write NAME"
            f"{chosen.suffixes[0]}"
        )
    found = report_on(
        path.name,
        _read(path),
        format_name=choices.format_name,
        wishes=Wishes(choices.defaults, choices.columns),
    )
    for line in report.told(found, for_export=True):
        typer.echo(line, err=True)
    if found.unreadable or not found.incoming:
        raise OperatorError(f"{report.shown(str(path))}: no question can be exported.")
    title = choices.title or found.title or path.stem
    done = exports.export(format_name, title, [one.values for one in found.incoming])
    for line in done.left_out:
        typer.echo(report.shown(line), err=True)
    if not done.count:
        raise OperatorError(f"Nothing was written: {chosen.title} can hold none of the questions.")
    if choices.write is None:
        typer.echo(done.raw.decode(), nl=False)
    else:
        _may_write(choices.write)
        _write(choices.write, done.raw)
        typer.echo(f"Wrote {words.questions(done.count)} to {choices.write}.", err=True)
    return not found.refused


def checked_format(name: str | None, allowed: Sequence[str]) -> str | None:
    """Return a format's name. Raises typer.BadParameter for one that is not among `allowed`."""
    if name is not None and name not in allowed:
        raise typer.BadParameter(f"{name!r} is none of: {', '.join(allowed)}")
    return name


def target_format(name: str | None, write: Path | None) -> str:
    """Return the format to write: as named, or by the suffix of the file to write."""
    if name is not None:
        return str(checked_format(name, WRITTEN))
    suffix = write.suffix.casefold() if write else ""
    for one in WRITTEN:
        # Only the first one: a .tsv is read as a table, and what is written has commas.
        if suffix == BY_NAME[one].suffixes[0]:
            return one
    raise typer.BadParameter(f"Name the format to write by --to: {', '.join(WRITTEN)}")


def mapping(pairs: Sequence[str]) -> dict[str, str]:
    """Return 'Header=key' pairs as a mapping. Raises typer.BadParameter for what is none."""
    split = [pair.rpartition("=") for pair in pairs]
    for pair, (header, sign, key) in zip(pairs, split, strict=True):
        if not (header and sign and key):
            raise typer.BadParameter(f"--map {pair!r}: write HEADER=KEY, such as Stem=prompt")
    return {header.strip(): key.strip() for header, _, key in split}


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte too many is enough to be refused.
            return file.read(limits.MAX_BYTES + 1)
    except OSError as error:
        raise OperatorError(f"{path} cannot be read ({error.strerror}).") from error


def _known(folder: Path, imported_path: Path) -> list[Known]:
    files, _ = read_folder(folder)
    return [
        Known(placed.question, f"{file.path.name}:{file.lines.of(placed.index, ('prompt',))}")
        for file in files
        if file.path.resolve() != imported_path.resolve()
        for placed in file.placed
    ]


def _chosen(found: Report, choices: Choices) -> list[Incoming]:
    return [
        one
        for one in found.incoming
        if (choices.duplicates or not one.same_as) and not (choices.whole_only and one.missing)
    ]


def _may_write(path: Path, folder: Path | None = None, chosen: Sequence[Incoming] = ()) -> None:
    """Raise OperatorError where writing would overwrite a file, or keep the bot from starting."""
    if path.exists():
        raise OperatorError(f"{path} is there already; choose another name, nothing was written.")
    if not path.parent.is_dir():
        raise OperatorError(f"There is no folder {path.parent}; create it, nothing was written.")
    if folder is None:
        return
    if not _BANK_NAME.fullmatch(path.name):
        raise OperatorError(
            "Name a bank in lower-case letters, digits and hyphens, such as history.toml; nothing"
            " was written."
        )
    lacking = sum(bool(one.missing) for one in chosen)
    if lacking and path.parent.resolve() == folder.resolve():
        raise OperatorError(
            f"Something is missing in {words.questions(lacking)}, and the bot does not start with"
            f" such a bank in {folder}. Write it elsewhere and complete it, or add --whole-only;"
            " nothing was written."
        )


def _write(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all. Raises OperatorError."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise OperatorError(f"{path} cannot be written ({error.strerror}).") from error
