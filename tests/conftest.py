"""The fixtures that every test may ask for; what they are made of stands in tests/support."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest_asyncio

from bot.services.context import Context
from tests.support.contexts import open_context

if TYPE_CHECKING:
    import simcord

    from tests.support.world import World


# How long an example takes says something of the machine, and nothing of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest_asyncio.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    """A Context for service tests: a fresh database, a fixed clock (`clock_of(context)`), seeded
    randomness, Discord in memory (`publisher_of(context)`) and an instant grader
    (`grader_of(context)`), all from tests.support.contexts.
    """
    async with open_context(tmp_path) as context:
        yield context


@pytest_asyncio.fixture
async def env(tmp_path: Path) -> AsyncIterator[simcord.Env]:
    """The simulated Discord with the real client in it, and nobody else yet. simcord's plugin sees
    this fixture and gives the test the simulated time.
    """
    from tests.support.world import run_client

    async with run_client(tmp_path) as env:
        yield env


@pytest_asyncio.fixture
async def world(env: simcord.Env) -> World:
    """A server with #daily-question, #quiz-corner, a moderator, alice and bob: tests.support.world
    says what they can do.
    """
    from tests.support.world import build_world

    return await build_world(env)
