"""What is said around appeals and reviews. To members it says nothing of a decision before the
reveal.
"""

from bot.domain.question import Verdict
from bot.domain.review import Decision, Why
from bot.ui.texts import N_, NP_

APPEAL_BUTTON = N_("Ask for a review")
APPEAL_TITLE = N_("Ask a moderator to look at it")
APPEAL_LABEL = N_("What did the grader get wrong?")
APPEAL_ABOUT = N_("Once for each explanation. A moderator reads it with what you wrote.")
APPEAL_PLACEHOLDER = N_("I said it in the second sentence: …")
APPEAL_STORED = N_("Stored. A moderator will look at it, and I'll send you what they say.")
APPEAL_STORED_EARLY = N_(
    "Stored. A moderator will look at it, and I'll send you what they say after the reveal."
)

REVIEW = N_("Decide on grades that need a moderator (moderators)")
NEXT = N_("See the next grade that needs a moderator: appealed, unsure, or against a right answer")
NEXT_OPEN = N_("Also of questions that are still open: you will see the answer, so do not play")
STATS = N_("How many wait, how long it takes, and how often grader and moderators agree")

TITLE = N_("A grade to review")
WHY = {
    Why.APPEALED: N_("• The member appealed: “{reason}”"),
    Why.UNSURE: N_("• I was not sure."),
    Why.DISAGREES: N_("• The member chose the right option, and I accepted none of their texts."),
}
STILL_OPEN = N_("The question is still open, so this stays between moderators.")
PROMPT = N_("The question")
RIGHT = N_("{letter}: {option}")
RIGHT_OPTION = N_("The right option")
TEXT = N_("The explanation")
TEXT_IN_FILE = N_("It goes on in the file.")
GRADE = N_("The grade")
GRADE_LINE = N_("{label}, {percent} %; sure to {sure} %")
LABELS = {
    Verdict.CORRECT: N_("right"),
    Verdict.INCORRECT: N_("not there yet"),
    Verdict.CONTRADICTORY: N_("contradicts the answer"),
}
POINTS = N_("Key points, as the grader saw them")
REFERENCE = N_("The full explanation")
LEFT = NP_("The last one for you.", "{n} wait for you, this one included.")

BUTTONS = {
    "accept": N_("Accept"),
    "remember": N_("Accept, and remember this wording"),
    "partly": N_("Partly"),
    "reject": N_("Reject"),
    "skip": N_("Skip"),
    "next": N_("Next"),
}

DECIDED = {
    Decision.ACCEPTED: N_("Accepted."),
    Decision.PARTLY: N_("Accepted in part."),
    Decision.REJECTED: N_("Rejected."),
}
REMEMBERED = N_("From now on I know this wording as right for this question, in this server.")
MEMBER = N_("The explanation is by {member}. Their points: {before} → {after}.")
TOLD = N_("I'm telling them.")
TOLD_LATER = N_("It counts at the reveal; the member is told after it.")
TOO_LATE = N_("{moderator} decided this one {when}, so nothing was changed:")
SOMEBODY = N_("Another moderator")

REMINDER = NP_(
    "**{n} grade waits for a moderator**; it came {oldest}. `/review next` shows it.",
    "**{n} grades wait for a moderator**; the oldest came {oldest}. `/review next` shows them one "
    "by one.",
)
REMINDED_NONE = N_("No grade waits for a moderator any more.")
REMINDER_MARK = N_("-# Reminder {id}")

NOTHING = N_("Nothing waits for you.")
HELD = NP_(
    "{n} more is of a question that is still open, so looking at it shows you the answer. If you "
    "will not play: `/review next open:True`.",
    "{n} more are of questions that are still open, so looking at them shows you the answers. If "
    "you will not play: `/review next open:True`.",
)

STATS_TITLE = N_("Reviews")
NO_REVIEWS = N_("No grade needed a moderator so far.")
WAITING = NP_("{n} waits", "{n} wait")
OLDEST = N_("the oldest since {when}")
DECIDED_COUNT = NP_("{n} decided", "{n} decided")
MEDIAN = N_("median wait {wait}")
AT_ONCE = N_("under a minute")
AGREED = N_("grader and moderators agreed on {agreed} of {decided} ({percent} %)")
FIGURES = N_("{waiting} · {decided}")
ALL_BANKS = N_("All banks")
MORE_BANKS = NP_("… and {n} more bank.", "… and {n} more banks.")
