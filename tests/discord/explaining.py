"""The script's members in words of their own: explanations and appeals, and again when the bot died
meanwhile.
"""

from typing import Any

from tests.discord.bot_process import RIGHT
from tests.discord.driver import MOST_TRIES, Driver, Post, button_of
from tests.discord.remote import Killed, Stuck

STORED = "Stored. Grading"
GRADED = "Your explanation"
DECIDED = "A moderator read it"
"""How every decision begins."""
APPEALED, APPEALED_BEFORE = "Stored. A moderator will look", "review of this one already"


async def explain(driver: Driver, post: Post, user: int, *, right: bool) -> dict[str, Any]:
    """Press Explain, write, and wait for the grade. What died before it was seen to be stored
    is written again, in other words. Return what was seen of it.
    """
    for _ in range(MOST_TRIES):
        token, told = await driver.opened(lambda: driver.click(post, user, "explain"))
        if told is not None:
            raise Stuck(f"no modal was seen: {told}")
        driver.texts += 1
        reason = RIGHT if right else "because it is smaller"
        text = f"I think so {reason} number {driver.texts} help."
        kept: dict[str, Any] = {
            "user": user,
            "message": post.id,
            "text": text,
            "stored": False,
            "graded": False,
        }
        sent = await driver.discord.do("submit", token=token, text=text)
        if sent is None:
            await driver.revive_if_dead()
            continue
        others = [
            f'"{button_of(one["grade"], "appeal")}"'
            for one in driver.seen.explanations
            if one["user"] == user and "grade" in one
        ]
        driver.seen.explanations.append(kept)
        mine = {"token": sent, "but": [DECIDED, *others]}
        try:
            kept["grade"] = await driver.discord.wait("shown", parts=[GRADED], **mine)
        except (Killed, Stuck) as trouble:
            about = {"parts": [STORED, GRADED], **mine}
            kept["stored"] = bool(await driver.discord.do("look", what="shown", about=about))
            await (driver.revive() if isinstance(trouble, Killed) else driver.ask_again())
            if not kept["stored"]:
                continue
            kept["grade"] = await driver.until("shown", parts=[GRADED], **mine)
        kept["stored"] = kept["graded"] = True
        return kept
    raise Stuck("no grade was seen")


async def appeal(driver: Driver, explained: dict[str, Any], reason: str) -> int:
    """Press the button on a grade and give a reason; what died before it was seen to be stored
    is sent again, in other words. Return the explanation's number.
    """
    user, grade = explained["user"], explained["grade"]
    button = button_of(grade, "appeal")
    made = {
        "user": user,
        "explanation": int(button.rpartition(":")[2]),
        "reasons": list[str](),
        "stored": False,
    }
    driver.seen.appeals.append(made)
    for attempt in range(MOST_TRIES):
        token, told = await driver.opened(lambda: driver.press(user, grade, button))
        if told is None:
            text = f"{reason} ({attempt})."
            sent = await driver.discord.do("submit", token=token, text=text)
            if sent is None:
                await driver.revive_if_dead()
                continue
            made["reasons"].append(text)
            try:
                told = await driver.discord.wait("answered", token=sent)
            except Killed:
                await driver.revive()
                continue
            except Stuck:
                await driver.ask_again()
                continue
            if APPEALED in told["content"]:
                made["reasons"] = [text]
        if not await driver.put_off(told):
            made["stored"] = APPEALED in told["content"] or APPEALED_BEFORE in told["content"]
            assert made["stored"], f"an appeal was answered with {told['content']!r}"
            return made["explanation"]
    raise Stuck("no appeal was seen to be stored")
