"""`/tutor setup` as a moderator goes through it, from its command to the schedule."""

import re
from pathlib import Path

from tests.support.browser import (
    Page,
    choose,
    expect,
    needs_chromium,
    newest,
    press,
    run,
    select,
    taker,
)

pytestmark = needs_chromium


async def test_a_moderator_is_led_to_a_schedule(page: Page, tmp_path: Path) -> None:
    picture = taker(page, tmp_path)
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
    await choose(page, step, "Every bank", "Pre-training and fine-tuning")
    await picture("setup-5-banks")
    await next_is("step 6 of 7: manner")
    await press(step, "Back")
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
