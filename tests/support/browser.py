"""The demo in headless Chromium, and what a person does there. Screenshots go to the folder that
SCREENSHOTS names, or to the temporary one.
"""

import os
import re
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.demo import running_demo

try:
    from playwright.async_api import (
        Browser,
        FilePayload,
        Locator,
        Page,
        Request,
        async_playwright,
        expect,
    )
    from playwright.async_api import TimeoutError as PlaywrightTimeoutError
except ImportError:
    pytest.skip("playwright is not installed: pip install playwright", allow_module_level=True)

__all__ = [
    "Demo",
    "FilePayload",
    "Locator",
    "Page",
    "Request",
    "chip",
    "choose",
    "expect",
    "in_the_demo",
    "newest",
    "open_demo",
    "posts",
    "press",
    "run",
    "select",
    "taker",
]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no chromium here: apt-get install chromium"
)
in_the_demo = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]
"""Marks of a module whose tests use its demo."""
PATIENCE_MS = 30_000
TYPED = 3
"""How often a command is typed where the page, drawing itself anew, swallowed it."""


@dataclass(frozen=True)
class Demo:
    """The demo, and the browser in which its pages are opened."""

    address: str
    browser: Browser

    @asynccontextmanager
    async def page(self) -> AsyncGenerator[Page]:
        """A page of its own; whatever goes wrong in it fails the test."""
        page = await self.browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "requestfailed", lambda request: troubles.append(f"{request.failure} {request.url}")
        )
        await page.goto(self.address)
        yield page
        await page.close()
        # Leaving a page aborts what it still loads.
        assert [each for each in troubles if not each.startswith("net::ERR_ABORTED")] == []


@asynccontextmanager
async def open_demo() -> AsyncGenerator[Demo]:
    """The demo in headless Chromium."""
    async with running_demo() as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield Demo(address, browser)
        await browser.close()


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


async def run(page: Page, command: str, file: FilePayload | None = None) -> None:
    """Type a command and send it, as in Discord's own apps, with the file that it asks for."""
    box = page.locator("#channel-composer-input")
    option = page.get_by_role("option").filter(has_text=command).first
    for last in (False,) * (TYPED - 1) + (True,):
        await box.fill("")
        await box.press_sequentially(command)
        try:
            await option.click(timeout=PATIENCE_MS / TYPED)
            break
        except PlaywrightTimeoutError:
            if last:
                raise
    if file is not None:
        async with page.expect_file_chooser() as chooser:
            await page.get_by_text("Choose file").click()
        await (await chooser.value).set_files(file)
        await expect(page.get_by_text(file["name"])).to_be_visible()
        await page.get_by_role("button", name="Send").click()
    else:
        await page.keyboard.press("Enter")


async def press(message: Locator, name: str) -> None:
    """Press the button with this name, when the page takes it."""
    await _quiet(message.page)
    await message.get_by_role("button", name=name, exact=True).click()
    await _quiet(message.page)


def select(message: Locator, label: str | re.Pattern[str]) -> Locator:
    """The select with this label."""
    return message.get_by_role("combobox", name=label).first


async def choose(
    page: Page,
    message: Locator,
    label: str | re.Pattern[str],
    *options: str | re.Pattern[str],
) -> None:
    """Toggle options of the select with this label, and close it."""
    box = select(message, label)
    outer = box.locator("..")
    await _quiet(page)
    if "select-type-3" in str(await outer.get_attribute("class")):
        await box.click()
    else:  # the page first asks which channels or roles there are
        async with page.expect_request_finished(_sends("browse_candidates")):
            await box.click()
    await _quiet(page)
    async with page.expect_request_finished(_sends("select")):
        for option in options:
            await outer.get_by_role("option", name=option).first.click()
        if await outer.get_attribute("data-maximum") != "1":
            await box.click()
    await _quiet(page)


def _sends(kind: str) -> Callable[[Request], bool]:
    return lambda request: f'"kind":"{kind}"' in (request.post_data or "")


async def _quiet(page: Page) -> None:
    """Wait until the page takes the next act: it loses one that comes during another."""
    await expect(page.locator("#action-status")).not_to_have_text(re.compile("…$"))
