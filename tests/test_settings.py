"""Settings: config.toml over the defaults, the environment over both, every mistake at once."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.configuration import DEFAULT, variable
from bot.domain.round import Manner
from bot.errors import ConfigurationError
from bot.settings import DatabaseSettings, RoundSettings, Settings, load, token

SHAPE = "aaaaaaaaaaaaaaaaaaaaaaaa.bbbbbb." + "c" * 38


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str, **environ: str) -> list[str]:
    """The lines of the error, each without the file's folder."""
    with pytest.raises(ConfigurationError) as caught:
        load(write(folder, text), environ)
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).splitlines()]


# --- The file in the repository


def test_config_toml_holds_every_setting_with_its_default() -> None:
    with DEFAULT.open("rb") as file:
        content = tomllib.load(file)
    assert content == Settings().model_dump(mode="json")


def test_every_line_of_config_toml_says_what_it_is() -> None:
    for line in DEFAULT.read_text(encoding="utf-8").splitlines():
        if re.match(r"\w+ =", line):
            assert re.search(r"  # .{10,}", line), line


def test_every_setting_has_a_variable_that_overrides_it(tmp_path: Path) -> None:
    for section, values in Settings().model_dump(mode="json").items():
        for name, value in values.items():
            load(write(tmp_path, ""), {variable((section, name)): str(value)})


# --- Reading


def test_defaults_read_neither_files_nor_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_ROUNDS__OPEN_MINUTES", "5")
    assert Settings().rounds.open_minutes == 1200
    assert Settings(rounds=RoundSettings(open_minutes=7)).rounds.open_minutes == 7
    with pytest.raises(ValidationError):
        RoundSettings.model_validate({"open_hours": 1})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, '[rounds]\nopen_minutes = 60\nmanner = "open"')
    settings = load(path, {"TUTOR_ROUNDS__OPEN_MINUTES": "90"})
    assert (settings.rounds.open_minutes, settings.rounds.manner) == (90, Manner.OPEN)
    assert settings.rounds.catch_up_minutes == 360


def test_tutor_config_names_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, '[server]\nzone = "Europe/Berlin"')
    assert load(environ={"TUTOR_CONFIG": str(path)}).server.zone == "Europe/Berlin"


def test_without_it_the_repository_s_file_is_read() -> None:
    settings = load(environ={})
    assert settings.banks.folder == DEFAULT.parent / "questions"
    assert settings.rounds == RoundSettings()


def test_relative_paths_start_at_the_file_s_folder(tmp_path: Path) -> None:
    text = '[database]\nurl = "sqlite+aiosqlite:///here.db?timeout=9"\n[grader]\nmodel = "m"'
    settings = load(write(tmp_path, text), {"TUTOR_BANKS__FOLDER": "mine"})
    assert settings.database.url == f"sqlite+aiosqlite:///{tmp_path}/here.db?timeout=9"
    assert settings.database.backups == tmp_path / "data/backups"
    assert settings.banks.folder == tmp_path / "mine"
    assert settings.grader.model == str(tmp_path / "m")


def test_absolute_paths_and_servers_stay_as_they_are(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    for url in ("sqlite+aiosqlite:////var/tutor.db", "postgresql+asyncpg://u:p@h/n"):
        assert load(path, {"TUTOR_DATABASE__URL": url}).database.url == url


def test_a_database_s_address_is_not_shown() -> None:
    assert "secret" not in repr(DatabaseSettings(url="postgresql+asyncpg://u:secret@h/n"))


# --- Mistakes


def test_all_mistakes_are_told_at_once_each_in_a_line(tmp_path: Path) -> None:
    text = """\
[rounds]
open_minutes = 0
manner = "hidden"

[hint]
wait_seconds = 5

[log]
levle = "INFO"
"""
    found = mistakes(tmp_path, text, TUTOR_GRADER__BATCH="many", TUTOR_LOG__LEVLE="INFO")
    assert (
        "\n".join(found)
        == """\
config.toml:5: there is no section hint. Did you mean hints?
config.toml:9: [log] has no levle. Did you mean level?
TUTOR_LOG__LEVLE: there is no such setting. Did you mean TUTOR_LOG__LEVEL? \
Example: TUTOR_LOG__LEVEL=INFO
config.toml:2: rounds.open_minutes must be at least 1, not 0. Example: open_minutes = 1200
config.toml:3: rounds.manner must be 'concealed' or 'open', not 'hidden'. \
Example: manner = "concealed"
TUTOR_GRADER__BATCH: must be a whole number, not 'many'. Example: TUTOR_GRADER__BATCH=32"""
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[rounds]\nopen_minutes = 1.5", "must be a whole number, not 1.5."),
        ('[rounds]\nopen_minutes = "long"', "must be a whole number, not 'long'."),
        ("[rounds]\nopen_minutes = []", "must be a whole number, not []."),
        ("[rounds]\nopen_minutes = true", "rounds.open_minutes is not true or false. Example:"),
        ("[rounds]\nopen_minutes = 10081", "must be at most 10080, not 10081."),
        (f"[rounds]\nopen_minutes = '{'9' * 5000}'", "is too large a number, not '999999"),
        ("[grader]\ntime_limit_seconds = 0", "must be more than 0, not 0."),
        ("[grader]\ntime_limit_seconds = inf", "must be a finite number, not inf."),
        ("[grader]\ntime_limit_seconds = 'x'", "must be a number, not 'x'."),
        ("[grader]\ntime_limit_seconds = []", "must be a number, not []."),
        ("[grader]\nengine = 'tpu'", "must be 'torch' or 'onnx', not 'tpu'."),
        ("[grader]\nmodel = 1", "must be a text in quotes, not 1."),
        ("[banks]\nfolder = 1", "must be a path in quotes, not 1."),
        ("[server]\nzone = 'Berlin'", "must be the name of an IANA time zone, not 'Berlin'."),
        ("[server]\nzone = 'Europe'", "must be the name of an IANA time zone, not 'Europe'."),
        ("[server]\nzone = '../etc'", "must be the name of an IANA time zone, not '../etc'."),
        ("[server]\nlocale = 'english'", "must be the code of a language, such as en or pt-BR"),
        ("[rounds]\nzone = 'Etc/UTC'", "zone belongs into [server], not [rounds]."),
        ("zone = 'Etc/UTC'", "zone stands outside its section. Put it below [server]."),
        ("rounds = 5", "rounds is a section. Example: [rounds], and below it open_minutes = …"),
        ("[xyz]", "there is no section xyz. There are database, banks, server"),
        ("[log]\ncolour = 1", "[log] has no colour. It has level."),
    ],
)
def test_each_mistake_is_told_in_plain_words(tmp_path: Path, text: str, expected: str) -> None:
    (line,) = mistakes(tmp_path, text)
    assert re.match(r"config\.toml:\d: ", line)
    assert expected in line


@pytest.mark.parametrize(
    "url",
    ["sqlite:///tutor.db", "sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "mysql://u:pw@h"],
)
def test_a_database_s_address_is_checked_and_not_repeated(tmp_path: Path, url: str) -> None:
    (line,) = mistakes(tmp_path, f"[database]\nurl = '{url}'")
    assert line.startswith("config.toml:2: database.url must be a file (sqlite+aiosqlite:///")
    assert url not in line.replace("sqlite+aiosqlite:///data/tutor.db", "")


def test_a_line_is_found_for_dotted_and_inline_keys(tmp_path: Path) -> None:
    text = "log.level = 'x'\nhints = {wait_seconds = -1}\n\n['rounds']\n\"counts\" = 'all'\n"
    starts = [line.split(" ")[0] for line in mistakes(tmp_path, text)]
    assert sorted(starts) == ["config.toml:1:", "config.toml:2:", "config.toml:5:"]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, "[log]\nlevel = INFO\n")
    assert line.startswith("config.toml:2: is not TOML: invalid value. Example: [log]")
    (line,) = mistakes(tmp_path, '[log]\nlevel = "')
    assert line.startswith("config.toml:2: is not TOML: ")


@pytest.mark.parametrize("text", [f"token = '{SHAPE}'", f"[log]\nDiscord_Token = '{SHAPE}'"])
def test_a_token_in_the_file_is_refused_with_the_reason(tmp_path: Path, text: str) -> None:
    (line,) = mistakes(tmp_path, text)
    assert "the token is not read from a file, which others may come to see." in line
    assert line.endswith("the environment: DISCORD_TOKEN=…")
    assert SHAPE not in line


def test_a_token_in_another_variable_is_sent_to_its_own(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "", TUTOR_DISCORD_TOKEN=SHAPE) == [
        "TUTOR_DISCORD_TOKEN: the token's variable is called DISCORD_TOKEN."
    ]


def test_a_missing_or_unreadable_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere: there is no such file\. Run tutor"):
        load(environ={"TUTOR_CONFIG": str(tmp_path / "nowhere")})
    with pytest.raises(ConfigurationError, match=r"cannot be read \(Is a directory\)"):
        load(tmp_path)
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"# \xe9")
    with pytest.raises(ConfigurationError, match=r"is not UTF-8 text\."):
        load(latin)


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[hints]\nwait_seconds = 5", encoding="utf-8-sig")
    assert load(path, {}).hints.wait_seconds == 5


# --- The token


def test_the_token_comes_from_the_environment_without_its_spaces() -> None:
    found = token({"DISCORD_TOKEN": f" {SHAPE}\n"})
    assert found is not None
    assert found.get_secret_value() == SHAPE
    assert SHAPE not in repr(found)


@pytest.mark.parametrize("environ", [{}, {"DISCORD_TOKEN": "  "}])
def test_no_token_is_none(environ: dict[str, str]) -> None:
    assert token(environ) is None


@pytest.mark.parametrize("wrong", [f"Bot {SHAPE}", f'"{SHAPE}"', "abc", "a..c", "a.b.c.d"])
def test_what_cannot_be_a_token_is_told_without_repeating_it(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="DISCORD_TOKEN is not a bot's token") as caught:
        token({"DISCORD_TOKEN": wrong})
    assert wrong not in str(caught.value)
