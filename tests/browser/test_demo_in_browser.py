"""The demo as a person uses it, in headless Chromium. Screenshots go to the temporary folder,
or to the one that SCREENSHOTS names.
"""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.demo import running_demo

try:
    from playwright.async_api import Locator, Page, async_playwright, expect
except ImportError:
    pytest.skip("playwright is not installed: pip install playwright", allow_module_level=True)

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no chromium here: apt-get install chromium"
)
PATIENCE_MS = 15_000


@pytest_asyncio.fixture
async def page() -> AsyncIterator[Page]:
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


async def test_a_day_with_the_tutor(page: Page, tmp_path: Path) -> None:
    pictures = Path(os.environ.get("SCREENSHOTS") or tmp_path)

    async def picture(name: str) -> None:
        await page.screenshot(path=pictures / f"{name}.png")

    post = _posts(page).last
    await expect(post).to_contain_text("Answer with a reaction")
    await picture("1-question")

    # A member answers: the reaction is stored and put away.
    chip = _chip(post, "🇦")
    await chip.click()
    await expect(chip).to_have_attribute("aria-pressed", "false")
    await expect(chip).to_contain_text("1")

    # /hint tells the price first, then shows the hint, to this member only.
    await _run(page, "/hint")
    await expect(_newest(page)).to_contain_text("Hint 1 of 3 costs")
    await _newest(page).get_by_role("button", name="Show hint 1").click()
    await expect(_newest(page)).to_contain_text("Only you can see this")
    await expect(_newest(page)).to_contain_text("Hint 2 of 3 costs")
    await picture("2-hint")

    # Explain opens a form; the grade comes back.
    await post.get_by_role("button", name="Explain").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("textbox").fill("It learns general features from much data first.")
    await picture("3-explain")
    await form.get_by_role("button", name="Submit").click()
    await expect(_newest(page)).to_contain_text("90 %")
    await picture("4-grade")

    # The moderator closes the round, and everybody sees the answer, with a chart.
    await page.get_by_label("Viewing as").select_option(label="Grace")
    await _run(page, "/quiz close")
    await expect(page.get_by_role("log")).to_contain_text("The answer is revealed")
    await expect(post).to_contain_text("The answer is")
    await expect(post).to_contain_text("3 answers")
    await expect(post).to_contain_text("@Jonas")
    chart = post.get_by_role("img")
    await chart.scroll_into_view_if_needed()
    drawn = "image => image.naturalWidth > 400"
    await page.wait_for_function(drawn, arg=await chart.element_handle())
    await picture("5-reveal")

    # The discussion has a place of its own, and a link in the chat leads there.
    await page.get_by_role("log").get_by_role("link", name="Discuss").last.click()
    await expect(page.get_by_role("heading", name="Discuss")).to_be_visible()
    await expect(page.get_by_role("log")).to_contain_text("The question above is answered")
    await page.get_by_role("link", name="daily-question").click()
    await expect(_posts(page).last).to_contain_text("The answer is")

    # Tomorrow has its own question.
    asked = await _posts(page).count()
    await page.get_by_role("button", name="Skip to tomorrow").click()
    await expect(_posts(page)).to_have_count(asked + 1)
    await expect(_posts(page).last).to_contain_text("Answer with a reaction")
    await expect(_posts(page).last.get_by_role("button", name="Explain")).to_be_in_viewport()
    await picture("6-tomorrow")


def _newest(page: Page) -> Locator:
    return page.locator("#channel-message-list > article").last


def _posts(page: Page) -> Locator:
    """The messages with a question, open or revealed."""
    return page.locator("#channel-message-list > article").filter(has=page.locator(".embed-author"))


def _chip(post: Locator, emoji: str) -> Locator:
    return post.locator(".reaction-chip").filter(has_text=emoji)


async def _run(page: Page, command: str) -> None:
    """Type a command and send it, as in Discord's own apps."""
    box = page.locator("#channel-composer-input")
    await box.click()
    await box.press_sequentially(command)
    await page.get_by_role("option").filter(has_text=command).first.click()
    await page.keyboard.press("Enter")
