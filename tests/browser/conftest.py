"""The demo and its pages, for every test here. A module's tests share one demo, which takes longer
to start than most of them take: they keep to places of their own there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest_asyncio

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.support.browser import Demo


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo() -> AsyncIterator[Demo]:
    """The demo in headless Chromium: see tests.support.browser."""
    from tests.support.browser import open_demo

    async with open_demo() as demo:
        yield demo


@pytest_asyncio.fixture(loop_scope="module")
async def page(demo: Demo) -> AsyncIterator[Page]:
    """A new page of it."""
    async with demo.page() as page:
        yield page
