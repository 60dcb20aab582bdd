"""Every sentence the bot says, one module a subject, as English message ids for gettext.

A sentence is a constant marked with `N_` (or `NP_` where it counts something) and is said with
`say(locale, SENTENCE, name=value)`. Values fill `{name}`; the count of an NP_ is `n`.
"""

import gettext
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

DOMAIN = "tutor"
CATALOGUES = Path(__file__).parent / "locale"


class Plural(NamedTuple):
    """A sentence that counts: one form for one, one for many."""

    one: str
    many: str


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a sentence for translation."""
    return message


def NP_(one: str, many: str) -> Plural:  # noqa: N802
    """Mark a sentence that counts `n` for translation."""
    return Plural(one, many)


def say(locale: object, text: str | Plural, /, **values: object) -> str:
    """Return the sentence in the locale's language (English where there is none), filled in.

    `locale` is a discord.Locale, a code such as 'de' or 'en-GB', or None for English.
    """
    catalogue = _catalogue(str(locale or "en"))
    if isinstance(text, Plural):
        count = values["n"]
        assert isinstance(count, int)
        return catalogue.ngettext(text.one, text.many, count).format(**values)
    return catalogue.gettext(text).format(**values)


@lru_cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    code = locale.replace("-", "_")
    return gettext.translation(
        DOMAIN, CATALOGUES, languages=[code, code.split("_")[0]], fallback=True
    )
