"""`tutor doctor`: one look at everything that the bot needs. Each line is ok, or says what to do.

It changes nothing and sends nothing: the database is only read, and on Discord it logs in over HTTP
and asks for servers, channels and the bot's own roles.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot import settings as configuration
from bot.bank.check import check_folder
from bot.bank.load import read_folder
from bot.clock import Clock, system_clock
from bot.domain.schedule import Schedule
from bot.errors import ConfigurationError, OperatorError
from bot.grading.service import Load, load_default
from bot.logs import report_bug
from bot.settings import Settings
from bot.store import Store, backup
from bot.store.errors import parse_url, place
from bot.store.queries import health, meta, schedules

if TYPE_CHECKING:
    import discord

LEAST_FREE_BYTES = 500_000_000
"""Room for the database to grow, and for a copy of it."""
CLOCK_SLACK = timedelta(minutes=2)
"""Clocks are corrected by less than this all the time."""


class Outcome(NamedTuple):
    """What one look found: that all is well (with what it saw), or what to do."""

    ok: bool
    text: str


@dataclass(slots=True)
class Case:
    """What the looks share: what they are given, and what earlier ones found out."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Clock = system_clock
    load: Load = load_default
    client: "Callable[[], discord.Client] | None" = None
    """Makes the client that asks Discord; None: an ordinary one."""
    settings: Settings = field(default_factory=Settings)
    token: SecretStr | None = None
    latest_time: datetime | None = None
    """The last time that the database has seen."""
    schedules: list[Schedule] = field(default_factory=list[Schedule])


Look: TypeAlias = Callable[[Case], Awaitable[list[Outcome]]]


async def examine(
    case: Case, showing: Callable[[str], AbstractContextManager[object]] = nullcontext
) -> AsyncIterator[tuple[str, Outcome]]:
    """Yield the name and the outcome of every look, in the order of `LOOKS`.

    `showing` is entered with the name for as long as a look takes.
    """
    for name, look in LOOKS:
        try:
            with showing(name):
                outcomes = await look(case)
        except OperatorError as error:
            outcomes = [Outcome(ok=False, text=line) for line in str(error).splitlines()]
        except Exception as error:  # noqa: BLE001 - one broken look must not end the others
            error_id = report_bug(f"tutor doctor, {name}", error)
            text = f"could not be looked at: error {error_id}, details above. Please report it."
            outcomes = [Outcome(ok=False, text=text)]
        for outcome in outcomes:
            yield name, outcome


async def _configuration(case: Case) -> list[Outcome]:
    case.settings = configuration.load(environ=case.environ)
    return [Outcome(ok=True, text="every setting is valid")]


async def _token(case: Case) -> list[Outcome]:
    case.token = configuration.token(case.environ)
    if case.token is None:
        raise ConfigurationError(
            f"{configuration.TOKEN_VARIABLE} is not set: `tutor run` needs it, `tutor demo` does"
            " not. README.md tells how to get one. What concerns Discord was not looked at."
        )
    return [Outcome(ok=True, text="has the shape of a token")]


async def _database(case: Case) -> list[Outcome]:
    database = case.settings.database
    url = parse_url(database.url)
    where = place(url)
    if url.get_backend_name() == "sqlite" and not _look_at_file(Path(where)):
        return [Outcome(ok=True, text=f"{where} will be made when the bot starts")]
    info = await backup.info(database.url, database.backups)
    if info.version != info.newest:
        known = (info.version or "") < info.newest
        raise OperatorError(
            f"{where} has version {info.version or 'none'}, this program has {info.newest}. "
            + ("Run: tutor db upgrade" if known else "Install the newer program that it is from.")
        )
    store = Store(url)
    try:
        damage = await store.read(health.damage)
        latest = await store.read(meta.get, key=meta.LATEST_TIME)
        case.schedules = await store.read(schedules.active)
    finally:
        await store.close()
    if damage:
        raise OperatorError(
            f"{where} is damaged ({damage[0]}). Stop the bot and put the newest good backup from"
            f" {database.backups} in its place; the damaged file is kept: tutor db restore"
        )
    case.latest_time = datetime.fromisoformat(latest) if latest else None
    return [Outcome(ok=True, text=f"{where} is whole, at version {info.version}")]


def _look_at_file(file: Path) -> bool:
    """Return whether there is a file; raise OperatorError when it cannot be written or grow."""
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    for path in (folder, file):
        if path.exists() and not os.access(path, os.W_OK):
            raise OperatorError(
                f"{path} cannot be written. Let the user that runs the bot write to it."
            )
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise OperatorError(
            f"Only {free // 1_000_000} MB are free where {file} lies. Free some space: the bot"
            " cannot store answers on a full disk."
        )
    return file.exists()


async def _model(case: Case) -> list[Outcome]:
    try:
        grader = await asyncio.to_thread(case.load, case.settings.grader)
    except OperatorError:
        raise
    except Exception as error:
        # A broken install can raise anything at import.
        raise OperatorError(
            f"The model cannot be loaded ({type(error).__name__}: {str(error)[:200]}). Run `make"
            " setup` again; until then explanations are kept and not graded."
        ) from error
    return [Outcome(ok=True, text=f"{grader.name} loads")]


async def _banks(case: Case) -> list[Outcome]:
    folder = case.settings.banks.folder
    found = await asyncio.to_thread(check_folder, folder)
    if found:
        raise OperatorError(f"{len(found)} findings, the first: {found[0]}. Run: tutor check")
    files, _ = await asyncio.to_thread(read_folder, folder)
    count = sum(len(file.placed) for file in files)
    return [Outcome(ok=True, text=f"{folder}: banks {len(files)}, questions {count}")]


async def _clock(case: Case) -> list[Outcome]:
    try:
        ZoneInfo("Europe/Berlin")
    except (KeyError, OSError):
        raise OperatorError(
            "Python finds no time zones. Install them: pip install tzdata"
        ) from None
    now = case.clock()
    if case.latest_time is not None and case.latest_time - now > CLOCK_SLACK:
        raise OperatorError(
            f"This machine says {now:%Y-%m-%d %H:%M} UTC, but the database has seen"
            f" {case.latest_time:%Y-%m-%d %H:%M} UTC. Set the clock, or let NTP do it."
        )
    return [Outcome(ok=True, text=f"{now:%Y-%m-%d %H:%M} UTC; time zones are there")]


async def _discord(case: Case) -> list[Outcome]:
    if case.token is None:
        return []
    from bot.channels import look

    return [Outcome(ok, text) for ok, text in await look(case.token, case.schedules, case.client)]


LOOKS: tuple[tuple[str, Look], ...] = (
    ("configuration", _configuration),
    ("token", _token),
    ("database", _database),
    ("model", _model),
    ("banks", _banks),
    ("clock", _clock),
    ("discord", _discord),
)
