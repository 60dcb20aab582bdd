"""Moderators, by what Discord's page offers alone: from a server in which nothing is set up to a
scheduled quiz with a GIFT file of their own, and through every step of the set-up.
"""

import re
from pathlib import Path

from tests.support.browser import (
    FilePayload,
    Locator,
    Page,
    chip,
    choose,
    expect,
    in_the_demo,
    newest,
    posts,
    press,
    run,
    select,
    taker,
)

pytestmark = in_the_demo

PROMPTS = {
    "Which city is the capital of France?": "Paris",
    "Which mountain is the highest above the sea?": "Everest",
    "Which ocean is the largest?": "Pacific",
    "Which of these rivers flows north?": "Nile",
}
GIFT = b"""// Geography of our club
::Capital:: Which city is the capital of France? {
  =Paris#It has been since 987, with breaks.
  ~Lyon#Takes the third largest city for it.
  ~Marseille
}

::Summit:: Which mountain is the highest above the sea? { =Everest ~K2 ~Elbrus ~Etna }

::Ocean:: Which ocean is the largest? { =Pacific ~Atlantic ~Indian ~Arctic }

::River:: Which of these rivers flows north? { =Nile ~Danube ~Mississippi ~Indus }
"""
FILE = FilePayload(name="geography.gift", mimeType="text/plain", buffer=GIFT)


async def list_with(step: Locator, title: str) -> str:
    """Return the label of the list of banks that this one stands in."""
    for box in await step.get_by_role("combobox").all():
        label = await box.get_attribute("aria-label") or ""
        first, last = label.removeprefix("Banks from ").split(" to ", 1)
        if first.casefold() <= title.casefold() <= last.casefold():
            return label
    raise AssertionError(f"no list of banks holds {title}")


async def test_from_an_empty_server_to_a_scheduled_quiz_of_ones_own(
    page: Page, tmp_path: Path
) -> None:
    picture = taker(page, tmp_path)
    await page.get_by_role("link", name="# quiz", exact=True).click()
    await expect(page.get_by_role("heading", name="quiz", exact=True)).to_be_visible()
    await page.get_by_label("Viewing as").select_option(label="Grace")

    # The bot was invited, and that is all.
    await run(page, "/tutor status")
    await expect(newest(page)).to_contain_text("none; /tutor setup leads to a schedule")
    await picture("gift-0-empty-server")

    # The file comes in as an option of the command; a report is all that happens at first.
    await run(page, "/bank import", file=FILE)
    report = newest(page)
    await expect(report).to_contain_text("What geography.gift brings")
    await expect(report).to_contain_text("They go to the bank Geography. Nothing is saved yet.")
    await expect(report).to_contain_text("geography.gift:8: summit: comes in, and lacks: hints")
    await expect(report).to_contain_text("Only you can see this")
    await picture("gift-1-report")
    await press(report, "Bring in 4 questions")
    await expect(report).to_contain_text("4 questions are in Geography now")
    await expect(report).not_to_contain_text("Nothing is saved yet")
    await picture("gift-2-brought-in")

    # The set-up offers that bank; all else stays as it proposes it, but the time.
    await run(page, "/tutor setup")
    step = page.locator("#channel-message-list > article").filter(has_text="Set-up, step")
    await expect(step).to_contain_text("step 1 of 7: where")
    await choose(page, step, "Choose a channel", "quiz")
    for number in range(2, 8):
        await press(step, "Next")
        await expect(step).to_contain_text(f"step {number} of 7")
        if number == 4:
            await choose(page, step, "Choose a time", "16:00")
        if number == 5:
            await choose(page, step, await list_with(step, "Geography"), "Geography")
            await picture("gift-3-bank")
    await expect(newest(page)).to_contain_text("would look like this")
    await picture("gift-4-look")
    await press(step, "Create")
    made = page.locator("#channel-message-list > article").filter(has_text="is set up")
    await expect(made).to_contain_text("4 questions fit")
    await picture("gift-5-created")

    # At its time a question of the file is there, and not only for her.
    skip = page.get_by_role("button", name="Skip an hour")
    await skip.click()
    await expect(skip).to_be_enabled()
    await page.get_by_label("Viewing as").select_option(label="Amira")
    await expect(page.get_by_role("log")).not_to_contain_text("Only you can see this")
    post = posts(page).last
    await expect(post).to_contain_text("Geography · Geography")
    await expect(chip(post, "🇦")).to_be_visible()
    told = await post.inner_text()
    (right,) = [right for prompt, right in PROMPTS.items() if prompt in told]
    assert right in told
    await picture("gift-6-posted")


async def test_a_moderator_is_led_to_a_schedule(page: Page, tmp_path: Path) -> None:
    picture = taker(page, tmp_path)
    await page.get_by_role("link", name="quiz-corner").click()
    await expect(page.get_by_role("heading", name="quiz-corner")).to_be_visible()
    await page.get_by_label("Viewing as").select_option(label="Grace")
    await run(page, "/tutor setup")
    step = page.locator("#channel-message-list > article").filter(has_text="Set-up, step")
    await expect(step).to_contain_text("step 1 of 7: where")
    await expect(step).to_contain_text("Only you can see this")
    await picture("setup-1-channel")

    async def next_is(words: str) -> None:
        await press(step, "Next")
        await expect(step).to_contain_text(words)

    await choose(page, step, "Choose a channel", "quiz-corner")
    await next_is("step 2 of 7: roles")
    await choose(page, step, "A role to ping", "Moderators")
    await expect(select(step, "A role to ping")).to_contain_text("Moderators")
    await picture("setup-2-roles")
    await next_is("step 3 of 7: time zone")
    form = page.get_by_role("dialog")
    for city, told in (("Mars", "There is no such time zone."), ("kathmandu", "Asia/Kathmandu")):
        await press(step, "Another city")
        await form.get_by_role("textbox").fill(city)
        await form.get_by_role("button", name="Submit").click()
        await expect(step).to_contain_text(told)
        await picture(f"setup-3-{city}")
    await next_is("step 4 of 7: days and time")
    await choose(page, step, "Choose a time", "18:00")
    await choose(page, step, "Choose the days", "Saturday", "Sunday")
    await picture("setup-4-time")
    await next_is("step 5 of 7: questions")
    for title in ("Foundations: first models", "Pre-training and fine-tuning"):
        await choose(page, step, await list_with(step, title), title)
    await picture("setup-5-banks")
    await next_is("step 6 of 7: manner")
    await press(step, "Back")
    await expect(step).to_contain_text("Foundations: first models")
    await expect(step).to_contain_text("Pre-training and fine-tuning")
    await next_is("step 6 of 7: manner")
    await choose(page, step, "Choose", re.compile("^open"))
    await next_is("step 7 of 7: have a look")
    await expect(step).to_contain_text("Monday to Friday at 18:00 (Asia/Kathmandu)")
    await expect(newest(page)).to_contain_text("would look like this")
    await picture("setup-6-look")
    await press(step, "Create")
    made = page.locator("#channel-message-list > article").filter(has_text="is set up")
    await expect(made).to_contain_text("Question of the day 2")
    await picture("setup-7-created")
