"""What people saw of the bot: the judge's measure. Plain data that the script fills."""

from dataclasses import dataclass, field
from typing import Any

Rows = list[dict[str, Any]]


@dataclass
class Seen:
    """What people saw taken, for the judge."""

    hints: Rows = field(default_factory=Rows)
    """{user, message, level}"""
    explanations: Rows = field(default_factory=Rows)
    """{user, message, text, stored, graded, grade}: also those of which nothing was seen; `grade`
    is the message that showed it.
    """
    streaks: Rows = field(default_factory=Rows)
    """{user, streak, longest}, as `/me` shows them, when every round is revealed."""
    posts: Rows = field(default_factory=Rows)
    """{channel, message, due, manner}: one for each occurrence that was due in time."""
    appeals: Rows = field(default_factory=Rows)
    """{user, explanation, reasons, stored}: the reasons that were sent, of which one is kept; when
    it was seen to be stored, that one.
    """
    words: Rows = field(default_factory=Rows)
    """{moderator, explanation, act, told, winner}: what a moderator said of an explanation. `told`:
    'done'; 'late', and then `winner` is who had decided; None where nothing was seen.
    """
    skips: Rows = field(default_factory=Rows)
    """{moderator, explanation, then}: `then` is the explanation that was shown next, while another
    one waited.
    """
    regrades: Rows = field(default_factory=Rows)
    """{moderator, message, key, clicks, done}: a new key of a post, or None: it was cancelled."""
    acts: Rows = field(default_factory=Rows)
    """{moderator, action, subject, message}: what else a moderator did, once, and saw done."""
