"""What is said to moderators about rounds, and around every command of theirs."""

from bot.ui.texts import N_, NP_

QUIZ = N_("Ask, close, cancel or correct a question right now (moderators)")
NOW = N_("Ask a question in this channel right now")
CLOSE = N_("Reveal this channel's newest open question now, instead of when its time is up")
CANCEL = N_("Take a posted question back, open or revealed; nobody keeps points from it")
KEY = N_("Put right which option of a posted question is the right one; points follow")

OPTIONS = {
    "difficulty": N_("How hard the question is, from 1 (easy) to 5 (hard); any if left out"),
    "post": N_("The question, or the link of its post; the newest of this channel if left out"),
    "key": N_("The option that is right"),
}
POST_CHOICE = N_("{day} · {state} · {question}")
STATES = {"open": N_("open"), "revealed": N_("revealed")}

ASKED = N_("The question is posted: {link}. It closes {when}.")
CLOSED = N_("The answer is revealed: {link}")

CANCEL_OPEN = N_("Cancel this question? {link} Nobody gets points for it, and its post says so.")
CANCEL_REVEALED = N_(
    "Cancel this question? {link} It is revealed already: the points that it gave are taken back, "
    "and its post says so."
)
CANCEL_BUTTON = N_("Cancel the question")
CANCELLED = N_("The question is cancelled: {link}")

KEY_OPEN = N_(
    "Make {key} the right option of this question? {link} It is still open, so nobody's points "
    "change now, and the channel is told nothing before the reveal."
)
KEY_REVEALED = N_(
    "Make {key} the right option of this question instead of {old}? {link} The points of this "
    "question are worked out anew, and its post shows the new key."
)
KEY_BUTTON = N_("Change the key")
BOTH_BUTTON = N_("Change the key and the explanation")
EXPLANATION = N_("The explanation now")
EXPLANATION_TOO = N_("If the explanation below speaks for another option, change both at once.")
EXPLANATION_OPEN = N_(
    "If the question's explanation speaks for another option, change both at once. You write a "
    "new one then: I show the old one to nobody before the reveal."
)
EXPLAIN_TITLE = N_("Change the key and the explanation")
EXPLAIN_LABEL = N_("Why is {key} right?")
EXPLAIN_ABOUT = N_("The reveal shows it. Sending this changes the key too.")
KEY_CHANGED_OPEN = N_("{key} is the right option now: {link} The reveal will show it.")
KEY_CHANGED = N_("{key} is the right option now, and the points follow it: {link}")
FILE_TOO = N_(
    "This is for this one post. The question comes from the file of the bank {bank}: have the "
    "operator correct it there too, or it is asked again as it was."
)
BANK_TOO = N_(
    "This server's bank has the correction too, for the next time. Hints and key points stay as "
    "they were; /question edit changes them."
)
EXPLAINED = N_("Your explanation goes with it.")
NOT_USED = N_("What you wrote was not used yet:\n>>> {explanation}")

OTHERWISE = N_(
    "Something changed since I asked, so I have done nothing yet. This is how it is now:"
)
TO_KEEP = N_("To leave it as it is, just dismiss this message.")

ANSWERS_LOST = NP_("{n} answer will not count.", "{n} answers will not count.")
NOBODYS_POINTS = N_("Nobody's points change.")
POINTS_CHANGE = NP_(
    "The points of {n} member change: {gaining} up, {losing} down.",
    "The points of {n} members change: {gaining} up, {losing} down.",
)
CHANGE = N_("<@{user}>: {before} → {after}")
AND_MORE = NP_("and {n} more", "and {n} more")
STREAKS_SHORTER = NP_("The streak of {n} member gets shorter.", "{n} members' streaks get shorter.")
STREAKS_LONGER = NP_("The streak of {n} member gets longer.", "{n} members' streaks get longer.")
STREAKS_SAME = N_("Nobody's current streak changes.")
