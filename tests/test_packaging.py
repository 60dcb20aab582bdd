"""What is installed, declared and promised agrees with what is there."""

import ast
import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import entry_points, packages_distributions, version
from pathlib import Path

import discord
import pytest
from discord import app_commands
from discord.ext import commands
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.testing import CliRunner

import bot
import cogs
from bot.channels import invitation
from bot.cli.app import app

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PINS = {
    Requirement(line).name: line.partition("==")[2]
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
}
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: which files belong to the repository is not known")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


# --- What is installed


def test_the_command_is_installed_under_its_name() -> None:
    (command,) = entry_points(group="console_scripts", name="tutor")
    assert command.value == "bot.cli:main"
    assert version("tutor-bot") == PROJECT["version"]


def test_every_requirement_is_pinned_to_a_version_that_its_range_allows() -> None:
    pins = {canonicalize_name(name): pin for name, pin in PINS.items()}
    wanted = [*PROJECT["dependencies"], *EXTRAS["demo"], *EXTRAS["fuzz"], *EXTRAS["test"]]
    for requirement in map(Requirement, wanted):
        pin = pins[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(pin), requirement
    assert PINS["torch"] == "2.13.0"
    assert not any("+" in pin for pin in PINS.values())


def statements(inside: ast.AST) -> Iterator[ast.AST]:
    """Walk what may be an import: `ast.walk` takes four times as long over what may not."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for node in getattr(inside, name, ()):
            yield node
            yield from statements(node)


def imported(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in folder.rglob("*.py"):
        for node in statements(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name.partition(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield path, node.module.partition(".")[0]


@pytest.mark.parametrize("package", ["bot", "cogs", "tests"])
def test_what_is_imported_is_declared(package: str) -> None:
    distributions = packages_distributions()
    own = {"bot", "cogs", "tests", *sys.stdlib_module_names}
    base = names(PROJECT["dependencies"])
    for path, name in imported(ROOT / package):
        if name in own:
            continue
        allowed = base
        if package == "tests":
            allowed = base | names([*EXTRAS["test"], *EXTRAS["demo"], *EXTRAS["fuzz"]])
        elif path.is_relative_to(ROOT / "bot/demo"):
            allowed = base | names(EXTRAS["demo"])
        elif path.is_relative_to(ROOT / "bot/grading"):
            allowed = base | names(EXTRAS["onnx"]) | names(EXTRAS["train"])
        found = {canonicalize_name(one) for one in distributions.get(name, [name])}
        assert found & allowed, f"{path.relative_to(ROOT)} imports {name}"


def test_every_module_can_be_imported_and_says_what_it_is() -> None:
    for package in (bot, cogs):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations.env" in module.name:
                continue  # Alembic runs it
            assert importlib.import_module(module.name).__doc__, module.name


def test_no_file_names_a_registry_s_host() -> None:
    hosts = re.compile(rb"(pypi|pythonhosted|npmjs|download\.pytorch)\.(org|com)")
    for path in tracked():
        assert not hosts.search(path.read_bytes()), path


# --- The README


def test_every_make_target_in_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", README)) <= targets


def test_every_command_of_the_command_line_is_in_the_readme_and_works() -> None:
    table = {
        tuple(match.replace("`", "").split())
        for match in re.findall(r"^\| `tutor ([a-z` ]+)` \|", README, re.MULTILINE)
    }
    told = {words[0] for words in table}
    listed = re.findall(r"^│ ([a-z]+) ", CliRunner().invoke(app, ["--help"]).output, re.MULTILINE)
    assert told == set(listed)
    for command, *subcommands in table:
        for sub in subcommands or [""]:
            shown = CliRunner().invoke(app, [command, *filter(None, [sub]), "--help"])
            assert shown.exit_code == 0, (command, sub)


def slash_commands() -> Iterator[str]:
    for module in pkgutil.iter_modules(cogs.__path__, "cogs."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if not issubclass(kind, commands.Cog) or kind.__module__ != module.name:
                continue
            group = f"{kind.__cog_group_name__} " if issubclass(kind, commands.GroupCog) else ""
            for command in kind.__cog_app_commands__:
                if isinstance(command, app_commands.Group):
                    yield from (sub.qualified_name for sub in command.walk_commands())
                else:
                    yield f"{group}{command.name}"


def test_every_slash_command_is_in_the_readme_s_table() -> None:
    told: set[str] = set()
    for cell in re.findall(r"^\| (`/[^|]+) \|", README, re.MULTILINE):
        first, *others = re.findall(r"`/?([^`]+)`", cell)
        told |= {first, *(f"{first.split()[0]} {other}" for other in others)}
    assert told == set(slash_commands())


def test_the_invitation_in_the_readme_asks_for_what_rounds_need() -> None:
    (number,) = re.findall(r"permissions=(\d+)", README)
    assert f"permissions={number}" in invitation(1)
    assert not discord.Permissions(int(number)).administrator


def test_every_link_leads_somewhere() -> None:
    for path in (ROOT / name for name in ("README.md", "CHANGELOG.md", "questions/README.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


# --- make


def make(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    (folder / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    for name in ("pyproject.toml", "constraints.txt"):
        (folder / name).touch()
    return run_make(folder, *arguments)


def run_make(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    # These tests run under `make test` themselves, and a make inside a make says so.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    outside.pop("MFLAGS", None)
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=outside, capture_output=True, text=True, check=False
    )


def a_python(folder: Path, script: str) -> str:
    path = folder / "a-python"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return f"PYTHON={path}"


def test_an_older_python_is_told_and_named(tmp_path: Path) -> None:
    done = make(tmp_path, "demo", a_python(tmp_path, "exit 1"))
    assert done.returncode == 2
    assert f"The tutor needs Python 3.11 or newer, and '{tmp_path}/a-python'" in done.stderr
    assert "make demo PYTHON=/path/to/python3.11" in done.stderr
    assert done.stdout == ""


def test_a_python_without_venv_is_told(tmp_path: Path) -> None:
    done = make(tmp_path, "setup", a_python(tmp_path, 'case "$*" in *venv*) exit 1;; esac'))
    assert done.returncode == 2
    assert "apt install python3-venv" in done.stderr


def test_setup_does_nothing_when_nothing_changed(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    make(tmp_path, "--version")
    (tmp_path / ".venv/.setup-done").touch()
    done = make(tmp_path, "--touch", "setup")
    assert done.returncode == 0
    done = run_make(tmp_path, "setup")
    assert done.returncode == 0
    assert "Installing" not in done.stdout


def test_make_test_stops_at_the_first_failure_and_names_it(tmp_path: Path) -> None:
    binaries = tmp_path / ".venv/bin"
    binaries.mkdir(parents=True)
    for name, code in (("ruff", 0), ("basedpyright", 1), ("lint-imports", 0)):
        (binaries / name).write_text(f"#!/bin/sh\necho ran {name}\nexit {code}\n")
        (binaries / name).chmod(0o755)
    make(tmp_path, "--touch", "setup")
    done = run_make(tmp_path, "test")
    assert done.returncode == 2
    assert done.stderr.startswith("make test stopped at: types (basedpyright)\n")
    assert done.stdout.count("ran ruff") == 2
    assert "lint-imports" not in done.stdout
