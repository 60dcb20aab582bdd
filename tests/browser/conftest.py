"""The demo's page, for every test here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest_asyncio

if TYPE_CHECKING:
    from playwright.async_api import Page


@pytest_asyncio.fixture
async def page() -> AsyncIterator[Page]:
    """The demo in headless Chromium: see tests.support.browser."""
    from tests.support.browser import open_page

    async with open_page() as page:
        yield page
