"""What is played of moderators: days with appeals, reviews (early, late, by two at once), another
key of an open and of a revealed post, and a question taken back.
"""

from tests.discord import moderators
from tests.discord.driver import Driver, Post
from tests.discord.explaining import appeal, explain
from tests.discord.plays import Daily, later
from tests.discord.proof import settle

LETTERS = "ABC"
EARLY = ("remember", "reject", "accept")
AT_ONCE = (("accept", "reject"), ("partly", "remember"), ("reject", "partly"))
LAST = ("partly", "accept", "reject")
"""What is decided, by days in turn."""


class Moderated(Daily):
    """Every day a round of "Daily" at 09:00 that is appealed, reviewed and regraded, and one of
    "Noon" at 12:00 that is cancelled: while it is open, and every other day after it was closed.
    """

    def __init__(self, driver: Driver, odd: bool = False) -> None:
        super().__init__(driver)
        self.odd = odd
        """Whether the first day is one of those whose second question is closed first."""
        self._key = ""

    async def play(self) -> None:
        """Live through two days, one of each sort."""
        await self.begin()
        for _ in range(2):
            await self.round()
            await settle(self.driver)
        await self.end()

    async def begin(self) -> None:
        """Start the bot, say where the audit goes, and make the schedules."""
        join, driver = self.driver.discord.do, self.driver
        self.nora = await join("join", name="nora", moderator=True)
        self.audit = await join("open_channel", name="audit")
        self.noon = await join("open_channel", name="noon")
        await super().begin()
        mona = self.people.mona
        await moderators.name_channel(driver, mona, "audit_channel", self.audit)
        noon = {"name": "Noon", "time": "12:00", "zone": "Etc/UTC", "open_for": "2h"}
        await moderators.schedule(driver, self.nora, self.noon, **noon)

    async def round(self) -> None:
        """Play a day."""
        turn = len(self.due) // 2 % len(EARLY)
        post = await self._played(turn)
        await self._reviewed(turn)
        self.driver.reached("regrade")
        await moderators.regrade(self.driver, self.nora, post, self._another_key())
        await self._cancelled()

    async def _played(self, turn: int) -> Post:
        """Bob appeals while the question is open and is decided on; then comes the reveal."""
        driver, people = self.driver, self.people
        post = await self.opened()
        for user in (people.alice, people.carla):
            await driver.answer(post, user, driver.chance.randrange(post.options))
        await driver.hint(post, people.alice)
        explained = await explain(driver, post, people.bob, right=True)
        driver.reached("appeal")
        bobs = await appeal(driver, explained, "It says all that there is to say")
        driver.reached("review")
        item = await moderators.look(driver, people.mona, self.channel, include_open=True)
        assert moderators.shown_in(item) == bobs, f"{bobs} was to be shown: {item}"
        await moderators.decide(driver, people.mona, item, EARLY[turn])
        driver.reached("regrade")
        await moderators.regrade(driver, people.mona, post, self._another_key())
        self._carlas = [await explain(driver, post, people.carla, right=False) for _ in "ab"]
        driver.reached("reveal")
        await self.over()
        await self.shown(post)
        return post

    async def _reviewed(self, turn: int) -> None:
        """Carla appeals twice. Nora skips the first one; then both moderators decide on the second
        one at once, and mona on the first.
        """
        driver, channel, mona, nora = self.driver, self.channel, self.people.mona, self.nora
        driver.reached("appeal")
        for number, explained in enumerate(self._carlas, start=1):
            await appeal(driver, explained, f"Text {number} is right in its own way")
        driver.reached("review")
        noras = await moderators.skip(
            driver, nora, await moderators.look(driver, nora, self.channel)
        )
        monas = await moderators.look(driver, mona, channel)
        other = await moderators.skip(driver, mona, monas)
        mine, hers = AT_ONCE[turn]
        await moderators.decide_at_once(driver, [(mona, other, mine), (nora, noras, hers)])
        await moderators.decide(
            driver, mona, await moderators.look(driver, mona, channel), LAST[turn]
        )

    async def _cancelled(self) -> None:
        driver, mona = self.driver, self.people.mona
        noon = later(self.due[-1][1], hours=3)
        await driver.discord.jump(noon)
        self.due.append((self.noon, noon))
        count = len(self.due) // 2
        post = await driver.post(self.noon, count, noon, "concealed")
        await driver.answer(post, self.people.alice, driver.chance.randrange(post.options))
        if (count % 2 == 1) is self.odd:
            await moderators.close(driver, mona, post)
        driver.reached("regrade")
        await moderators.regrade(driver, mona, post, None)
        await driver.until("cancelled", channel=self.noon, message=post.id)

    def _another_key(self) -> str:
        """Return another key than the last one: that of a revealed post is known, and refused."""
        self._key = self.driver.chance.choice(LETTERS.replace(self._key, ""))
        return self._key
