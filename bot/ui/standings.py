"""Standings in Discord: the leaderboard with its buttons, and a member's own figures."""

import re
from datetime import date
from io import BytesIO
from typing import Any, Self

import discord

from bot.services import links, standings
from bot.services.standings import Leaderboard, MemberStanding, Period
from bot.store.queries.standings import Explained, Place
from bot.ui import charts
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.plain import plain
from bot.ui.style import ACCENT
from bot.ui.texts import say
from bot.ui.texts import standings as texts

TOPICS_SHOWN = 6
_CHART = "standing.png"
_QUESTION_LENGTH = 90
_ALT_LENGTH = 1024


class BoardButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tutor:board:(week|month|all):([0-9]{1,6}):(period|previous|next)",
):
    """Under a leaderboard: shows another period or page in its place."""

    def __init__(
        self,
        period: Period,
        page: int,
        part: str = "period",
        *,
        label: str = "-",
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        disabled: bool = False,
    ) -> None:
        super().__init__(
            discord.ui.Button(
                label=label,
                style=style,
                disabled=disabled,
                row=0 if part == "period" else 1,
                # `part` keeps the ids apart: two buttons may lead to the same page.
                custom_id=f"tutor:board:{period}:{page}:{part}",
            )
        )
        self.period, self.page = period, page

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build it from the id that Discord sent."""
        return cls(Period(match[1]), int(match[2]), match[3])

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Show what the button says."""
        await interaction.response.defer()
        board = await _read_board(interaction, self.period, self.page)
        await interaction.edit_original_response(
            embed=board_embed(interaction.locale, board), view=_board_view(interaction, board)
        )


DYNAMIC_ITEMS = (BoardButton,)


async def show_board(interaction: Interaction, period: Period) -> None:
    """Answer `/leaderboard`."""
    await interaction.response.defer(ephemeral=True)
    board = await _read_board(interaction, period, 0)
    await interaction.followup.send(
        embed=board_embed(interaction.locale, board),
        view=_board_view(interaction, board),
        allowed_mentions=discord.AllowedMentions.none(),
        ephemeral=True,
    )


async def show_member(interaction: Interaction) -> None:
    """Answer `/me`."""
    await interaction.response.defer(ephemeral=True)
    locale, server_id = interaction.locale, server_of(interaction)
    standing = await standings.of_member(context_of(interaction), server_id, interaction.user.id)
    embed = member_embed(locale, standing, server_id)
    if not standing.answered:
        await interaction.followup.send(embed=embed, ephemeral=True)
        return
    png = await charts.member_chart(
        [(topic.name, topic.right, topic.answered) for topic in standing.topics[:TOPICS_SHOWN]],
        [(_day(locale, day), points) for day, points in standing.weeks],
        topics_title=say(locale, texts.CHART_TOPICS),
        weeks_title=say(locale, texts.CHART_WEEKS),
    )
    chart = discord.File(BytesIO(png), _CHART, description=alt_member(locale, standing))
    embed.set_image(url=f"attachment://{_CHART}")
    await interaction.followup.send(embed=embed, file=chart, ephemeral=True)


def board_embed(locale: object, board: Leaderboard) -> discord.Embed:
    """Return a page of the leaderboard. It mentions members, which pings nobody in an embed."""
    page = board.page
    lines: list[str] = []
    if board.starts is not None:
        when = discord.utils.format_dt(board.starts, "D")
        lines += [say(locale, texts.SINCE, when=when), ""]
    lines += [_place(locale, place) for place in page.places] or [say(locale, texts.NOBODY)]
    if page.own is not None:
        points = say(locale, texts.POINTS, n=page.own.points)
        own = say(locale, texts.OWN_PLACE, rank=page.own.rank, members=page.members, points=points)
        lines += ["", own]
    elif page.members:
        lines += ["", say(locale, texts.NO_PLACE)]
    period = say(locale, texts.PERIODS[board.period])
    embed = discord.Embed(
        title=say(locale, texts.BOARD_TITLE, period=period),
        description="\n".join(lines),
        colour=ACCENT,
    )
    if page.pages > 1:
        embed.set_footer(text=say(locale, texts.PAGE, page=page.page + 1, pages=page.pages))
    return embed


def member_embed(locale: object, standing: MemberStanding, server_id: int) -> discord.Embed:
    """Return a member's own figures."""
    embed = discord.Embed(title=say(locale, texts.ME_TITLE), colour=ACCENT)
    if standing.blank:
        embed.description = say(locale, texts.BLANK)
        return embed
    for period, place in standing.places.items():
        embed.add_field(name=say(locale, texts.PERIODS[period]), value=_points(locale, place))
    hints = say(locale, texts.HINTS, n=standing.hints)
    explanations = say(locale, texts.EXPLANATIONS, n=standing.explanations)
    embed.add_field(name=say(locale, texts.STREAK), value=_streak(locale, standing))
    embed.add_field(name=say(locale, texts.ANSWERS), value=_answers(locale, standing))
    embed.add_field(name=say(locale, texts.HELP), value=f"{hints}\n{explanations}")
    if standing.best:
        lines = [_explained(locale, best, server_id) for best in standing.best]
        embed.add_field(name=say(locale, texts.BEST), value="\n".join(lines), inline=False)
    return embed


def alt_member(locale: object, standing: MemberStanding) -> str:
    """Return in words what a member's chart shows, for those who do not see it."""
    topics = "; ".join(
        say(
            locale,
            texts.ALT_TOPIC,
            topic=topic.name,
            right=topic.right,
            answered=topic.answered,
        )
        for topic in standing.topics[:TOPICS_SHOWN]
    )
    weeks = "; ".join(
        say(locale, texts.ALT_WEEK, day=_day(locale, day), points=points)
        for day, points in standing.weeks
    )
    words = (
        say(locale, texts.ALT_TOPICS, topics=topics),
        say(locale, texts.ALT_WEEKS, weeks=weeks),
    )
    return " ".join(words)[:_ALT_LENGTH]


async def _read_board(interaction: Interaction, period: Period, page: int) -> Leaderboard:
    return await standings.leaderboard(
        context_of(interaction), server_of(interaction), interaction.user.id, period, page
    )


def _board_view(interaction: Interaction, board: Leaderboard) -> discord.ui.View:
    view, locale = discord.ui.View(timeout=None), interaction.locale
    for period in Period:
        shown = period is board.period
        style = discord.ButtonStyle.primary if shown else discord.ButtonStyle.secondary
        label = say(locale, texts.PERIODS[period])
        view.add_item(BoardButton(period, 0, label=label, style=style, disabled=shown))
    page = board.page
    if page.pages > 1:
        turns = (("previous", texts.PREVIOUS, page.page - 1), ("next", texts.NEXT, page.page + 1))
        for part, label, target in turns:
            there = 0 <= target < page.pages
            number = target if there else page.page
            button = BoardButton(
                board.period, number, part, label=say(locale, label), disabled=not there
            )
            view.add_item(button)
    return view


def _place(locale: object, place: Place) -> str:
    return say(
        locale,
        texts.PLACE,
        rank=place.rank,
        member=f"<@{place.user_id}>",
        points=say(locale, texts.POINTS, n=place.points),
        right=say(locale, texts.RIGHT, n=place.right),
    )


def _points(locale: object, place: Place | None) -> str:
    if place is None:
        return say(locale, texts.NO_POINTS)
    points = say(locale, texts.POINTS, n=place.points)
    return say(locale, texts.POINTS_AND_PLACE, points=points, rank=place.rank)


def _streak(locale: object, standing: MemberStanding) -> str:
    days = say(locale, texts.DAYS, n=standing.streak)
    longest = say(locale, texts.DAYS, n=standing.longest)
    lines = [say(locale, texts.STREAK_DAYS, days=days, longest=longest)]
    if standing.to_answer:
        lines.append(say(locale, texts.TO_ANSWER))
    return "\n".join(lines)


def _answers(locale: object, standing: MemberStanding) -> str:
    lines: list[str] = []
    if standing.answered:
        right, answered = standing.right, standing.answered
        lines.append(say(locale, texts.RIGHT_OF, right=right, answered=answered))
    if standing.waiting:
        lines.append(say(locale, texts.WAITING, n=standing.waiting))
    return "\n".join(lines) or say(locale, texts.NO_ANSWERS)


def _explained(locale: object, best: Explained, server_id: int) -> str:
    # Brackets would end the link's text.
    question = plain(best.prompt.replace("[", "(").replace("]", ")"), _QUESTION_LENGTH)
    if best.message_id is not None:
        url = links.to_message(server_id, best.channel_id, best.message_id)
        question = f"[{question}]({url})"
    return say(locale, texts.BEST_LINE, score=round(best.score * 100), question=question)


def _day(locale: object, day: date) -> str:
    return say(locale, texts.DAY, day=day.day, month=say(locale, texts.MONTHS[day.month - 1]))
