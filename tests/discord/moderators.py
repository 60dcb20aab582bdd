"""The script's moderators: schedules, settings, closing, reviews and regrading, by commands and
buttons, and again when the bot died meanwhile. What they saw done is kept for the judge.
"""

import re
from collections.abc import Sequence
from typing import Any

from tests.discord.driver import MOST_TRIES, Act, Driver, Post, button_of
from tests.discord.remote import Stuck

MADE, MADE_BEFORE = "is set up", "Another schedule has this name"
CLOSED, CLOSED_BEFORE = "The answer is revealed", "There is no open question"
SAVED = "Saved."
DECIDED = {
    "accept": "**Accepted.**",
    "remember": "**Accepted.**",
    "partly": "**Accepted in part.**",
    "reject": "**Rejected.**",
}
"""What is said of a decision, by the button."""
LATE = re.compile(r"<@(\d+)> decided this one")
REGRADED = ("is the right option now", "The question is cancelled", "I keep trying")
"""It is done; the last: and not shown yet."""
REGRADED_BEFORE = ("is the key already", "neither open nor revealed")

Json = dict[str, Any]


async def schedule(driver: Driver, moderator: int, channel: int, **options: str | bool) -> None:
    """Use `/schedule create`."""
    given: list[Json] = [{"name": "channel", "type": 7, "value": str(channel)}]
    given += [
        {"name": name, "type": 5 if isinstance(value, bool) else 3, "value": value}
        for name, value in options.items()
    ]
    data = _command("schedule", "create", *given) | _resolved(channel)
    await driver.ask(_using(driver, moderator, channel, data), MADE, MADE_BEFORE)
    _did(driver, moderator, "schedule create", subject=str(options["name"]))


async def name_channel(driver: Driver, moderator: int, setting: str, channel: int) -> None:
    """Use `/tutor settings` to name a channel: `setting` is audit_channel or notice_channel."""
    option = {"name": setting, "type": 7, "value": str(channel)}
    data = _command("tutor", "settings", option) | _resolved(channel)
    await driver.ask(_using(driver, moderator, channel, data), SAVED)
    _did(driver, moderator, "tutor settings")


async def close(driver: Driver, moderator: int, post: Post) -> None:
    """Use `/quiz close`."""
    data = _command("quiz", "close")
    await driver.ask(_using(driver, moderator, post.channel, data), CLOSED, CLOSED_BEFORE)
    _did(driver, moderator, "quiz close", message=post.id)


# Reviews


async def look(driver: Driver, moderator: int, channel: int, *, include_open: bool = False) -> Any:
    """Use `/review next`; return what is shown."""
    options = [{"name": "open", "type": 5, "value": True}] if include_open else []
    return await driver.reply(
        _using(driver, moderator, channel, _command("review", "next", *options))
    )


def shown_in(message: Any) -> int | None:
    """Return the number of the explanation that a message asks a moderator about."""
    if not message["components"]:
        return None
    return int(button_of(message, "review").rpartition(":")[2]) or None


async def decide(
    driver: Driver, moderator: int, item: Any, act: str, *, pressed: str | None = None
) -> None:
    """Press a button of an item that `look` showed, until what came of it is seen. `pressed`: the
    interaction's token where it was pressed already.
    """
    button = button_of(item, f"review:{act}")
    word: Json = {"moderator": moderator, "explanation": shown_in(item), "act": act}
    word |= {"told": None, "winner": None}
    driver.seen.words.append(word)
    first = pressed

    async def press() -> str | None:
        nonlocal first
        token, first = first, None
        return token or await driver.press(moderator, item, button)

    told = await driver.reply(press)
    said = told["embeds"][0]["description"] if told["embeds"] else told["content"]
    late = LATE.search(said)
    if late:
        word |= {"told": "late", "winner": int(late[1])}
    elif DECIDED[act] in said:
        word["told"] = "done"
    else:
        raise Stuck(f"a decision was answered with {said!r}")


async def decide_at_once(driver: Driver, choices: Sequence[tuple[int, Any, str]]) -> None:
    """Have several moderators press (moderator, item, act), none waiting for the others."""
    tokens = [
        await driver.press(moderator, item, button_of(item, f"review:{act}"))
        for moderator, item, act in choices
    ]
    starts = driver.starts
    for (moderator, item, act), token in zip(choices, tokens, strict=True):
        seen = token and await driver.discord.do("look", what="answered", about={"token": token})
        if driver.starts != starts and not seen:
            token = None  # it died with the bot
        await decide(driver, moderator, item, act, pressed=token)


async def skip(driver: Driver, moderator: int, item: Any) -> Any:
    """Press Skip while another item waits too; return what is shown next."""
    button = button_of(item, "review:skip")
    then = await driver.reply(lambda: driver.press(moderator, item, button))
    driver.seen.skips.append(
        {"moderator": moderator, "explanation": shown_in(item), "then": shown_in(then)}
    )
    return then


# Regrading


async def regrade(driver: Driver, moderator: int, post: Post, key: str | None) -> None:
    """Use `/quiz key`, or `/quiz cancel` without a key, and confirm it, until it is seen done."""
    options: list[Json] = [{"name": "post", "type": 3, "value": str(post.id)}]
    if key:
        options.append({"name": "key", "type": 3, "value": key})
    data = _command("quiz", "key" if key else "cancel", *options)
    done: Json = {"moderator": moderator, "message": post.id, "key": key, "clicks": 0}
    done["done"] = False
    driver.seen.regrades.append(done)
    asked = await driver.reply(_using(driver, moderator, post.channel, data))
    for _ in range(MOST_TRIES):
        said = asked["content"] + "".join(one.get("description", "") for one in asked["embeds"])
        before = any(part in said for part in REGRADED_BEFORE)
        if any(part in said for part in REGRADED) or (before and done["clicks"]):
            done["done"] = True
            return
        button, question = button_of(asked, "regrade"), asked

        async def confirm(button: str = button, question: Any = question) -> str | None:
            token = await driver.press(moderator, question, button)
            done["clicks"] += token is not None
            return token

        asked = await driver.reply(confirm)
    raise Stuck(f"{data['name']} was asked {MOST_TRIES} times")


def _did(driver: Driver, moderator: int, action: str, subject: str = "", message: int = 0) -> None:
    driver.seen.acts.append(
        {"moderator": moderator, "action": action, "subject": subject, "message": message or None}
    )


def _command(group: str, name: str, *options: Json) -> Json:
    return {"name": group, "options": [{"name": name, "type": 1, "options": list(options)}]}


def _resolved(channel: int) -> Json:
    known = {"id": str(channel), "name": "c", "type": 0, "permissions": "0"}
    return {"resolved": {"channels": {str(channel): known}}}


def _using(driver: Driver, user: int, channel: int, data: Json) -> Act:
    return lambda: driver.discord.do("command", channel=channel, user=user, data=data)
