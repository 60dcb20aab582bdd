"""What people and their channels do to a round, each in a play of its own. A play ends where the
judge is to find everything in order.
"""

import asyncio
from collections.abc import Awaitable, Callable

from tests.discord.driver import LETTERS, Post
from tests.discord.explaining import explain
from tests.discord.plays import Daily

Mishap = Callable[[Daily], Awaitable[None]]

PAUSED = "is paused"
TROUBLE = "There is trouble"
ANSWERING = "POST /interactions/{interaction_id}/{interaction_token}/callback"
HANG_S = 3.3
"""Longer than the three seconds, of real time, that Discord waits for a first answer."""


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
    await _over_without(play, "view_channel")
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


async def two_events_swap(play: Daily) -> None:
    """Alice's reaction and bob's are told in the wrong order, then a button before a reaction."""
    post = await play.opened()
    await play.driver.discord.do("harm", swapped=2)
    await play.driver.react(post, play.people.alice, 1)
    await play.driver.answer(post, play.people.bob, 2)
    await play.driver.discord.do("harm", swapped=2)
    await play.driver.react(post, play.people.carla, 0)
    await play.driver.hint(post, play.people.bob)
    await play.over()
    await play.shown(post)


async def an_outage_is_replayed(play: Daily) -> None:
    """The connection is lost, two members react, and the session is resumed."""
    post = await play.opened()
    await play.driver.discord.do("cut", forget=False)
    await play.driver.react(post, play.people.alice, 1)
    await play.driver.answer(post, play.people.bob, 2)
    await _gone(play, post, play.people.alice, 1)
    await play.over()
    await play.shown(post)


async def events_and_the_session_are_lost(play: Daily) -> None:
    """Nothing tells of three reactions, then the session ends: the new one begins with a look."""
    post, people = await play.opened(), play.people
    await play.driver.discord.do("harm", lost=3)
    for option, member in enumerate((people.alice, people.bob, people.carla)):
        await play.driver.react(post, member, option)
    await play.driver.discord.do("cut", forget=True)
    for option, member in enumerate((people.alice, people.bob, people.carla)):
        await _gone(play, post, member, option)
    await play.over()
    await play.shown(post)


async def a_choice_changes_while_away(play: Daily) -> None:
    """Openly, alice takes one option back and another one, between two sessions."""
    post, alice = await play.opened(), play.people.alice
    await play.driver.react(post, alice, 1)
    await play.driver.hint(post, alice)
    await play.driver.discord.do("cut", forget=True)
    await play.driver.withdraw(post, alice, 1)
    await play.driver.react(post, alice, 2)
    await play.driver.until("ready")
    await play.over()
    await play.shown(post)


async def a_choice_is_taken_back_unseen(play: Daily) -> None:
    """Openly, nothing tells that alice takes her answer back: it is seen at the end."""
    post, alice = await play.opened(), play.people.alice
    await play.driver.react(post, alice, 1)
    await play.driver.hint(post, alice)
    await play.driver.discord.do("harm", lost=1)
    await play.driver.withdraw(post, alice, 1)
    await play.over()
    await play.shown(post)


async def threads_may_not_be_opened(play: Daily) -> None:
    """Create Public Threads is withdrawn: the reveal comes all the same, and moderators know."""
    post = await _over_without(play, "create_public_threads")
    await play.driver.until("revealed", channel=post.channel, message=post.id)
    await play.driver.until("said", part=TROUBLE)


async def nothing_may_be_attached(play: Daily) -> None:
    """Attach Files is withdrawn: the reveal's picture is refused, and moderators know."""
    await _over_without(play, "attach_files")
    await play.driver.until("said", part=TROUBLE)


async def the_history_may_not_be_read(play: Daily) -> None:
    """Read Message History is withdrawn: what is stored counts, and is revealed."""
    post = await play.opened()
    await play.driver.answer(post, play.people.alice, 1)
    await play.driver.discord.do("deny", channel=post.channel, permissions=["read_message_history"])
    await play.driver.react(post, play.people.bob, 2)
    await _gone(play, post, play.people.bob, 2)
    await play.over()
    await play.shown(post)


async def a_reply_comes_too_late(play: Daily) -> None:
    """A quarter of an hour passes before the reply: the grade comes by direct message."""
    post, driver = await play.opened(), play.driver
    late = {"kind": "late", "route": ANSWERING, "skip": 1, "seconds": 1.0}
    await driver.discord.do("order", faults=[late])
    explained = asyncio.create_task(explain(driver, post, play.people.bob, right=True))
    await driver.until("struck", count=1)
    await driver.discord.pass_time(16 * 60)
    await explained
    await _answered(play, "/@original", 401)
    await play.over()
    await play.shown(post)


async def the_bot_hangs(play: Daily) -> None:
    """For longer than Discord waits for an answer: alice presses her button again."""
    post, alice = await play.opened(), play.people.alice
    play.driver.discord.hang(True)
    about = {"channel": post.channel, "message": post.id, "custom_id": post.buttons["hint"]}
    await play.driver.discord.do("click", user=alice, **about)
    await play.driver.react(post, play.people.bob, 2)
    await asyncio.sleep(HANG_S)
    play.driver.discord.hang(False)
    await play.driver.hint(post, alice)
    await _answered(play, ANSWERING, 404)
    await _gone(play, post, play.people.bob, 2)
    await play.over()
    await play.shown(post)


async def many_answer_at_once(play: Daily) -> None:
    """Twelve members react at once; reactions go no faster than Discord lets them, in order."""
    post, driver = await play.opened(), play.driver
    members = [await driver.discord.do("join", name=f"member {n}") for n in range(12)]
    for number, member in enumerate(members):
        await driver.react(post, member, number % post.options)
    for number, member in enumerate(members):
        await _gone(play, post, member, number % post.options)
    await driver.hint(post, play.people.alice)
    await play.over()
    await play.shown(post)


async def _answered(play: Daily, route: str, status: int) -> None:
    """Raise AssertionError where Discord has answered no request of a route like that: the mishap
    did not happen.
    """
    log = (await play.driver.discord.do("record"))["log"]
    statuses = [one["status"] for one in log if str(one.get("route")).endswith(route)]
    assert status in statuses, f"{route} was answered {statuses}"


async def _over_without(play: Daily, permission: str) -> Post:
    """Play a round from which the bot's permission is withdrawn once alice has answered."""
    post = await play.opened()
    await play.driver.answer(post, play.people.alice, 1)
    await play.driver.discord.do("deny", channel=post.channel, permissions=[permission])
    await play.over()
    return post


async def _gone(play: Daily, post: Post, user: int, option: int) -> None:
    about = {"channel": post.channel, "message": post.id, "user": user}
    await play.driver.until("gone", emoji=LETTERS[option], **about)


OPENLY = (a_choice_changes_while_away, a_choice_is_taken_back_unseen)
"""Those of an open round."""
MISHAPS: dict[str, Mishap] = {
    one.__name__.replace("_", " "): one
    for one in (
        an_event_is_lost,
        two_events_swap,
        an_outage_is_replayed,
        a_reaction_while_away,
        events_and_the_session_are_lost,
        a_change_of_mind_in_haste,
        *OPENLY,
        the_post_is_deleted,
        the_channel_is_deleted,
        reactions_may_not_be_removed,
        posts_may_not_be_sent,
        threads_may_not_be_opened,
        nothing_may_be_attached,
        the_history_may_not_be_read,
        the_channel_is_shut,
        a_member_leaves,
        a_reply_comes_too_late,
        the_bot_hangs,
        many_answer_at_once,
    )
}
LONG = {
    one.__name__.replace("_", " ")
    for one in (
        a_reaction_while_away,
        events_and_the_session_are_lost,
        a_choice_changes_while_away,
        threads_may_not_be_opened,
        nothing_may_be_attached,
        the_history_may_not_be_read,
        a_reply_comes_too_late,
        the_bot_hangs,
        many_answer_at_once,
    )
}
"""`make faults` plays them, `make test` does not: it has no time for them."""
