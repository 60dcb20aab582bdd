"""The demo as a person uses it."""

from pathlib import Path

from tests.support.browser import (
    Page,
    chip,
    expect,
    in_the_demo,
    newest,
    posts,
    run,
    taker,
)

pytestmark = in_the_demo


async def test_a_day_with_the_tutor(page: Page, tmp_path: Path) -> None:
    picture = taker(page, tmp_path)
    post = posts(page).last
    await expect(post).to_contain_text("Answer with a reaction")
    await picture("1-question")

    # A member answers: the reaction is stored and put away.
    own = chip(post, "🇦")
    await own.click()
    await expect(own).to_have_attribute("aria-pressed", "false")
    await expect(own).to_contain_text("1")

    # /hint tells the price first, then shows the hint, to this member only.
    await run(page, "/hint")
    await expect(newest(page)).to_contain_text("Hint 1 of 3 costs")
    await newest(page).get_by_role("button", name="Show hint 1").click()
    await expect(newest(page)).to_contain_text("Only you can see this")
    await expect(newest(page)).to_contain_text("Hint 2 of 3 costs")
    await picture("2-hint")

    # Explain opens a form; the grade comes back.
    await post.get_by_role("button", name="Explain").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("textbox").fill("It learns general features from much data first.")
    await picture("3-explain")
    await form.get_by_role("button", name="Submit").click()
    await expect(newest(page)).to_contain_text("90 %")
    await picture("4-grade")

    # The moderator closes the round, and everybody sees the answer, with a chart.
    await page.get_by_label("Viewing as").select_option(label="Grace")
    await run(page, "/quiz close")
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
    await expect(posts(page).last).to_contain_text("The answer is")

    # Tomorrow has its own question.
    asked = await posts(page).count()
    await page.get_by_role("button", name="Skip to tomorrow").click()
    await expect(posts(page)).to_have_count(asked + 1)
    await expect(posts(page).last).to_contain_text("Answer with a reaction")
    await expect(posts(page).last.get_by_role("button", name="Explain")).to_be_in_viewport()
    await picture("6-tomorrow")
