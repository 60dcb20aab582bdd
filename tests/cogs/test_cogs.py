"""Every cog and every command: what Discord asks of them, and what members are promised."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from discord import app_commands

from bot.client import COGS, TutorClient
from bot.ui.components import DYNAMIC_ITEMS
from tests.support.contexts import settings_in

FOLDER = Path(__file__).parents[2] / "cogs"
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_CHOICE, MOST_OPTIONS = 32, 100, 100, 25
"""Discord's limits for commands."""
SERVER, DIRECT = 0, 1
ADDED_TO_SERVER = 0
"""Where a command can be used, and by which kind of installation, in Discord's numbers."""


@pytest.fixture
async def tree(tmp_path: Path) -> app_commands.CommandTree[Any]:
    """The commands as they are sent to Discord, without a Discord."""
    client = TutorClient(settings_in(tmp_path))
    for cog in COGS:
        await client.load_extension(cog)
    return client.tree


def commands(tree: app_commands.CommandTree[Any]) -> Iterator[app_commands.Command[Any, ..., Any]]:
    for command in tree.walk_commands():
        if isinstance(command, app_commands.Command):
            yield command


def test_every_file_is_loaded() -> None:
    files = {f"cogs.{path.stem}" for path in FOLDER.glob("[!_]*.py")}
    assert files == set(COGS)
    assert len(COGS) == len(set(COGS))


async def test_every_command_has_a_name_of_its_own(tree: app_commands.CommandTree[Any]) -> None:
    names = [command.qualified_name for command in commands(tree)]
    assert len(names) == len(set(names))
    assert len(names) > 10


async def test_every_name_and_description_fits(tree: app_commands.CommandTree[Any]) -> None:
    for command in tree.walk_commands():
        assert len(command.name) <= LONGEST_NAME, command.qualified_name
        assert 0 < len(command.description) <= LONGEST_DESCRIPTION, command.qualified_name
        assert command.description.strip(".… ") != "", command.qualified_name


async def test_every_option_is_described(tree: app_commands.CommandTree[Any]) -> None:
    for command in commands(tree):
        assert len(command.parameters) <= MOST_OPTIONS, command.qualified_name
        for option in command.parameters:
            name = f"/{command.qualified_name} {option.display_name}"
            description = str(option.description)
            assert len(description) <= LONGEST_DESCRIPTION, name
            assert description not in ("", "…"), f"{name} has no description"
            for choice in option.choices:
                assert 0 < len(choice.name) <= LONGEST_CHOICE, name


async def test_every_command_is_for_servers(tree: app_commands.CommandTree[Any]) -> None:
    for command in tree.get_commands():
        sent = command.to_dict(tree)
        # A member may ask for their data by direct message, and after leaving a server.
        places = [SERVER, DIRECT] if command.name == "privacy" else [SERVER]
        assert sent["contexts"] == places, command.name
        assert sent["integration_types"] == [ADDED_TO_SERVER], command.name


def test_no_button_answers_for_another() -> None:
    templates = [item.__discord_ui_compiled_template__.pattern for item in DYNAMIC_ITEMS]
    assert len(templates) == len(set(templates))
    for item in DYNAMIC_ITEMS:
        assert item.__discord_ui_compiled_template__.pattern.startswith("tutor:")
