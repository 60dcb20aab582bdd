"""What moderators did, in words: posted in the audit channel, and by pages for `/tutor audit`."""

import re
from collections.abc import Callable
from typing import Any, Self, cast

import discord

from bot.domain import durations
from bot.services import audit, links
from bot.services.audit import Entry, EntryPage
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.moderators import require
from bot.ui.style import ACCENT
from bot.ui.texts import audit as texts
from bot.ui.texts import say

LONGEST_VALUE = 100
LONGEST_ENTRY = 700
"""Characters. Five entries fit into an embed's description (4096), and one into a message."""


class AuditButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tutor:audit:(?P<page>[0-9]{1,6}):(?P<part>newer|older)",
):
    """Under the entries: turns the page."""

    def __init__(self, page: int, part: str, label: str = "-", *, disabled: bool = False) -> None:
        super().__init__(
            discord.ui.Button(
                label=label, disabled=disabled, custom_id=f"tutor:audit:{page}:{part}"
            )
        )
        self.page = page

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build it from the id that Discord sent."""
        return cls(int(match["page"]), match["part"])

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Show that page in place of this one."""
        await interaction.response.defer()
        await require(interaction)
        page = await audit.page(context_of(interaction), server_of(interaction), self.page)
        embed, view = page_embed(interaction.locale, page), page_view(interaction.locale, page)
        await interaction.edit_original_response(embed=embed, view=view)


async def show(interaction: Interaction) -> None:
    """Answer `/tutor audit`, which was deferred privately."""
    page = await audit.page(context_of(interaction), server_of(interaction))
    await interaction.followup.send(
        embed=page_embed(interaction.locale, page),
        view=page_view(interaction.locale, page),
        ephemeral=True,
    )


def page_embed(locale: object, page: EntryPage) -> discord.Embed:
    """Return a page of entries. It mentions people, which pings nobody in an embed."""
    lines = [words(locale, entry) for entry in page.entries] or [say(locale, texts.NOTHING)]
    embed = discord.Embed(
        title=say(locale, texts.TITLE), description="\n\n".join(lines), colour=ACCENT
    )
    if page.pages > 1:
        embed.set_footer(text=say(locale, texts.PAGE, page=page.page + 1, pages=page.pages))
    return embed


def page_view(locale: object, page: EntryPage) -> discord.ui.View:
    """Return the buttons that turn the page; none where there is one page."""
    view = discord.ui.View(timeout=None)
    if page.pages > 1:
        for part, label, target in (
            ("newer", texts.NEWER, page.page - 1),
            ("older", texts.OLDER, page.page + 1),
        ):
            there = 0 <= target < page.pages
            number = target if there else page.page
            view.add_item(AuditButton(number, part, say(locale, label), disabled=not there))
    return view


def message(locale: object, entry: Entry) -> str:
    """Return an entry's post in the audit channel; its last line is its `mark`."""
    return f"{words(locale, entry)}\n{mark(locale, entry)}"


def mark(locale: object, entry: Entry) -> str:
    """Return the line by which an entry's post is found again."""
    return say(locale, texts.MARK, id=f"{entry.id}-{int(entry.done_at.timestamp()):x}")


def words(locale: object, entry: Entry) -> str:
    """Return who did what and when, and what it was before and after, one line each."""
    head = say(
        locale,
        texts.HEAD_NAMED if entry.subject else texts.HEAD,
        action=discord.utils.escape_markdown(entry.action),
        name=_plain(entry.subject),
        who=f"<@{entry.done_by}>" if entry.done_by else say(locale, texts.FORGOTTEN),
        when=discord.utils.format_dt(entry.done_at, "f"),
    )
    lines = [head]
    if entry.post is not None:
        lines.append(links.to_message(entry.server_id, *entry.post))
    elif entry.unsent:
        lines.append(say(locale, texts.UNSENT))
    lines += [_field(locale, name, entry) for name in {**entry.before, **entry.after}]
    if entry.withheld:
        lines.append(say(locale, texts.WITHHELD))
    return _cut(lines)


def _cut(lines: list[str]) -> str:
    """Return whole lines, as many as an entry may be long."""
    text = ""
    for line in lines:
        if len(text) + len(line) > LONGEST_ENTRY - 2:
            return f"{text}…"
        text += f"{line}\n"
    return text.rstrip()


def _field(locale: object, name: str, entry: Entry) -> str:
    label = say(locale, texts.FIELDS[name]) if name in texts.FIELDS else _plain(name)
    shown = {
        when: _value(locale, name, fields[name])
        for when, fields in (("before", entry.before), ("after", entry.after))
        if name in fields
    }
    if len(shown) == 2:
        return say(locale, texts.CHANGED, field=label, **shown)
    return say(locale, texts.VALUE, field=label, value="".join(shown.values()))


def _value(locale: object, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return say(locale, texts.YES if value else texts.NO)
    if value is None:
        return say(locale, texts.NONE)
    if isinstance(value, list):
        names = ", ".join(str(one) for one in cast(list[object], value))
        return _plain(names) or say(locale, texts.ALL)
    for ending, spelt in _SPELT.items():
        if name.endswith(ending) and isinstance(value, int):
            return spelt(value)
    return _plain(value)


_SPELT: dict[str, Callable[[int], str]] = {
    "channel_id": lambda value: f"<#{value}>",
    "role_id": lambda value: f"<@&{value}>",
    "minutes": durations.spell,
}
"""How whole numbers are shown, by the end of their field's name."""


def _plain(value: object) -> str:
    text = " ".join(str(value).split())
    if len(text) > LONGEST_VALUE:
        text = text[: LONGEST_VALUE - 1] + "…"
    return discord.utils.escape_mentions(discord.utils.escape_markdown(text))
