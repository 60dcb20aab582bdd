"""Every error that a person is meant to read, as one tree; the type says who can act on it.

TutorError
├── MemberError         the member asked for what cannot be had now; answered privately, not logged
├── ModeratorError      the server's set-up is at fault: a permission, a channel, a schedule
├── DiscordError        Discord is out of reach or busy; what was asked is tried again
└── OperatorError       the machine or its files are at fault: exit code 1
    └── ConfigurationError  a setting, the token or a bank is wrong: exit code 78

Members and moderators are answered in their language, so their errors carry a code and values; the
sentences stand in bot/ui/texts/errors.py, one for each code. Operators read English.

Everything else that is raised is a bug: it is logged with an error id, and the person who met it
gets the id and nothing more.
"""


class TutorError(Exception):
    """A mistake that is explained to the person who can act. Never holds a member's text, a token,
    or the key of an open round.
    """


class MemberError(TutorError):
    """The member can put it right: wait, choose again, or leave it."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class ModeratorError(TutorError):
    """A moderator of the server can put it right."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class DiscordError(TutorError):
    """Discord did not answer, or not as it should. Nobody here can mend it; trying again does."""


class OperatorError(TutorError):
    """Whoever runs the process can put it right; the message says what, why and what to do."""


class ConfigurationError(OperatorError):
    """A setting, the token or a bank is wrong; nothing was started."""
