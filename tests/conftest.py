"""The fixtures that every test may ask for; what they are made of stands in tests/support."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.services.context import Context
from tests.support.contexts import open_context


@pytest_asyncio.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    """A Context for service tests: a fresh database, a fixed clock (`clock_of(context)`), seeded
    randomness, Discord in memory (`publisher_of(context)`) and an instant grader
    (`grader_of(context)`), all from tests.support.contexts.
    """
    async with open_context(tmp_path) as context:
        yield context
