"""What people and their channels do to a round, each in a play of its own. A play ends where the
judge is to find everything in order.
"""

from collections.abc import Awaitable, Callable

from tests.discord.driver import LETTERS
from tests.discord.plays import Daily

Mishap = Callable[[Daily], Awaitable[None]]

PAUSED = "is paused"
TROUBLE = "There is trouble"


async def an_event_is_lost(play: Daily) -> None:
    """Nothing tells of alice's reaction; it counts all the same, because it stands there."""
    post = await play.opened()
    await play.driver.discord.do("harm", lost=1)
    await play.driver.react(post, play.people.alice, 1)
    await play.over()
    await play.shown(post)


async def a_reaction_while_away(play: Daily) -> None:
    """Alice reacts between two sessions."""
    post = await play.opened()
    await play.driver.discord.do("cut", forget=True)
    await play.driver.answer(post, play.people.alice, 1)
    await play.over()
    await play.shown(post)


async def a_change_of_mind_in_haste(play: Daily) -> None:
    """Alice taps one option after another before anything is taken: the last one counts."""
    post, alice = await play.opened(), play.people.alice
    for option in range(post.options):
        await play.driver.react(post, alice, option)
    for emoji in LETTERS[: post.options]:
        await play.driver.until(
            "gone", channel=post.channel, message=post.id, user=alice, emoji=emoji
        )
    await play.over()
    await play.shown(post)


async def the_post_is_deleted(play: Daily) -> None:
    """A moderator deletes the post: answers count, and the moderators are told."""
    post = await play.opened()
    await play.driver.answer(post, play.people.alice, 1)
    await play.driver.discord.do("delete_message", channel=post.channel, message=post.id)
    await play.over()
    await play.driver.until("said", part=TROUBLE)


async def the_channel_is_deleted(play: Daily) -> None:
    """A moderator deletes the channel: answers count, and the schedule is paused, not deleted."""
    post = await play.opened()
    await play.driver.answer(post, play.people.alice, 1)
    await play.driver.discord.do("delete_channel", channel=post.channel)
    await play.over()
    await play.driver.until("said", part=TROUBLE)
    await play.next_day()
    await play.driver.until("said", part=PAUSED)


async def reactions_may_not_be_removed(play: Daily) -> None:
    """Manage Messages is withdrawn: the answer is taken, its reaction stays, moderators know."""
    post = await play.opened()
    await play.driver.discord.do("deny", channel=post.channel, permissions=["manage_messages"])
    await play.driver.react(post, play.people.alice, 1)
    await play.driver.until("said", part="Manage Messages")
    await play.over()
    await play.shown(post)


async def posts_may_not_be_sent(play: Daily) -> None:
    """Send Messages is withdrawn: the schedule is paused with a message, and nothing is posted."""
    await play.driver.discord.do("deny", channel=play.channel, permissions=["send_messages"])
    await play.next_day()
    await play.driver.until("said", part=PAUSED)


async def the_channel_is_shut(play: Daily) -> None:
    """View Channel is withdrawn while a round is open: what is stored counts, moderators know."""
    post = await play.opened()
    await play.driver.answer(post, play.people.alice, 1)
    await play.driver.discord.do("deny", channel=post.channel, permissions=["view_channel"])
    await play.over()
    await play.driver.until("said", part=TROUBLE)


async def a_member_leaves(play: Daily) -> None:
    """Alice answers and leaves; bob leaves with his reaction not taken yet. Both answered."""
    post = await play.opened()
    await play.driver.answer(post, play.people.alice, 1)
    await play.driver.discord.do("leave", user=play.people.alice)
    await play.driver.react(post, play.people.bob, 2)
    await play.driver.discord.do("leave", user=play.people.bob)
    await play.over()
    await play.shown(post)


MISHAPS: dict[str, Mishap] = {
    one.__name__.replace("_", " "): one
    for one in (
        an_event_is_lost,
        a_reaction_while_away,
        a_change_of_mind_in_haste,
        the_post_is_deleted,
        the_channel_is_deleted,
        reactions_may_not_be_removed,
        posts_may_not_be_sent,
        the_channel_is_shut,
        a_member_leaves,
    )
}
