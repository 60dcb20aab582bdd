"""What is said of points, places and streaks."""

from bot.ui.texts import N_, NP_

LEADERBOARD = N_("See who earned the most points here")
PERIOD = N_("Which time to count; this week unless you say otherwise")
ME = N_("See how you do here: points, streak, topics; only you see it")

PERIODS = {"week": N_("This week"), "month": N_("This month"), "all": N_("All time")}
BOARD_TITLE = N_("Leaderboard: {period}")
SINCE = N_("Since {when}")
PLACE = N_("**{rank}.** {member} · {points} · {right}")
POINTS = NP_("{n} point", "{n} points")
RIGHT = NP_("{n} right", "{n} right")
NOBODY = N_("Nobody has points yet in this time. They come with the reveal of each question.")
OWN_PLACE = N_("Your place: **{rank}** of {members} · {points}")
NO_PLACE = N_("You have no points in this time yet. They come with the reveal of each question.")
PAGE = N_("Page {page} of {pages}")
PREVIOUS = N_("Previous")
NEXT = N_("Next")

ME_TITLE = N_("How you do here")
BLANK = N_(
    "Nothing to show yet. React to a question with the letter of your answer, "
    "and your points and streak begin here."
)
POINTS_AND_PLACE = N_("{points} · place {rank}")
NO_POINTS = N_("no points yet")
STREAK = N_("Streak")
DAYS = NP_("{n} day", "{n} days")
STREAK_DAYS = N_("{days}\nlongest: {longest}")
TO_ANSWER = N_("The newest question is still open for you.")
ANSWERS = N_("Answers")
RIGHT_OF = N_("{right} of {answered} right")
NO_ANSWERS = N_("none yet")
WAITING = NP_("{n} waits for its reveal", "{n} wait for their reveal")
HELP = N_("Along the way")
HINTS = NP_("{n} hint taken", "{n} hints taken")
EXPLANATIONS = NP_("{n} explanation given", "{n} explanations given")
BEST = N_("Your best explanations")
BEST_LINE = N_("{score} % · {question}")

CHART_TOPICS = N_("Right answers by topic")
CHART_WEEKS = N_("Points by week")
ALT_TOPICS = N_("Right answers by topic: {topics}.")
ALT_TOPIC = N_("{topic}: {right} of {answered}")
ALT_WEEKS = N_("Points by week, from the oldest: {weeks}.")
ALT_WEEK = N_("week of {day}: {points}")
DAY = N_("{day} {month}")
MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)
