"""Reading config.toml and the environment into `Settings`, and naming every mistake at once.

A mistake is one line: where it stands (file and line, or the variable), what is wrong, and an
example. Plain reading of the two sources, so that each value is known by where it came from.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from bot.errors import ConfigurationError
from bot.settings import TOKEN_VARIABLE, Settings

DEFAULT = Path(__file__).parent.parent / "config.toml"
FILE_VARIABLE = "TUTOR_CONFIG"
_PREFIX = "TUTOR_"
_SEPARATOR = "__"

Key: TypeAlias = tuple[str, str]
"""Section and name, such as ("rounds", "open_minutes")."""


def _keys() -> dict[Key, Any]:
    """Return every setting with its default."""
    defaults = Settings()
    return {
        (section, name): getattr(getattr(defaults, section), name)
        for section, model in _sections().items()
        for name in model.model_fields
    }


def _sections() -> dict[str, type[BaseModel]]:
    return {name: type(getattr(Settings(), name)) for name in Settings.model_fields}


def variable(key: Key) -> str:
    """Return the environment variable that overrides a setting."""
    return _PREFIX + _SEPARATOR.join(key).upper()


def read(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """See `bot.settings.load`."""
    path = path or Path(environ.get(FILE_VARIABLE) or DEFAULT)
    text = _text(path)
    mistakes: list[str] = []
    place: dict[Key, str] = {}
    values: dict[str, dict[str, Any]] = {}
    lines = _lines(text)
    for key, value in _from_file(path, text, lines, mistakes):
        values.setdefault(key[0], {})[key[1]] = value
        place[key] = _place(path, lines, key)
    for key, value in _from_environment(environ, mistakes):
        values.setdefault(key[0], {})[key[1]] = value
        place[key] = variable(key)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        mistakes += [_wrong_value(details, place) for details in error.errors()]
    else:
        if not mistakes:
            return _anchored(settings, path.absolute().parent)
    raise ConfigurationError("\n".join(mistakes))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path}: there is no such file. Run tutor from a clone of its repository, or name"
            f" a configuration file in {FILE_VARIABLE}; the repository's config.toml is a full one."
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError(
            f"{path}: is not UTF-8 text. Save it again with that encoding."
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}). {FILE_VARIABLE} must name a file that"
            " this user may read."
        ) from None


def _from_file(
    path: Path, text: str, lines: Mapping[tuple[str, ...], int], mistakes: list[str]
) -> Iterator[tuple[Key, Any]]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error))
        what, line = found.groups() if found else (str(error), None)
        number = int(line) if line else len(text.splitlines())
        mistakes.append(
            f"{path}:{number}: is not TOML: {what[:1].lower()}{what[1:]}."
            ' Example: [log], and on the next line level = "INFO"'
        )
        return
    for section, values in content.items():
        if mistake := _wrong_section(section, values):
            mistakes.append(f"{_place(path, lines, (section,))}: {mistake}")
            continue
        table: dict[str, Any] = content[section]
        for name, value in table.items():
            if mistake := _wrong_name(section, name, value):
                mistakes.append(f"{_place(path, lines, (section, name))}: {mistake}")
            else:
                yield (section, name), value


def _from_environment(environ: Mapping[str, str], mistakes: list[str]) -> Iterator[tuple[Key, str]]:
    known = {variable(key): key for key in _keys()}
    for name, value in sorted(environ.items()):
        if not name.startswith(_PREFIX) or name == FILE_VARIABLE:
            continue
        if name in known:
            yield known[name], value
        elif _names_token(name):
            mistakes.append(f"{name}: the token's variable is called {TOKEN_VARIABLE}.")
        else:
            mistakes.append(
                f"{name}: there is no such setting."
                + _did_you_mean(name.upper(), [*known, FILE_VARIABLE])
                + f" Example: {variable(('log', 'level'))}=INFO"
            )


def _names_token(name: str) -> bool:
    return "token" in name.lower()


_TOKEN_IN_FILE = (
    "the token is not read from a file, which others may come to see. Take it out, and put it into"
    f" the environment: {TOKEN_VARIABLE}=…"
)


def _wrong_section(section: str, values: object) -> str | None:
    sections = _sections()
    if _names_token(section):
        return _TOKEN_IN_FILE
    if section in sections:
        if isinstance(values, dict):
            return None
        name = next(iter(sections[section].model_fields))
        return f"{section} is a section. Example: [{section}], and below it {name} = …"
    homes = [key[0] for key in _keys() if key[1] == section]
    if homes and not isinstance(values, dict):
        return f"{section} stands outside its section. Put it below [{homes[0]}]."
    meant = _did_you_mean(section, list(sections))
    return f"there is no section {section}." + (meant or f" There are {', '.join(sections)}.")


def _wrong_name(section: str, name: str, value: object) -> str | None:
    names = list(_sections()[section].model_fields)
    if _names_token(name):
        return _TOKEN_IN_FILE
    if name in names:
        # pydantic would take true for 1.
        if isinstance(value, bool):
            return f"{section}.{name} is not true or false. Example: {_example((section, name))}"
        return None
    homes = [key[0] for key in _keys() if key[1] == name]
    if homes:
        return f"{name} belongs into [{homes[0]}], not [{section}]."
    meant = _did_you_mean(name, names)
    return f"[{section}] has no {name}." + (meant or f" It has {', '.join(names)}.")


def _example(key: Key) -> str:
    default = _keys()[key]
    shown = default if isinstance(default, int | float) else f'"{default}"'
    return f"{key[1]} = {shown}"


def _did_you_mean(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""


_WRONG: dict[str, Callable[[dict[str, Any]], str]] = {
    "int_parsing": lambda _: "must be a whole number",
    "int_type": lambda _: "must be a whole number",
    "int_from_float": lambda _: "must be a whole number",
    "int_parsing_size": lambda _: "is too large a number",
    "float_parsing": lambda _: "must be a number",
    "float_type": lambda _: "must be a number",
    "finite_number": lambda _: "must be a finite number",
    "greater_than": lambda limit: f"must be more than {limit['gt']:g}",
    "greater_than_equal": lambda limit: f"must be at least {limit['ge']}",
    "less_than_equal": lambda limit: f"must be at most {limit['le']}",
    "literal_error": lambda choice: f"must be {choice['expected']}",
    "enum": lambda choice: f"must be {choice['expected']}",
    "string_type": lambda _: "must be a text in quotes",
    "path_type": lambda _: "must be a path in quotes",
    "value_error": lambda reason: str(reason["error"]),
}
"""What pydantic found, in plain words; its own words for what is not listed."""


def _wrong_value(details: Any, place: Mapping[Key, str]) -> str:
    section, name = (str(part) for part in details["loc"][:2])
    key = (section, name)
    where = place[key]
    say = _WRONG.get(details["type"])
    what = say(details.get("ctx", {})) if say else details["msg"]
    # The database's address may hold a password.
    shown = "" if key == ("database", "url") else f", not {_short(details['input'])}"
    if where == variable(key):
        return f"{where}: {what}{shown}. Example: {where}={_keys()[key]}"
    return f"{where}: {section}.{name} {what}{shown}. Example: {_example(key)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """Return on which line each section and key stands; tomllib does not tell."""
    lines: dict[tuple[str, ...], int] = {}
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line):
            section = _parts(header[1])
            lines.setdefault(section, number)
        elif key := re.match(r"""\s*([\w."'-]+(?:\s*\.\s*[\w"'-]+)*)\s*=""", line):
            lines.setdefault((*section, *_parts(key[1])), number)
    return lines


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip(" \t\"'") for part in dotted.split("."))


def _place(path: Path, lines: Mapping[tuple[str, ...], int], key: tuple[str, ...]) -> str:
    """Return `file:line` of the key, of its section where it has no line of its own."""
    starts = (line for known, line in lines.items() if known[: len(key)] == key)
    number = lines.get(key) or next(starts, None) or lines.get(key[:1])
    return f"{path}:{number}" if number else str(path)


def _anchored(settings: Settings, folder: Path) -> Settings:
    """Return the settings with relative paths made absolute from `folder`."""

    def at(path: Path | str) -> Path:
        return folder / Path(path).expanduser()

    database, grader = settings.database, settings.grader
    scheme, separator, rest = database.url.partition(":///")
    if scheme == "sqlite+aiosqlite":
        file, question, options = rest.partition("?")
        database = database.model_copy(
            update={"url": f"{scheme}{separator}{at(file)}{question}{options}"}
        )
    if grader.model:
        grader = grader.model_copy(update={"model": str(at(grader.model))})
    return settings.model_copy(
        update={
            "database": database.model_copy(update={"backups": at(database.backups)}),
            "banks": settings.banks.model_copy(update={"folder": at(settings.banks.folder)}),
            "grader": grader,
        }
    )
