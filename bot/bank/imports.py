"""Importing: bytes in, a report out. Nothing is written here, and nothing of a file goes unsaid.

A question of the report comes in whole, comes in with something missing, or does not come in. What
is missing stays missing: no hint or explanation is made up. A server's own bank is asked with its
gaps; in a bank's file `tutor check` names each, and the bot does not start with them.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from pydantic import ValidationError

from bot.bank import words
from bot.bank.check import check_question, does_not_fit
from bot.bank.duplicates import Asked, ask_the_same, asked, same_key
from bot.bank.formats import limits
from bot.bank.formats.draft import Draft, Note, Parsed, Refused, Source, UnreadableFileError
from bot.bank.formats.table import BY_NAME, recognised
from bot.bank.gaps import filled, listed, missing
from bot.domain.question import Question

ASKED = ("prompt", "code", "options", "answer")
"""What a question cannot be asked without; a mistake here keeps it out."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,63}")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A question that can come in."""

    line: int
    id: str
    values: Mapping[str, Any]
    """Its keys, as they would stand in a bank's file."""
    missing: tuple[str, ...] = ()
    """Such as 'hints' or 'misconceptions of B, D'."""
    notes: tuple[str, ...] = ()
    """What of the file does not come in, and what the checks say."""
    same_as: str | None = None
    """The question that asks the same, and where it stands; None: there is none."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import would bring."""

    name: str
    """The file's."""
    format: str
    title: str
    incoming: tuple[Incoming, ...] = ()
    refused: tuple[Refused, ...] = ()
    notes: tuple[Note, ...] = ()
    unreadable: Note | None = None
    """Why the file as a whole cannot be read; then there is nothing else."""

    @property
    def whole(self) -> tuple[Incoming, ...]:
        """Questions with all that they need, and that nothing else asks."""
        return tuple(one for one in self.incoming if not one.missing and not one.same_as)

    @property
    def lacking(self) -> tuple[Incoming, ...]:
        """Questions with something missing, and that nothing else asks."""
        return tuple(one for one in self.incoming if one.missing and not one.same_as)

    @property
    def duplicates(self) -> tuple[Incoming, ...]:
        """Questions that another one asks already."""
        return tuple(one for one in self.incoming if one.same_as)

    @property
    def clean(self) -> bool:
        """Whether all of the file comes in whole."""
        everything = len(self.whole) == len(self.incoming) and not self.refused and not self.notes
        return everything and not self.unreadable and not any(one.notes for one in self.incoming)


@dataclass(frozen=True, slots=True)
class Known:
    """A question that is there already, and where: 'python.toml:5'."""

    question: Question
    where: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """What whoever imports says of all questions of a file."""

    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """topic, difficulty, source and licence for questions without their own."""
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    """For tables: a header's text to what its column holds (formats/columns.py)."""


def parse(source: Source, format_name: str | None) -> tuple[str, Parsed]:
    """Return the format's name and what stands in a file. Raises UnreadableFileError."""
    limits.check_size(source.raw)
    chosen = BY_NAME[format_name] if format_name else recognised(source)
    if chosen.read is None:
        what = f"{chosen.title} is written and not read; export it in another format"
        raise UnreadableFileError(1, what)
    return chosen.name, chosen.read(source)


def report_on(
    name: str,
    raw: bytes,
    *,
    format_name: str | None = None,
    known: Sequence[Known] = (),
    taken: Collection[str] = (),
    wishes: Wishes | None = None,
) -> Report:
    """Return what an import of a file would bring; raises nothing for what the file contains.

    It takes up to some seconds, so nothing else should wait for it: call it in a thread.

    `name` is the file's name, `format_name` one of `formats.table.READ` (None: by name and
    content), `known` every question that it is held against, `taken` further ids that were given.
    """
    wishes = wishes or Wishes()
    try:
        chosen, found = parse(Source(name, raw, wishes.columns), format_name)
    except UnreadableFileError as error:
        return Report(name, format_name or "", "", unreadable=Note(error.line, error.what))
    judge = _Judge(known, taken, wishes)
    incoming: list[Incoming] = []
    refused = list(found.refused)
    for draft in found.drafts:
        one = judge.judged(draft)
        if isinstance(one, Incoming):
            incoming.append(one)
        else:
            refused.append(one)
    refused.sort(key=lambda one: one.line)
    return Report(name, chosen, found.title, tuple(incoming), tuple(refused), found.notes)


class _Judge:
    """Judges drafts in the order of their file, each against those before it and what is there."""

    def __init__(self, known: Sequence[Known], taken: Collection[str], wishes: Wishes) -> None:
        self.defaults = wishes.defaults
        self.ids = {*taken, *(one.question.id for one in known)}
        self.asked: list[tuple[Asked, str]] = [
            (
                asked(
                    one.question.prompt,
                    one.question.code,
                    one.question.options[one.question.key],
                ),
                f"{one.question.id} ({one.where})",
            )
            for one in known
        ]

    def judged(self, draft: Draft) -> Incoming | Refused:
        """Return what becomes of a draft."""
        notes = list(draft.notes)
        values: dict[str, Any] = {**self.defaults, **draft.values}
        shown = draft.name or str(values.get("prompt", ""))
        if why := self._fitted(values, notes):
            return Refused(draft.line, shown, why)
        question = Question.model_validate(filled(values))
        for what in does_not_fit(question):
            return Refused(draft.line, shown, f"is too long for Discord: {what}")
        this = asked(question.prompt, question.code, question.options[question.key])
        notes += check_question(question)
        same = self._same(this, notes)
        values["id"] = self._id(draft, values, [] if same else notes)
        self.ids.add(values["id"])
        if same is None:
            self.asked.append((this, f"{values['id']} (line {draft.line} of this file)"))
        return Incoming(draft.line, values["id"], values, missing(values), tuple(notes), same)

    def _fitted(self, values: dict[str, Any], notes: list[str]) -> str | None:
        """Take out what a question cannot hold, with a note; return why it cannot be asked."""
        if len(hints := listed(values.get("hints"))) > 3:
            notes += [f"hint {n} is left out: {one!r}" for n, one in enumerate(hints[3:], 4)]
            values["hints"] = hints[:3]
        # What is taken out can bring the checks across several keys to light, so it goes on.
        for _ in Question.model_fields:
            try:
                Question.model_validate(filled(values))
            except ValidationError as error:
                wrong = [_key_and_words(detail) for detail in error.errors(include_url=False)]
            else:
                return None
            for key, what in wrong:
                if key in ASKED or key not in values:
                    return what
            notes += [f"`{key}` is left out: {what}" for key, what in wrong if key != "id"]
            for key, _what in wrong:
                values.pop(key, None)
        return "cannot be read as a question; look at its keys"

    def _id(self, draft: Draft, values: Mapping[str, Any], notes: list[str]) -> str:
        given = values.get("id")
        wanted = next((one for one in (given, draft.name) if _is_id(one)), "")
        made = wanted or identify(draft.name or str(given or "") or values["prompt"])
        chosen = unused(made, self.ids)
        if wanted and chosen != wanted:
            notes.append(f"the id {wanted} is taken; it comes in as {chosen}")
        return chosen

    def _same(self, this: Asked, notes: list[str]) -> str | None:
        """Return where the same is asked, if it is. The same words with another key ('Which of
        these is true?') are another question, and a note.
        """
        found = [(that, where) for that, where in self.asked if ask_the_same(this, that)]
        same = next((where for that, where in found if same_key(this, that)), None)
        if found and same is None:
            notes.append(f"asks in the words of {found[0][1]}; say how they differ")
        return same


def _is_id(text: object) -> TypeGuard[str]:
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def _key_and_words(detail: Any) -> tuple[str, str]:
    what = words.sentence(detail)
    # The question's own validator speaks of the key that its sentence begins with.
    key = str(detail["loc"][0]) if detail["loc"] else re.split(r"\W", what)[0]
    return key, what


def unused(wanted: str, ids: Collection[str]) -> str:
    """Return an id that is not among `ids`: the wanted one, or it with a number."""
    chosen, number = wanted, 1
    while chosen in ids:
        number += 1
        chosen = f"{wanted[:58]}-{number}"
    return chosen


def identify(text: str) -> str:
    """Return an id made of a name or a prompt: its first words, in ASCII."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    parts = re.findall(r"[a-z0-9]+", plain)
    made = ""
    for part in parts:
        if len(made) + len(part) > 48:
            break
        made = f"{made}-{part}" if made else part
    if len(made) > 3:
        return made
    # Another script than Latin: a name that stays the same while the text does.
    return f"q-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:10]}"
