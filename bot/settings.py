"""Every setting: defaults and meaning stand in config.toml, the types and limits here."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.domain.round import Manner

ROOT = Path(__file__).parent.parent


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is not an IANA time zone")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(_Section):
    """Where the data lives."""

    url: str = "sqlite+aiosqlite:///data/tutor.db"
    backups: Path = Path("data/backups")
    backups_kept: Annotated[int, Field(ge=1)] = 7


class BankSettings(_Section):
    """Where the banks are."""

    folder: Path = Path("questions")


class ServerSettings(_Section):
    """What holds for a server until its moderators say otherwise."""

    zone: Zone = "Etc/UTC"
    locale: str = "en"


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

    engine: Literal["torch"] = "torch"
    model: str = ""
    threads: Annotated[int, Field(ge=1, le=64)] = 1
    batch: Annotated[int, Field(ge=1, le=256)] = 32
    queue: Annotated[int, Field(ge=1)] = 500
    time_limit_seconds: Annotated[float, Field(gt=0)] = 60


class LogSettings(_Section):
    """How much is logged."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Settings(BaseSettings):
    """All settings: the environment (`TUTOR_SECTION__KEY`) over config.toml over the defaults."""

    model_config = SettingsConfigDict(
        env_prefix="TUTOR_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    database: DatabaseSettings = DatabaseSettings()
    banks: BankSettings = BankSettings()
    server: ServerSettings = ServerSettings()
    rounds: RoundSettings = RoundSettings()
    hints: HintSettings = HintSettings()
    explanations: ExplanationSettings = ExplanationSettings()
    grader: GraderSettings = GraderSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the environment first, then the file that `load` names."""
        path = init_settings().pop("config_path", ROOT / "config.toml")
        return (env_settings, TomlConfigSettingsSource(settings_cls, path))


def load(path: Path | None = None, **overrides: Any) -> Settings:
    """Read config.toml (or `path`) and the environment. Raises ConfigurationError."""
    raise NotImplementedError


def token() -> SecretStr | None:
    """Return DISCORD_TOKEN, or None when it is not set. It is never read from a file."""
    value = os.environ.get("DISCORD_TOKEN", "").strip()
    return SecretStr(value) if value else None
