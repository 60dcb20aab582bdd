"""`run.json`: what a run was told, what it read, what it ran on, and what came of it."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError

NAME = "run.json"
_PACKAGES = ("torch", "transformers", "tokenizers", "safetensors", "numpy")


def read(folder: Path) -> dict[str, Any]:
    """Return the folder's record, empty where there is none. Raises ConfigurationError."""
    path = folder / NAME
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigurationError(f"{path} is damaged; move it away to start anew.") from error


def write(folder: Path, record: dict[str, Any], name: str = NAME) -> None:
    """Write the record, whole or not at all."""
    part = folder / f"{name}.part"
    part.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    os.replace(part, folder / name)


def earlier(folders: Iterable[Path]) -> list[dict[str, Any]]:
    """Return the records of these runs and of those that led to them: each once, after those that
    it started from, and without its own list of them. A folder without a record adds none.
    """
    found: list[dict[str, Any]] = []
    for folder in folders:
        run = read(folder)
        before = run.pop("earlier", [])
        found += [one for one in (*before, run) if one and one not in found]
    return found


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that compute."""
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def commit() -> str:
    """Return the commit that is checked out, with + where files differ; empty if unknown."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=40"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parent,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
