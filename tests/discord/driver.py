"""The script: what members do, and that they try again when the bot died meanwhile. What they write
is in explaining.py; moderators are in moderators.py.

A member goes on when they have seen that what they did was taken; what they saw is kept in `seen`
for the judge. Nothing here looks into the bot.
"""

import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.discord.remote import KILLED, Killed, Loopback, Stuck
from tests.discord.seen import Seen

LETTERS = "🇦🇧🇨🇩🇪🇫"
AGAIN, STOPPING = "Please try again;", "I am just being restarted"
"""Whoever is told this does it again; the second: when the bot is back."""
LONGEST_WAIT_S = 1800.0
ME, ME_BLANK = "longest:", "Nothing to show yet"
MOST_TRIES = 12
"""Of one act: more than the kills of any plan."""

Act = Callable[[], Awaitable[str | None]]
"""Something that a person does; returns the interaction's token, or None where no bot is there."""


@dataclass(frozen=True)
class Post:
    """A post that members see."""

    channel: int
    id: int
    buttons: dict[str, str]
    """What each does -> its custom id."""
    options: int


class Driver:
    """Plays people on a loopback Discord, and starts the bot again whenever it is dead."""

    def __init__(self, discord: Loopback, chance: random.Random) -> None:
        self.discord, self.chance = discord, chance
        self.seen = Seen()
        self.dora: int | None = None
        """Somebody who reacts to the newest post whenever the bot is dead."""
        self._newest: Post | None = None
        self.reached: Callable[[str], None] = lambda moment: None
        """Called at 'start', 'due' and 'reveal', for whoever wants to disturb them."""
        self.pump_s = 0.0
        """Seconds that pass when somebody has waited in vain and Discord is known to be in trouble:
        then they wait on, or ask again. 0: waiting in vain is a finding.
        """
        self.starts = 0
        """How often the bot was started."""
        self.ends = {0, KILLED}
        """How its processes may end."""
        self.asked_again = 0
        self.waited_s = 0.0
        self.texts = 0
        """How many were written."""

    async def revive(self) -> None:
        """Start the bot on the files that the last one left, until one listens."""
        for _ in range(MOST_TRIES):
            await self._meanwhile()
            self.reached("start")
            self.starts += 1
            await self.discord.start(seed=self.chance.randrange(1 << 30))
            try:
                await self._listening()
            except Killed:
                continue
            return
        raise AssertionError("the bot was killed at every start")

    async def _listening(self) -> None:
        for _ in range(MOST_TRIES):
            try:
                await self.discord.listening()
            except Stuck:
                if not self.pump_s:
                    raise
                # Time need not pass for a start: it takes as long as this machine takes.
            else:
                return
        raise Stuck(f"no bot listens; its log is {self.discord.folder / 'bot.log'}")

    async def _meanwhile(self) -> None:
        post = self._newest
        if self.dora is not None and post is not None:
            emoji = LETTERS[self.chance.randrange(post.options)]
            about = {"channel": post.channel, "message": post.id, "user": self.dora}
            await self.discord.do("react_once", emoji=emoji, **about)

    async def until(self, what: str, **about: Any) -> Any:
        """Wait for what comes by itself, through any number of deaths."""
        while True:
            try:
                return await self.discord.wait(what, **about)
            except Killed:
                await self.revive()
            except Stuck:
                await self.endure()

    async def endure(self) -> None:
        """Let time pass. Raises Stuck where Discord is well, or that has been too long."""
        if not self.pump_s or self.waited_s > LONGEST_WAIT_S:
            log = self.discord.folder / "bot.log"
            raise Stuck(f"waited {self.waited_s:g} s in vain; the bot's log is {log}")
        self.waited_s += self.pump_s
        await self.discord.pass_time(self.pump_s)

    async def ask_again(self) -> None:
        """Count that somebody has to do it again, and let time pass."""
        self.asked_again += 1
        await self.endure()

    async def ask(self, act: Act, *parts: str) -> tuple[str, Any]:
        """Do something that the bot answers, again after each death, until one of `parts` is seen.
        Return the interaction's token and what was seen.
        """
        return await self._through(act, "shown", parts=parts)

    async def reply(self, act: Act) -> Any:
        """Do something that the bot answers, again after each death, until it is answered whatever
        that says, but for a plea to try again. Return what was seen.
        """
        for _ in range(MOST_TRIES):
            _, told = await self._through(act, "answered")
            if not await self.put_off(told):
                return told
        raise Stuck(f"told to try again {MOST_TRIES} times")

    async def put_off(self, told: Any) -> bool:
        """Return whether the bot asks to try again; when it returns, it is time to."""
        if STOPPING in told["content"]:
            try:
                await self.discord.wait("stopped")
            except Killed:
                await self.revive()
            return True
        if AGAIN in told["content"]:
            await self.ask_again()
            return True
        return False

    async def _through(self, act: Act, what: str, **about: Any) -> tuple[str, Any]:
        for _ in range(MOST_TRIES):
            token = await act()
            try:
                if token is not None:
                    return token, await self.discord.wait(what, token=token, **about)
                await self.discord.wait("ready")
            except Killed:
                await self.revive()
            except Stuck:
                await self.ask_again()
        raise Stuck(f"{what} {about}: not seen in {MOST_TRIES} tries")

    async def opened(self, act: Act) -> tuple[str, Any]:
        """Press what opens a modal. Return the interaction's token, and what the bot said instead;
        None where the modal is there.
        """
        for _ in range(MOST_TRIES):
            token, seen = await self._through(act, "opened")
            told = seen.get("told")
            if told is None or not await self.put_off(told):
                return token, told
        raise Stuck(f"told to try again {MOST_TRIES} times")

    async def press(self, user: int, message: Any, custom_id: str) -> str | None:
        """Press a button of a message that somebody sees."""
        about = {"channel": int(message["channel_id"]), "message": int(message["id"])}
        return await self.discord.do("click", user=user, custom_id=custom_id, **about)

    # Members

    async def me(self, user: int, channel: int) -> None:
        """Use `/me`."""
        about = {"channel": channel, "user": user, "data": {"name": "me"}}
        _, told = await self.ask(lambda: self.discord.do("command", **about), ME, ME_BLANK)
        fields = {one["name"]: one["value"] for one in told["embeds"][0].get("fields", [])}
        days = [int(number) for number in re.findall(r"(\d+) days?", fields.get("Streak", ""))]
        streak, longest = days or (0, 0)
        self.seen.streaks.append({"user": user, "streak": streak, "longest": longest})

    async def post(self, channel: int, count: int, due: str, manner: str) -> Post:
        """Wait for a channel's `count`-th post with all its reactions."""
        found = await self.until("posts", channel=channel, count=count)
        buttons = {
            part["custom_id"].split(":")[1]: part["custom_id"]
            for row in found["components"]
            for part in row["components"]
        }
        own = [one for one in found["reactions"] if one["me"]]
        self.seen.posts.append(
            {"channel": channel, "message": int(found["id"]), "due": due, "manner": manner}
        )
        self._newest = Post(channel, int(found["id"]), buttons, len(own))
        return self._newest

    async def answer(
        self, post: Post, user: int, option: int, *, before: int | None = None
    ) -> None:
        """React, and wait until it is seen to be taken: the reaction goes, or in the open manner
        the one `before` does. A first open answer shows nothing.
        """
        await self.react(post, user, option)
        watched = option if before is None else before
        await self.until(
            "gone", channel=post.channel, message=post.id, user=user, emoji=LETTERS[watched]
        )
        if before is not None and await self._gone(post, user, option):
            # Found with two and no stored answer, a member has not answered: they choose again.
            await self.react(post, user, option)

    async def react(self, post: Post, user: int, option: int) -> None:
        """React, and wait for nothing: a first answer in the open manner shows nothing."""
        await self.discord.do(
            "react", channel=post.channel, message=post.id, user=user, emoji=LETTERS[option]
        )

    async def withdraw(self, post: Post, user: int, option: int) -> None:
        """Take a reaction back, in the open manner."""
        await self.discord.do(
            "unreact", channel=post.channel, message=post.id, user=user, emoji=LETTERS[option]
        )

    async def _gone(self, post: Post, user: int, option: int) -> bool:
        about = {
            "channel": post.channel,
            "message": post.id,
            "user": user,
            "emoji": LETTERS[option],
        }
        return bool(await self.discord.do("look", what="gone", about=about))

    async def hint(self, post: Post, user: int, level: int = 1) -> None:
        """Press Hint, then take a level, until its text is seen."""
        name = f"Hint {level} of"
        marker = f'"name": "{name}'  # of a field: the cost is told in other words
        for _ in range(MOST_TRIES):
            _, told = await self.ask(lambda: self.click(post, user, "hint"), "take-hint", marker)
            fields = told["embeds"][0].get("fields", [])
            if not any(one["name"].startswith(name) for one in fields):
                button = told["components"][0]["components"][0]["custom_id"]
                token = await self.discord.do(
                    "click",
                    channel=post.channel,
                    user=user,
                    message=int(told["id"]),
                    custom_id=button,
                )
                try:
                    if token is None:
                        await self.discord.wait("ready")
                        continue
                    await self.discord.wait("shown", token=token, parts=[marker])
                except Killed:
                    await self.revive()
                    continue
                except Stuck:
                    await self.ask_again()
                    continue
            self.seen.hints.append({"user": user, "message": post.id, "level": level})
            return
        raise Stuck("no hint was seen")

    async def revive_if_dead(self) -> None:
        """Wait until a bot listens."""
        await self.until("ready")

    async def click(self, post: Post, user: int, what: str) -> str | None:
        """Press a button of a post."""
        return await self.discord.do(
            "click",
            channel=post.channel,
            user=user,
            message=post.id,
            custom_id=post.buttons[what],
        )


def button_of(message: Any, what: str) -> str:
    """Return the custom id of a message's button that does something: `tutor:what:…`."""
    for row in message["components"]:
        for part in row["components"]:
            if part["custom_id"].startswith(f"tutor:{what}:"):
                return part["custom_id"]
    raise Stuck(f"no button {what!r} in {message}")
