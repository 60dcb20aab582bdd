"""The script: what members and moderators do, and that they try again when the bot died meanwhile.

A member goes on when they have seen that what they did was taken; what they saw is kept in `seen`
for the judge. Nothing here looks into the bot.
"""

import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.discord.bot_process import RIGHT
from tests.discord.remote import Killed, Loopback, Stuck

LETTERS = "🇦🇧🇨🇩🇪🇫"
STORED = "Stored. Grading"
GRADED = "Your explanation"
MADE, MADE_BEFORE = "is set up", "Another schedule has this name"
CLOSED, CLOSED_BEFORE = "The answer is revealed", "There is no open question"
LONGEST_WAIT_S = 1800.0
ME, ME_BLANK = "longest:", "Nothing to show yet"
MOST_TRIES = 12
"""Of one act: more than the kills of any plan."""


@dataclass
class Seen:
    """What people saw taken, for the judge."""

    hints: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """{user, message, level}"""
    explanations: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """{user, message, text, stored, graded}: also those of which nothing was seen."""
    streaks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """{user, streak, longest}, as `/me` shows them, when every round is revealed."""
    posts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """{channel, message, due, manner}: one for each occurrence that was due in time."""


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
        self.asked_again = 0
        self.waited_s = 0.0
        self._texts = 0

    async def revive(self) -> None:
        """Start the bot on the files that the last one left, until one listens."""
        for _ in range(MOST_TRIES):
            await self._meanwhile()
            self.reached("start")
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
                await self.discord.wait("ready")
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

    async def _ask_again(self) -> None:
        self.asked_again += 1
        await self.endure()

    async def ask(self, act: Callable[[], Awaitable[str | None]], *parts: str) -> tuple[str, Any]:
        """Do something that the bot answers, again after each death, until one of `parts` is seen.
        Return the interaction's token and what was seen.
        """
        for _ in range(MOST_TRIES):
            token = await act()
            try:
                if token is not None:
                    return token, await self.discord.wait("shown", token=token, parts=parts)
                await self.discord.wait("ready")
            except Killed:
                await self.revive()
            except Stuck:
                await self._ask_again()
        raise Stuck(f"{parts}: not seen in {MOST_TRIES} tries")

    # Moderators

    async def schedule(self, moderator: int, channel: int, **options: str | bool) -> None:
        """Use `/schedule create`."""
        given: list[dict[str, Any]] = [{"name": "channel", "type": 7, "value": str(channel)}]
        given += [
            {"name": name, "type": 5 if isinstance(value, bool) else 3, "value": value}
            for name, value in options.items()
        ]
        data = _with_channel("schedule", "create", channel, given)
        await self._command(moderator, channel, data, MADE, MADE_BEFORE)

    async def notices(self, moderator: int, channel: int) -> None:
        """Use `/tutor settings` to name the channel for notices."""
        given = [{"name": "notice_channel", "type": 7, "value": str(channel)}]
        data = _with_channel("tutor", "settings", channel, given)
        await self._command(moderator, channel, data, "Saved.")

    async def close(self, moderator: int, channel: int) -> None:
        """Use `/quiz close`."""
        data = {"name": "quiz", "options": [{"name": "close", "type": 1}]}
        await self._command(moderator, channel, data, CLOSED, CLOSED_BEFORE)

    async def me(self, user: int, channel: int) -> None:
        """Use `/me`."""
        about = {"channel": channel, "user": user, "data": {"name": "me"}}
        _, told = await self.ask(lambda: self.discord.do("command", **about), ME, ME_BLANK)
        fields = {one["name"]: one["value"] for one in told["embeds"][0].get("fields", [])}
        days = [int(number) for number in re.findall(r"(\d+) days?", fields.get("Streak", ""))]
        streak, longest = days or (0, 0)
        self.seen.streaks.append({"user": user, "streak": streak, "longest": longest})

    async def _command(self, user: int, channel: int, data: dict[str, Any], *parts: str) -> None:
        await self.ask(
            lambda: self.discord.do("command", channel=channel, user=user, data=data), *parts
        )

    # Members

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
            _, told = await self.ask(lambda: self._click(post, user, "hint"), "take-hint", marker)
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
                    await self._ask_again()
                    continue
            self.seen.hints.append({"user": user, "message": post.id, "level": level})
            return
        raise Stuck("no hint was seen")

    async def explain(self, post: Post, user: int, *, right: bool) -> None:
        """Press Explain, write, and wait for the grade. What died before it was seen to be stored
        is written again, in other words.
        """
        for _ in range(MOST_TRIES):
            token = await self._modal(post, user)
            self._texts += 1
            reason = RIGHT if right else "because it is smaller"
            text = f"I think so {reason} number {self._texts} help."
            kept = {
                "user": user,
                "message": post.id,
                "text": text,
                "stored": False,
                "graded": False,
            }
            sent = await self.discord.do("submit", token=token, text=text)
            if sent is None:
                await self.revive_if_dead()
                continue
            self.seen.explanations.append(kept)
            try:
                await self.discord.wait("shown", token=sent, parts=[GRADED])
            except (Killed, Stuck) as trouble:
                about = {"token": sent, "parts": [STORED, GRADED]}
                kept["stored"] = bool(await self.discord.do("look", what="shown", about=about))
                await (self.revive() if isinstance(trouble, Killed) else self._ask_again())
                if not kept["stored"]:
                    continue
                await self.until("shown", token=sent, parts=[GRADED])
            kept["stored"] = kept["graded"] = True
            return
        raise Stuck("no grade was seen")

    async def revive_if_dead(self) -> None:
        """Wait until a bot listens."""
        await self.until("ready")

    async def _modal(self, post: Post, user: int) -> str:
        for _ in range(MOST_TRIES):
            token = await self._click(post, user, "explain")
            try:
                if token is None:
                    await self.discord.wait("ready")
                    continue
                await self.discord.wait("modal", token=token)
            except Killed:
                await self.revive()
                continue
            except Stuck:
                await self._ask_again()
                continue
            return token
        raise Stuck("no modal was seen")

    async def _click(self, post: Post, user: int, what: str) -> str | None:
        return await self.discord.do(
            "click",
            channel=post.channel,
            user=user,
            message=post.id,
            custom_id=post.buttons[what],
        )


def _with_channel(
    group: str, name: str, channel: int, given: list[dict[str, Any]]
) -> dict[str, Any]:
    """Discord's form of a command that names a channel."""
    resolved = {str(channel): {"id": str(channel), "name": "c", "type": 0, "permissions": "0"}}
    return {
        "name": group,
        "options": [{"name": name, "type": 1, "options": given}],
        "resolved": {"channels": resolved},
    }
