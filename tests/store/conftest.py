"""A database of its own for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store import Store
from tests.support.contexts import place_database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tutor.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@pytest_asyncio.fixture
async def store(path: Path, url: str) -> AsyncIterator[Store]:
    path.parent.mkdir(exist_ok=True)
    place_database(path.parent)
    store = await Store.open(url)
    yield store
    await store.close()
