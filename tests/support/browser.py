"""The demo in headless Chromium, and what a person does there. Screenshots go to the folder that
SCREENSHOTS names, or to the temporary one.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.demo import running_demo

try:
    from playwright.async_api import Locator, Page, Request, async_playwright, expect
except ImportError:
    pytest.skip("playwright is not installed: pip install playwright", allow_module_level=True)

__all__ = [
    "Locator",
    "Page",
    "Request",
    "chip",
    "expect",
    "needs_chromium",
    "newest",
    "open_page",
    "posts",
    "run",
    "taker",
]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no chromium here: apt-get install chromium"
)
PATIENCE_MS = 15_000


@asynccontextmanager
async def open_page() -> AsyncIterator[Page]:
    """The demo's page; whatever goes wrong in it fails the test."""
    async with running_demo() as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "requestfailed", lambda request: troubles.append(f"{request.failure} {request.url}")
        )
        await page.goto(address)
        yield page
        await browser.close()
        # Leaving a page aborts what it still loads.
        assert [each for each in troubles if not each.startswith("net::ERR_ABORTED")] == []


def taker(page: Page, tmp_path: Path) -> Callable[[str], Awaitable[None]]:
    """Return what takes a picture of the page under a name."""
    pictures = Path(os.environ.get("SCREENSHOTS") or tmp_path)

    async def picture(name: str) -> None:
        await page.screenshot(path=pictures / f"{name}.png")

    return picture


def newest(page: Page) -> Locator:
    """The newest message."""
    return page.locator("#channel-message-list > article").last


def posts(page: Page) -> Locator:
    """The messages with a question, open or revealed."""
    return page.locator("#channel-message-list > article").filter(has=page.locator(".embed-author"))


def chip(post: Locator, emoji: str) -> Locator:
    """A reaction under a post."""
    return post.locator(".reaction-chip").filter(has_text=emoji)


async def run(page: Page, command: str) -> None:
    """Type a command and send it, as in Discord's own apps."""
    box = page.locator("#channel-composer-input")
    await box.click()
    await box.press_sequentially(command)
    await page.get_by_role("option").filter(has_text=command).first.click()
    await page.keyboard.press("Enter")
