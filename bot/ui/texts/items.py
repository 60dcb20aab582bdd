"""What is said of how a question does."""

from bot.ui.texts import N_, NP_

STATS = N_("Show how hard a question was, who it tells apart, and what was chosen")
LOOK_AT = N_("List the questions that may need a better text, key or distractor")
OPTION = N_("A question that was revealed here; type words of it, or its id")
CHOICE = N_("{bank}/{slug}: {prompt}")
EARLIER_CHOICE = N_("(earlier version) {bank}/{slug}: {prompt}")

FIELDS = {
    "tried": N_("Tried"),
    "difficulty": N_("Right"),
    "discrimination": N_("Discrimination"),
    "hints": N_("Hints"),
    "explanations": N_("Explanations"),
    "look": N_("Worth a look"),
}
TRIED = NP_("{n} member", "{n} members")
RIGHT = N_("{share} %")
DISCRIMINATION = N_("{r}\nfrom {ranked} members; 0.2 and more is good")
UNRANKED = N_("from {least} members on who tried {others} other questions; now {n}")
NO_SPREAD = N_("cannot be told: all are alike, in this question or in the others")
HINTS = NP_("{n} taken, by {members}", "{n} taken, by {members}")
NO_HINTS = N_("none taken")
EXPLANATIONS = N_("{graded} graded, {correct} correct\nmean score {score} %")
EXPLANATIONS_FEW = N_("{graded} graded, {correct} correct\nmean score from {least} on")
NO_EXPLANATIONS = N_("none")
SOURCE = N_("{bank}/{slug}")
EARLIER = N_(
    "It was changed or retired since. A version with other words, options or key is counted alone."
)
FIRST = N_("Each member's first answer counts, in rounds that are revealed.")
TOO_FEW = N_(
    "So far {tried} tried it. From {least} members on I show what they chose; fewer would say more "
    "about them than about the question."
)

WELL = N_("of those who do well in other questions")
CHART_ALT = N_("Bar chart of what was chosen. {bars}. The key is {key}.")
CHART_BAR = N_("{letter}: {n}")
CHART_BAR_WELL = N_("{letter}: {n}, {well} of them do well in other questions")

REASONS = {
    "keyed_wrong": N_(
        "Keyed wrong? Of those who do well in other questions, more chose {letters} than the key."
    ),
    "negative": N_(
        "Negative discrimination: who gets it right does worse in other questions. "
        "The text may mislead."
    ),
    "too_hard": N_("Too hard: guessing would do as well."),
    "too_easy": N_("Too easy: nearly everybody is right."),
    "dead": N_("Hardly anybody chooses {letters}. A real misconception would work better there."),
}
LETTERS = N_("{first} and {last}")

LIST_TITLE = N_("Questions to look at")
LIST_LINE = N_("**{prompt}** · {bank}/{slug}\n{reasons}")
JUDGED = N_(
    "{judged} of the {asked} questions that were revealed here were tried by {least} members or "
    "more. /question stats shows one in full."
)
NONE_FOUND = N_("None of them stands out.")
NONE_JUDGED = N_(
    "There is nothing to judge yet: a question needs {least} members who tried it, and its reveal."
)
AND_MORE = NP_("and {n} more", "and {n} more")
