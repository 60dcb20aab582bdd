"""What is said to moderators about rounds, and around every command of theirs."""

from bot.ui.texts import N_

QUIZ = N_("Ask, close or cancel a question right now (moderators)")
NOW = N_("Ask a question in this channel right now")
CLOSE = N_("Reveal this channel's newest open question now, instead of when its time is up")
CANCEL = N_("Cancel this channel's newest open question; nobody wins or loses points by it")

OPTIONS = {
    "difficulty": N_("How hard the question is, from 1 (easy) to 5 (hard); any if left out"),
}

ASKED = N_("The question is posted: {link}. It closes {when}.")
CLOSED = N_("The answer is revealed: {link}")
CANCEL_QUESTION = N_(
    "Cancel this question? {link} Nobody gets points for it, and the post says that it was "
    "cancelled. To keep it, just dismiss this message."
)
CANCEL_BUTTON = N_("Cancel the question")
CANCELLED = N_("The question is cancelled: {link}")
