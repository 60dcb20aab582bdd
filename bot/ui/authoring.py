"""Writing a question in Discord: three forms, a private preview with what the check says, and the
buttons that save or discard it. What is typed is stored with every form that is sent.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal, Self, TypeAlias, cast

import discord

from bot.bank import typed
from bot.domain.question import LONGEST_EXPLANATION, Question
from bot.services import own_banks, questions
from bot.services.own_banks import Looked
from bot.store.queries.drafts import Draft
from bot.ui.buttons import IdButton
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.forms import Form, Input, sent
from bot.ui.moderators import require
from bot.ui.questions import chosen, details, short
from bot.ui.style import MUTED, WRONG
from bot.ui.texts import questions as texts
from bot.ui.texts import say

Part: TypeAlias = Literal["ask", "help", "about"]

PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ask": (texts.ASK_TITLE, ("prompt", "code", "options", "answer", "explanation")),
    "help": (texts.HELP_TITLE, ("hint_1", "hint_2", "hint_3", "key_points", "misconceptions")),
    "about": (texts.ABOUT_TITLE, ("topic", "difficulty", "source", "licence")),
}
"""The forms: title and inputs, which are five at most."""

# The limits of bot.domain.question, and for several in one input room for all with their lines.
_LONGEST = {
    "prompt": 1000,
    "code": 1800,
    "options": 1300,
    "answer": 3,
    "explanation": LONGEST_EXPLANATION,
    "hint_1": 600,
    "hint_2": 600,
    "hint_3": 600,
    "key_points": 900,
    "misconceptions": 1600,
    "topic": 60,
    "difficulty": 3,
    "source": 500,
    "licence": 60,
}
_SHORT = frozenset(("answer", "topic", "difficulty", "licence"))
_REQUIRED = frozenset(("prompt", "options", "answer", "topic", "difficulty"))
_FORM = re.compile(r"tutor:draft-text:(?P<part>ask|help|about):(?P<id>[0-9]{1,18})")
_STYLES = {"save": discord.ButtonStyle.success, "drop": discord.ButtonStyle.danger}


class DraftButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tutor:draft-(?P<act>ask|help|about|save|drop):(?P<id>[0-9]{1,18})",
):
    """Under a preview: opens a form, saves the draft, or discards it."""

    def __init__(self, act: str, draft_id: int, label: str = "-") -> None:
        super().__init__(
            discord.ui.Button(
                label=label,
                style=_STYLES.get(act, discord.ButtonStyle.secondary),
                custom_id=f"tutor:draft-{act}:{draft_id}",
            )
        )
        self.act, self.draft_id = act, draft_id

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build it from the id that Discord sent."""
        return cls(match["act"], int(match["id"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Do it, for the moderator whose draft it is."""
        await require(interaction)
        match self.act:
            case "save":
                await _save(interaction, self.draft_id)
            case "drop":
                await _drop(interaction, self.draft_id)
            case _:
                draft = await own_banks.draft(
                    context_of(interaction),
                    server_of(interaction),
                    interaction.user.id,
                    self.draft_id,
                )
                await interaction.response.send_modal(
                    form(interaction.locale, draft, cast(Part, self.act))
                )


class CopyButton(IdButton, what="copy-question", label=texts.COPY):
    """In the answer that a shipped question stays as it is: begins a draft with a copy of it."""

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Show the copy as a draft."""
        await require(interaction)
        await interaction.response.defer()
        context, server_id = context_of(interaction), server_of(interaction)
        stored = await questions.to_be_seen(context, server_id, self.id_)
        bank = await usual_bank(interaction)
        draft = await own_banks.begin_copy(context, server_id, interaction.user.id, stored, bank)
        await _preview(interaction, draft)


DYNAMIC_ITEMS = (DraftButton, CopyButton)


async def add(
    interaction: Interaction, topic: str, difficulty: int | None, bank: str | None
) -> None:
    """Answer `/question add`: with the form, or with what was begun before and not saved.

    Raises MemberError and ModeratorError.
    """
    await require(interaction)
    context, server_id = context_of(interaction), server_of(interaction)
    earlier = await own_banks.unsaved(context, server_id, interaction.user.id)
    if earlier is not None and "prompt" in earlier.content[0]:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await _preview(interaction, earlier, say(interaction.locale, texts.CONTINUED))
        return
    into = await (own_banks.named(context, server_id, bank) if bank else usual_bank(interaction))
    values = {"topic": topic.strip(), "difficulty": difficulty or 2}
    draft = await own_banks.begin(context, server_id, interaction.user.id, into, values)
    # A modal must be the first response: nothing is deferred before it.
    await interaction.response.send_modal(form(interaction.locale, draft, "ask"))


async def edit(interaction: Interaction, typed_name: str) -> None:
    """Answer `/question edit` with the preview of what is to be changed; the command has been
    acknowledged. Raises ModeratorError.
    """
    context, server_id = context_of(interaction), server_of(interaction)
    # Rounds keep what was asked, so a change can wait for the reveal of one that is open.
    stored = await chosen(interaction, typed_name)
    if stored.server_id != server_id:
        view = discord.ui.View(timeout=None)
        view.add_item(CopyButton(stored.id, say(interaction.locale, texts.COPY)))
        message = say(interaction.locale, texts.SHIPPED, bank=stored.bank_title)
        await interaction.edit_original_response(content=message, view=view)
        return
    earlier = await own_banks.unsaved(context, server_id, interaction.user.id, stored.id)
    draft = await own_banks.begin_edit(context, server_id, interaction.user.id, stored)
    await _preview(interaction, draft, say(interaction.locale, texts.CONTINUED) if earlier else "")


async def submitted(interaction: Interaction) -> None:
    """Take one of the forms: store what was typed, then show the question as it stands. Every
    other interaction is left alone.
    """
    custom_id, inputs = sent(interaction)
    match = _FORM.fullmatch(custom_id)
    if match is None:
        return
    await require(interaction)
    # From a button it replaces the preview, from the command it is the first one.
    if interaction.message is not None:
        await interaction.response.defer()
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)
    names = PARTS[match["part"]][1]
    draft = await own_banks.change(
        context_of(interaction),
        server_of(interaction),
        interaction.user.id,
        int(match["id"]),
        typed.read({name: inputs.get(name, "") for name in names}),
    )
    await _preview(interaction, draft)


async def usual_bank(interaction: Interaction) -> own_banks.BankName:
    """Return the bank for a question of which nobody said where it goes: the server's only one, or
    one of a plain title.
    """
    context, server_id = context_of(interaction), server_of(interaction)
    found = await own_banks.titles(context, server_id)
    if len(found) == 1:
        return own_banks.BankName(*next(iter(found.items())))
    return await own_banks.named(context, server_id, say(None, texts.OWN_BANK))


def form(locale: object, draft: Draft, part: Part) -> Form:
    """Return a form with what the draft holds."""
    title, names = PARTS[part]
    values = typed.written(draft.content[0])
    inputs = [
        Input(
            name,
            say(locale, texts.INPUTS[name]),
            _LONGEST[name],
            say(locale, texts.ABOUT_INPUTS[name]) if name in texts.ABOUT_INPUTS else "",
            values[name],
            required=name in _REQUIRED,
            long=name not in _SHORT,
        )
        for name in names
    ]
    return Form(say(locale, title), f"tutor:draft-text:{part}:{draft.id}", inputs)


def preview(locale: object, looked: Looked) -> tuple[discord.Embed, list[discord.File]]:
    """Return a draft as moderators see it: all it holds, and what the check says."""
    judged = looked.judged
    found = [(say(locale, texts.WRONG), judged.wrong), (say(locale, texts.REMARKS), judged.remarks)]
    notes = [(name, "\n".join(f"• {one}" for one in said)) for name, said in found if said]
    embed, files = details(locale, looked.draft.bank_title, looked.values, notes)
    if judged.wrong:
        embed.colour = discord.Colour(WRONG)
    return embed, files


async def _preview(interaction: Interaction, draft: Draft, first: str = "") -> None:
    """Put a draft's preview where the interaction's private answer stands."""
    locale = interaction.locale
    looked = await own_banks.look(context_of(interaction), draft)
    embed, files = preview(locale, looked)
    what = texts.CHANGE_IN if draft.question_id is not None else texts.NEW_IN
    lines = [first, say(locale, what, bank=draft.bank_title)]
    if looked.judged.missing:
        lines.append(say(locale, texts.MISSING, missing=", ".join(looked.judged.missing)))
    view = discord.ui.View(timeout=None)
    can_save = looked.judged.question is not None and not looked.judged.wrong
    for act, label in texts.BUTTONS.items():
        if act != "save" or can_save:
            view.add_item(DraftButton(act, draft.id, say(locale, label)))
    await interaction.edit_original_response(
        content="\n".join(filter(None, lines)), embed=embed, attachments=files, view=view
    )


async def _save(interaction: Interaction, draft_id: int) -> None:
    await interaction.response.defer()
    changed = await own_banks.save(
        context_of(interaction), server_of(interaction), interaction.user.id, draft_id
    )
    assert changed.after is not None
    question: Question = changed.after.question
    message = say(
        interaction.locale,
        texts.CHANGED if changed.before else texts.ADDED,
        bank=changed.after.bank_title,
        prompt=short(question.prompt, 200),
    )
    await interaction.edit_original_response(content=message, embed=None, attachments=[], view=None)


async def _drop(interaction: Interaction, draft_id: int) -> None:
    await interaction.response.defer()
    await own_banks.drop(
        context_of(interaction), server_of(interaction), interaction.user.id, draft_id
    )
    embed = discord.Embed(description=say(interaction.locale, texts.DROPPED), colour=MUTED)
    await interaction.edit_original_response(content=None, embed=embed, attachments=[], view=None)
