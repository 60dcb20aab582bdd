"""Every setting: defaults and meaning stand in config.toml, the types and limits here.

`Settings()` is the defaults and reads nothing; `load` reads config.toml and the environment, in
`bot/configuration.py`. The token is no setting: it comes from the environment alone.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from bot.domain.round import Manner
from bot.errors import ConfigurationError

TOKEN_VARIABLE = "DISCORD_TOKEN"  # noqa: S105 - the variable's name, not a token
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2}|-\d{3})?", re.ASCII)
_SQLITE_FILE = re.compile(r"sqlite\+aiosqlite:///(?!:memory:)[^?\s][^?]*(\?.*)?")
_POSTGRES = re.compile(r"postgresql\+asyncpg://\S+")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a name, or a folder of names
        raise ValueError("must be the name of an IANA time zone") from None
    return name


def _known_url(url: str) -> str:
    if not (_SQLITE_FILE.fullmatch(url) or _POSTGRES.fullmatch(url)):
        raise ValueError(
            "must be a file (sqlite+aiosqlite:///data/tutor.db) or a PostgreSQL server"
            " (postgresql+asyncpg://user:password@host/name)"
        )
    return url


def _language(code: str) -> str:
    if not _LOCALE.fullmatch(code):
        raise ValueError("must be the code of a language, such as en or pt-BR")
    return code


Zone = Annotated[str, AfterValidator(_known_zone)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(_Section):
    """Where the data lives."""

    # Never shown: it may hold a password.
    url: Annotated[str, AfterValidator(_known_url), Field(repr=False)] = (
        "sqlite+aiosqlite:///data/tutor.db"
    )
    backups: Path = Path("data/backups")
    backups_kept: Annotated[int, Field(ge=1)] = 7
    backup_every_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 24


class BankSettings(_Section):
    """Where the banks are."""

    folder: Path = Path("questions")


class ServerSettings(_Section):
    """What holds for a server until its moderators say otherwise."""

    zone: Zone = "Etc/UTC"
    locale: Annotated[str, AfterValidator(_language)] = "en"


class RoundSettings(_Section):
    """How rounds run unless a schedule says otherwise."""

    open_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 7)] = 1200
    manner: Manner = Manner.CONCEALED
    catch_up_minutes: Annotated[int, Field(ge=0, le=60 * 24)] = 360
    counts: Literal["last", "first"] = "last"


class HintSettings(_Section):
    """How hints are given."""

    wait_seconds: Annotated[int, Field(ge=0, le=3600)] = 60


class ExplanationSettings(_Section):
    """How explanations are taken."""

    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    max_characters: Annotated[int, Field(ge=50, le=4000)] = 1000


class GraderSettings(_Section):
    """How the grader runs."""

    engine: Literal["torch", "onnx"] = "torch"
    model: str = ""
    precision: Literal["auto", "fp32"] = "auto"
    threads: Annotated[int, Field(ge=1, le=64)] = 1
    batch: Annotated[int, Field(ge=1, le=256)] = 32
    queue: Annotated[int, Field(ge=1)] = 500
    time_limit_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 60


class LogSettings(_Section):
    """How much is logged."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Settings(_Section):
    """All settings, one section a subject."""

    database: DatabaseSettings = DatabaseSettings()
    banks: BankSettings = BankSettings()
    server: ServerSettings = ServerSettings()
    rounds: RoundSettings = RoundSettings()
    hints: HintSettings = HintSettings()
    explanations: ExplanationSettings = ExplanationSettings()
    grader: GraderSettings = GraderSettings()
    log: LogSettings = LogSettings()


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the configuration file and the environment, which wins.

    The file is `path`, or what TUTOR_CONFIG names, or the repository's config.toml. Relative paths
    in it and in the environment start at the file's folder; the result's are absolute. `environ`
    is the process's own when None. Raises ConfigurationError: one line for each mistake.
    """
    from bot.configuration import read  # it needs the sections above

    return read(path, os.environ if environ is None else environ)


def token(environ: Mapping[str, str] | None = None) -> SecretStr | None:
    """Return DISCORD_TOKEN, or None when it is not set. It is never read from a file.

    Raises ConfigurationError when it cannot be a bot's token; the message does not repeat it.
    """
    value = (os.environ if environ is None else environ).get(TOKEN_VARIABLE, "").strip()
    if not value:
        return None
    if not _TOKEN.fullmatch(value):
        raise ConfigurationError(
            f"{TOKEN_VARIABLE} is not a bot's token: that has three parts with dots between them,"
            " and no spaces or quotes. Copy it again from Discord's developer portal: your"
            " application, Bot, Reset Token. (The client secret and the public key are others.)"
        )
    return SecretStr(value)
