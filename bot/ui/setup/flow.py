"""`/tutor setup` in Discord: one private message that leads from step to step by selects and
buttons, and ends as a schedule. What a step shows is in `steps`, what becomes of a choice in
`choices`.

Whoever presses is checked anew each time, and what they choose is looked at when they choose it:
a channel without its permissions is refused there, with the sentence that names them.
"""

import re
from datetime import timedelta
from typing import Any, Self

import discord

from bot.errors import MemberError, ModeratorError
from bot.services import questions, schedules, servers
from bot.services import setup as services
from bot.services.setup import Setup, Step
from bot.ui import forms
from bot.ui import schedules as schedule_ui
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.moderators import check_place, manages, require, require_manager
from bot.ui.rounds import post_embed
from bot.ui.setup import steps
from bot.ui.setup.choices import chosen, found, typed
from bot.ui.texts import say
from bot.ui.texts import setup as texts

MODAL_KEPT_S = 60.0
"""How long discord.py remembers a modal. Nothing depends on it: what is sent comes by custom id."""
_SENT = re.compile(r"tutor:setup-text:(?P<what>city|clock):(?P<id>[0-9]{1,20})")
_LONGEST_TYPED = 60

_STYLES = {
    "next": discord.ButtonStyle.primary,
    "create": discord.ButtonStyle.success,
}


class SetupSelect(
    discord.ui.DynamicItem[steps.Select],
    template=r"tutor:setup:(?P<what>channel|ping|moderators|zone|time|days|banks|manner)"
    r"(?P<list>[0-9]?):(?P<id>[0-9]{1,20})",
):
    """A choice in a step."""

    def __init__(self, select: steps.Select) -> None:
        super().__init__(select)
        match = self.template.fullmatch(select.custom_id)
        assert match is not None  # the base class has looked
        self.what, self.setup_id = match["what"], int(match["id"])
        options = select.options if isinstance(select, discord.ui.Select) else []
        self.offered = [option.value for option in options]

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Take the select that Discord sent; in the place of anything else one without a choice."""
        if isinstance(item, discord.ui.Select | discord.ui.ChannelSelect | discord.ui.RoleSelect):
            return cls(item)
        return cls(discord.ui.Select(custom_id=match[0]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Take the choice, or say why it cannot be."""
        await interaction.response.defer()
        await require(interaction)
        setup = found(interaction, self.setup_id)
        data: Any = interaction.data
        values: list[str] = data.get("values") or []
        try:
            setup = await chosen(interaction, setup, self.what, values, self.offered)
        except (MemberError, ModeratorError) as problem:
            await _show(interaction, setup, problem)
        else:
            await _show(interaction, setup)


class SetupButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tutor:setup:(back|next|create|city|clock|cancel):([0-9]{1,20})",
):
    """Below each step: leads on, back, to the end, or to a text that no list can hold."""

    def __init__(
        self, what: str, setup_id: int, label: str = "-", *, disabled: bool = False
    ) -> None:
        super().__init__(
            discord.ui.Button(
                label=label,
                style=_STYLES.get(what, discord.ButtonStyle.secondary),
                custom_id=f"tutor:setup:{what}:{setup_id}",
                disabled=disabled,
            )
        )
        self.what, self.setup_id = what, setup_id

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build it from the id that Discord sent."""
        return cls(match[1], int(match[2]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Do what the button says."""
        if self.what in texts.MODAL_TITLES:
            await require(interaction)
            setup = found(interaction, self.setup_id)
            # A modal must be the first response: nothing is deferred before it.
            await interaction.response.send_modal(_modal(interaction.locale, setup, self.what))
            return
        await interaction.response.defer()
        await require(interaction)
        context, setup = context_of(interaction), found(interaction, self.setup_id)
        match self.what:
            case "cancel":
                services.end(context, setup)
                message = say(interaction.locale, texts.CANCELLED)
                await interaction.edit_original_response(content=message, embed=None, view=None)
            case "create":
                await _create(interaction, setup)
            case _:
                by = 1 if self.what == "next" else -1
                await _show(interaction, services.keep(context, services.turned(setup, by)))


class SetupModal(discord.ui.Modal):
    """Takes a city or a time. What is sent arrives in `submitted`, by the custom id."""

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Leave it to `submitted`."""


async def begin(interaction: Interaction) -> None:
    """Answer `/tutor setup` with the first step."""
    setup = await services.begin(
        context_of(interaction), server_of(interaction), interaction.user.id, interaction.id
    )
    embed, view = await _step(interaction, setup)
    await interaction.followup.send(embed=embed, view=view, ephemeral=True)


async def submitted(interaction: Interaction) -> None:
    """Take what was typed into the set-up's modal. Every other interaction is left alone."""
    sent = forms.typed(interaction, _SENT)
    if sent is None:
        return
    match, text = sent
    await interaction.response.defer()
    await require(interaction)
    setup = found(interaction, int(match["id"]))
    try:
        setup = await typed(interaction, setup, match["what"], text.strip())
    except ModeratorError as problem:
        await _show(interaction, setup, problem)
    else:
        await _show(interaction, setup)


async def _create(interaction: Interaction, setup: Setup) -> None:
    context, locale = context_of(interaction), interaction.locale
    # Taken away before anything is waited for, so that a second press makes no second schedule.
    services.end(context, setup)
    try:
        plan = await services.plan(context, setup)
        check_place(interaction, plan)
        if setup.moderator_role_id is not None:
            require_manager(interaction)
        name = say(locale, texts.NAME)
        made, zone_set = await services.create(context, setup, plan, name)
    except Exception as problem:
        services.put_back(context, setup)
        if not isinstance(problem, MemberError | ModeratorError):
            raise
        await _show(interaction, setup, problem)
        return
    outlook = await schedules.outlook(context, made)
    embed = schedule_ui.made(locale, made, outlook, zone_set=zone_set, new=True)
    server = await servers.get(context, setup.server_id)
    if server.notice_channel_id is None and server.audit_channel_id is None:
        embed.set_footer(text=say(locale, texts.NO_NOTICES))
    await interaction.edit_original_response(embed=embed, view=None)


async def _show(
    interaction: Interaction, setup: Setup, problem: MemberError | ModeratorError | None = None
) -> None:
    """Put a step in the place of the one before; the last one with a question as it will look."""
    if setup.step is not Step.LOOK or problem is not None:
        embed, view = await _step(interaction, setup, problem)
        await interaction.edit_original_response(embed=embed, view=view)
        return
    context, locale = context_of(interaction), interaction.locale
    try:
        plan = await services.plan(context, setup)
        check_place(interaction, plan)
    except ModeratorError as error:
        await _show(interaction, setup, error)
        return
    look = await services.look(context, setup, plan, say(locale, texts.NAME))
    embed, view = steps.look_embed(locale, setup, look), _view(interaction, setup, [])
    await interaction.edit_original_response(embed=embed, view=view)
    if look.sample is not None:
        closes_at = look.sample.due_at + timedelta(minutes=look.sample.open_minutes)
        await interaction.followup.send(
            say(locale, texts.SAMPLE, channel=f"<#{look.sample.channel_id}>"),
            embed=post_embed(context.settings.server.locale, look.sample, closes_at),
            ephemeral=True,
        )


async def _step(
    interaction: Interaction, setup: Setup, problem: MemberError | ModeratorError | None = None
) -> tuple[discord.Embed, discord.ui.View]:
    context, locale = context_of(interaction), interaction.locale
    manager = manages(interaction)
    server = await servers.get(context, setup.server_id)
    banks = await questions.listing(context, setup.server_id)
    embed = steps.step_embed(locale, setup, manager=manager, banks=banks, problem=problem)
    choices = steps.selects(
        locale,
        setup,
        manager=manager,
        moderator_role_id=server.moderator_role_id,
        banks=banks,
        now=context.clock(),
    )
    return embed, _view(interaction, setup, choices, blocked=problem is not None)


def _view(
    interaction: Interaction, setup: Setup, choices: list[steps.Select], *, blocked: bool = False
) -> discord.ui.View:
    """Return a step's selects and buttons. All of them are dynamic, so they outlive the process."""
    view = discord.ui.View(timeout=None)
    for select in choices:
        view.add_item(SetupSelect(select))
    buttons = {"back": setup.step is Step.CHANNEL}
    if setup.step is Step.LOOK:
        buttons["create"] = blocked
    else:
        buttons["next"] = setup.wish.channel_id is None
    buttons |= {Step.ZONE: {"city": False}, Step.TIME: {"clock": False}}.get(setup.step, {})
    buttons["cancel"] = False
    for what, disabled in buttons.items():
        label = say(interaction.locale, texts.BUTTONS[what])
        view.add_item(SetupButton(what, setup.id, label, disabled=disabled))
    return view


def _modal(locale: object, setup: Setup, what: str) -> SetupModal:
    modal = SetupModal(
        title=say(locale, texts.MODAL_TITLES[what]),
        custom_id=f"tutor:setup-text:{what}:{setup.id}",
        timeout=MODAL_KEPT_S,
    )
    text: discord.ui.TextInput[Any] = discord.ui.TextInput(max_length=_LONGEST_TYPED)
    modal.add_item(discord.ui.Label(text=say(locale, texts.MODAL_LABELS[what]), component=text))
    return modal
